import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { bumpRevision } from "./workspace-store.ts";

/** A tag or a label: a name that all bots of a workspace share. */
export interface Name {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Date;
}

export interface NameStore {
  list(db: Database, workspaceId: number): Promise<Name[]>;
  /** Throws `….not_found`. */
  require(db: Database, workspaceId: number, id: number): Promise<Name>;
  /** Throws `….name_taken`. */
  create(trx: Database, workspaceId: number, name: string): Promise<Name>;
  /** Contacts keep it under its new name. Throws `….not_found`, `….name_taken`. */
  rename(trx: Database, workspaceId: number, id: number, name: string): Promise<Name>;
  /** Takes it off every contact as well. Throws `….not_found`. */
  remove(trx: Database, workspaceId: number, id: number): Promise<void>;
}

const columns = ["id", "name", "createdAt"] as const;

/** Tags and labels are kept alike; which of the two is all that differs. */
export function createNameStore(table: "tags" | "labels", noun: "tag" | "label"): NameStore {
  async function requireName(db: Database, workspaceId: number, id: number): Promise<Name> {
    const rows = db.selectFrom(table).select(columns).where("workspaceId", "=", workspaceId);
    const found = await rows.where("id", "=", id).executeTakeFirst();
    if (found === undefined) throw new AppError(`${noun}.not_found`, say`there is no ${{ noun }} ${{ id }}`);
    return found;
  }
  const taken = (name: string) => new AppError(`${noun}.name_taken`, say`there is already a ${{ noun }} "${{ name }}"`);

  return {
    require: requireName,
    list: (db, workspaceId) =>
      db.selectFrom(table).select(columns).where("workspaceId", "=", workspaceId).orderBy("name").execute(),

    async create(trx, workspaceId, name) {
      const made = await trx
        .insertInto(table)
        .values({ workspaceId, name })
        .onConflict((conflict) => conflict.columns(["workspaceId", "name"]).doNothing())
        .returning(columns)
        .executeTakeFirst();
      if (made === undefined) throw taken(name);
      await bumpRevision(trx, workspaceId);
      return made;
    },

    async rename(trx, workspaceId, id, name) {
      // First, because it locks: nobody else takes the name between the look and the change.
      await bumpRevision(trx, workspaceId);
      const old = await requireName(trx, workspaceId, id);
      const others = trx.selectFrom(table).select("id").where("workspaceId", "=", workspaceId).where("id", "!=", id);
      if ((await others.where("name", "=", name).executeTakeFirst()) !== undefined) throw taken(name);
      await trx.updateTable(table).set({ name }).where("id", "=", id).execute();
      return { ...old, name };
    },

    async remove(trx, workspaceId, id) {
      await requireName(trx, workspaceId, id);
      await trx.deleteFrom(table).where("id", "=", id).execute();
      await bumpRevision(trx, workspaceId);
    },
  };
}

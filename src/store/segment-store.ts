import { AppError } from "../model/app-error.ts";
import type { ConditionGroup } from "../model/condition.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** A condition that was saved under a name. */
export interface Segment {
  readonly id: number;
  readonly workspaceId: number;
  /** Null: asked about the contacts of all the workspace's bots. */
  readonly botId: number | null;
  readonly name: string;
  readonly condition: ConditionGroup;
  readonly createdAt: Date;
}

export type SegmentValues = Pick<Segment, "name" | "condition">;

/** In the order in which they were made. A token of one bot sees that bot's. */
export async function listSegments(db: Database, access: Access): Promise<Segment[]> {
  return await visible(db, access).orderBy("id").execute();
}

/** Throws `segment.not_found`. */
export async function requireSegment(db: Database, access: Access, id: number): Promise<Segment> {
  const found = await visible(db, access).where("id", "=", id).executeTakeFirst();
  if (found === undefined) throw new AppError("segment.not_found", say`there is no segment ${{ id }}`);
  return found;
}

/** Throws `segment.name_taken`. */
export async function createSegment(
  trx: Database,
  owner: { readonly workspaceId: number; readonly botId: number | null },
  { name, condition }: SegmentValues,
): Promise<Segment> {
  const made = await trx
    .insertInto("segments")
    .values({ ...owner, name, condition: JSON.stringify(condition) })
    .onConflict((conflict) => conflict.columns(["workspaceId", "name"]).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (made === undefined) throw nameTaken(name);
  return made;
}

/** What is given is changed. Throws `segment.not_found` and `segment.name_taken`. */
export async function changeSegment(
  trx: Database,
  access: Access,
  id: number,
  change: { readonly name?: string | undefined; readonly condition?: ConditionGroup | undefined },
): Promise<Segment> {
  const old = await requireSegment(trx, access, id);
  const { name = old.name, condition = old.condition } = change;
  const changed = await trx
    .updateTable("segments")
    .set({ name, condition: JSON.stringify(condition) })
    .where("id", "=", id)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("segments as s")
            .select("s.id")
            .where("s.workspaceId", "=", access.workspaceId)
            .where("s.name", "=", name)
            .where("s.id", "<>", id),
        ),
      ),
    )
    .returningAll()
    .executeTakeFirst();
  if (changed === undefined) throw nameTaken(name);
  return changed;
}

/** Throws `segment.not_found`. */
export async function deleteSegment(trx: Database, access: Access, id: number): Promise<void> {
  await requireSegment(trx, access, id);
  await trx.deleteFrom("segments").where("id", "=", id).execute();
}

const nameTaken = (name: string) => new AppError("segment.name_taken", say`there is already a segment "${{ name }}"`);

function visible(db: Database, { workspaceId, botId }: Access) {
  const segments = db.selectFrom("segments").selectAll().where("workspaceId", "=", workspaceId);
  return botId === undefined ? segments : segments.where("botId", "=", botId);
}

import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import { requireBroadcast } from "./broadcast-store.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** Recipients that one transaction takes out of a ledger: on the embedded database others wait for it. */
const pieceSize = 10_000;

/**
 * Marks a draft, or what is over: from now on there is none for anybody, and `removeLedger` has its rows. In one statement a ledger of a million took the call and its locks along.
 * Throws `broadcast.not_found`, `broadcast.bad_state`.
 */
export async function deleteBroadcast(trx: Database, access: Access, id: number, at: Date): Promise<void> {
  const { status } = await requireBroadcast(trx, access, id);
  const marked = await trx
    .updateTable("broadcasts")
    .set({ deletedAt: at })
    .where("id", "=", id)
    // As it is by now: somebody may start the draft at this moment.
    .where("status", "in", ["draft", "finished", "cancelled"])
    .where("deletedAt", "is", null)
    .returning("id")
    .executeTakeFirst();
  if (marked !== undefined) return;
  throw new AppError("broadcast.bad_state", say`a broadcast that is ${{ status }} cannot be deleted; cancel it first`);
}

/**
 * Takes the next recipients of a deleted broadcast out, from above contact `after`, and with the last of them the broadcast. Returns the last contact; undefined: it is gone. It may be killed anywhere and
 * begun again from the start; a broadcast that is not deleted is not touched.
 */
export async function removeLedger(
  db: Database,
  id: number,
  { after, limit = pieceSize }: { readonly after: number; readonly limit?: number },
): Promise<number | undefined> {
  return await db.transaction().execute(async (trx) => {
    const deleted = await trx
      .selectFrom("broadcasts")
      .select("id")
      .where("id", "=", id)
      .where("deletedAt", "is not", null)
      .forUpdate()
      .executeTakeFirst();
    if (deleted === undefined) return undefined;
    // The ids are an array first, as where a cancelled one's are: the planner then goes by the key, whatever it believes of the table.
    const { rows } = await sql<{ ids: number[] | null }>`select array(
        select contact_id from broadcast_recipients
        where broadcast_id = ${id} and contact_id > ${after} order by contact_id limit ${limit}
      ) as ids`.execute(trx);
    const ids = (rows[0]?.ids ?? []).map(Number);
    if (ids.length > 0) {
      await sql`delete from broadcast_recipients
        where broadcast_id = ${id} and contact_id = any(${ids}::bigint[])`.execute(trx);
    }
    if (ids.length === limit) return ids.at(-1);
    // Whoever a merge has put below `after` meanwhile goes with it.
    await trx.deleteFrom("broadcasts").where("id", "=", id).execute();
    return undefined;
  });
}

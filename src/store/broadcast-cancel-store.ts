import { sql } from "kysely";
import type { Database } from "./database.ts";

/** Recipients that one transaction leaves out: a third of a second's work on PostgreSQL, and on the embedded database others wait for it. */
const pieceSize = 10_000;

/**
 * Leaves out the next recipients who wait for a cancelled broadcast, from above contact `after`. Returns the last of them; undefined: nobody waits there. It may be killed anywhere and begun again from
 * the start; a broadcast that is not cancelled is not touched.
 */
export async function skipRest(
  db: Database,
  id: number,
  { after, at, limit = pieceSize }: { readonly after: number; readonly at: Date; readonly limit?: number },
): Promise<number | undefined> {
  return await db.transaction().execute(async (trx) => {
    // Whoever deletes the broadcast takes its rows in an order of their own: they wait for this piece.
    const cancelled = await trx
      .selectFrom("broadcasts")
      .select("id")
      .where("id", "=", id)
      .where("status", "=", "cancelled")
      .forKeyShare()
      .executeTakeFirst();
    if (cancelled === undefined) return undefined;
    // The ids are an array before anything is updated: joined with the query, a table without statistics was gone through once for each of them.
    const { rows } = await sql<{ ids: number[] | null }>`select array(
        select contact_id from broadcast_recipients
        where broadcast_id = ${id} and status = 'waiting' and contact_id > ${after} order by contact_id limit ${limit}
      ) as ids`.execute(trx);
    const ids = (rows[0]?.ids ?? []).map(Number);
    if (ids.length === 0) return undefined;
    await sql`update broadcast_recipients set status = 'skipped', reason = 'cancelled', at = ${at}
      where broadcast_id = ${id} and contact_id = any(${ids}::bigint[]) and status = 'waiting'`.execute(trx);
    return ids.at(-1);
  });
}

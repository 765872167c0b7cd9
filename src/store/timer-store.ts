import { sql } from "kysely";
import type { Database } from "./database.ts";

/** Positions whose wait has ended at `at` (Unix ms), the longest overdue first, but for those of some bots. */
export async function findDuePositions(
  db: Database,
  at: number,
  limit: number,
  butOf: readonly number[] = [],
): Promise<{ readonly id: string; readonly contactId: number /** Unix ms. */; readonly wakeAt: number }[]> {
  const due = await db
    .selectFrom("positions")
    .select(["id", "contactId", "wakeAt"])
    .where("wakeAt", "<=", new Date(at))
    .$if(butOf.length > 0, (rows) =>
      rows.where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("contacts")
              .select("contacts.id")
              .whereRef("contacts.id", "=", "positions.contactId")
              .where("contacts.botId", "in", butOf),
          ),
        ),
      ),
    )
    .orderBy("wakeAt")
    .limit(limit)
    .execute();
  return due.map((position) => ({ ...position, wakeAt: position.wakeAt?.getTime() ?? at }));
}

/** When the next wait ends (Unix ms); undefined: none does. */
export async function findNextWake(db: Database): Promise<number | undefined> {
  const { rows } = await sql<{ next: number | null }>`
    select (extract(epoch from min(wake_at)) * 1000)::bigint as next from positions where wake_at is not null
  `.execute(db);
  return rows[0]?.next ?? undefined;
}

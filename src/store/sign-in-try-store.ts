import { sql } from "kysely";
import type { Database } from "./database.ts";

/** Tries are counted over this time; then they are forgotten. */
const windowMs = 15 * 60_000;

/** How many tries without success a key may have within the window. */
export interface Guarded {
  readonly key: string;
  readonly most: number;
}

/** Counts a try, before it is made, so that no two at once slip through. Answers the milliseconds until the next is allowed; 0: this one is. */
export async function countTry(db: Database, guarded: readonly Guarded[], at: Date): Promise<number> {
  const oldest = new Date(at.getTime() - windowMs);
  let waitMs = 0;
  for (const { key, most } of guarded) {
    const { rows } = await sql<{ count: number; since: Date }>`
      insert into sign_in_tries as t (key, count, since) values (${key}, 1, ${at})
      on conflict (key) do update set
        count = case when t.since < ${oldest} then 1 else t.count + 1 end,
        since = case when t.since < ${oldest} then excluded.since else t.since end
      returning count, since`.execute(db);
    const [row] = rows;
    if (row !== undefined && row.count > most) waitMs = Math.max(waitMs, row.since.getTime() + windowMs - at.getTime());
  }
  await db.deleteFrom("signInTries").where("since", "<", oldest).execute();
  return waitMs;
}

/** The try was good: it does not count. */
export async function forgiveTry(db: Database, guarded: readonly Guarded[]): Promise<void> {
  const keys = guarded.map(({ key }) => key);
  await db
    .updateTable("signInTries")
    .set((eb) => ({ count: eb("count", "-", 1) }))
    .where("key", "in", keys)
    .execute();
}

/** Whoever proved in another way who they are begins anew. */
export async function forgetTries(db: Database, keys: readonly string[]): Promise<void> {
  await db.deleteFrom("signInTries").where("key", "in", keys).execute();
}

import { type Kysely, sql } from "kysely";

/** Whether a session's cookie has the prefix `__Host-`, and so is refused without. False: it began before, at a process of an older release, or where the server speaks plain http. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sessions add column is_cookie_prefixed boolean not null default false`.execute(db);
}

import { type Kysely, sql } from "kysely";

/** The keys that what is in this database may be sealed and signed with, by their ids: a process that does not have all of them must not work on it. Empty: no process of this release has started yet. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table secret_keys (
    id text primary key,
    since timestamptz not null default now()
  )`.execute(db);
}

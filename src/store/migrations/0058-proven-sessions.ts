import { type Kysely, sql } from "kysely";

/** When the password was last shown in a session; null: when it began. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sessions add column proven_at timestamptz`.execute(db);
}

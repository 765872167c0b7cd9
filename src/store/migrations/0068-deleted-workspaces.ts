import { type Kysely, sql } from "kysely";

/** Since when a workspace is gone for everybody; a job takes its rows away, and the row here with the last of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table workspaces add column deleted_at timestamptz`.execute(db);
}

import { type Kysely, sql } from "kysely";

/**
 * Which waiting questions the person has left: no text is for them any more. A row of the release before is one that hears. And whether who answers an unassigned
 * conversation gets it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table positions add column is_left boolean not null default false`.execute(db);
  await sql`alter table workspaces add column assigns_on_reply boolean not null default true`.execute(db);
}

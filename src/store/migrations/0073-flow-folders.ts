import { type Kysely, sql } from "kysely";

/** The folder that a flow lies in, as its draft says: lists read it without the drafts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table flows add column folder text`.execute(db);
}

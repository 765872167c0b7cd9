import { type Kysely, sql } from "kysely";

/** A webhook may hear of some messages only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table webhooks add column message_match jsonb`.execute(db);
}

import { type Kysely, sql } from "kysely";

/** Who published a version; null: a token did, or somebody who is gone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table flow_versions add column published_by bigint references users on delete set null`.execute(db);
}

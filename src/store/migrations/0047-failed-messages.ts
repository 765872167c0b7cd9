import { type Kysely, sql } from "kysely";

/**
 * The page of failures looks for these every 15 seconds. Without an index that is a walk through all messages where nothing has failed lately (60 ms at 500,000). `status` decides about other indexes already, so that a
 * change of it costs no more than before; only what fails is written here.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index messages_failed on messages (id) where status in ('failed', 'uncertain')`.execute(db);
}

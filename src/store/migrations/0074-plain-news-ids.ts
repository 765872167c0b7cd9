import { type Kysely, sql } from "kysely";

/**
 * The ids of live news come from a sequence of its own. That of an identity on an unlogged table is written down by a `pg_dump` from 15 on in words that PostgreSQL 13 and 14
 * do not know (`LOGGED`): a backup of such a server, made by a newer client, could not be brought back.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table live_news alter column id drop identity`.execute(db);
  await sql`create sequence live_news_ids`.execute(db);
  await sql`select setval('live_news_ids', coalesce((select max(id) from live_news), 0) + 1)`.execute(db);
  await sql`alter table live_news alter column id set default nextval('live_news_ids')`.execute(db);
}

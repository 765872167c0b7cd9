import { type Kysely, sql } from "kysely";

/** What a channel may still send of broadcasts, for all processes that send on it: `store/send-budget-store.ts`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table send_budgets (
    channel_id bigint primary key,
    tokens double precision not null,
    -- What the last one who asked was given.
    granted double precision not null,
    -- Unix milliseconds.
    at bigint not null,
    rests_until bigint not null default 0
  ) with (fillfactor = 50)`.execute(db);
}

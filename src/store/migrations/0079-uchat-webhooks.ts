import { type Kysely, sql } from "kysely";

/** A webhook may have UChat's form. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table webhooks drop constraint webhooks_format_check`.execute(db);
  await sql`alter table webhooks add constraint webhooks_format_check
    check (format in ('native', 'chatbot', 'bothelp', 'uchat'))`.execute(db);
}

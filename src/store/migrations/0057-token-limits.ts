import { type Kysely, sql } from "kysely";

/** Tokens that end by themselves, and doors whose tokens may do a part only; those that there are keep all they could. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table tokens add column expires_at timestamptz`.execute(db);
  await sql`update tokens set scopes = '{*}' where kind <> 'api' and scopes = '{}'`.execute(db);
}

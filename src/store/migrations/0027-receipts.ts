import { type Kysely, sql } from "kysely";

/** What a platform tells of a message before the answer to its own send is recorded: by the platform's ids, of which one will turn out to be the message's. */
const statements = /* sql */ `
alter table messages add column receipts jsonb;
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}

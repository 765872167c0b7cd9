import { type Kysely, sql } from "kysely";

/** Why each message was allowed to leave, and which waits the person's own message led to. */
const statements = /* sql */ `
alter table messages add column reason text;
alter table positions add column is_asked boolean not null default false;
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

import { type Kysely, sql } from "kysely";

/** Drafts of broadcasts are changed: what was asked for is kept as it was asked, and two people at one draft are told apart by its revision. */
const statements = /* sql */ `
alter table broadcasts add column asked jsonb;
alter table broadcasts add column revision integer not null default 1;
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

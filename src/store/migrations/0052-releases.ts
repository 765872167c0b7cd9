import { type Kysely, sql } from "kysely";

const statements = /* sql */ `
-- Migrations after which a release that does not know them must not start.
create table breaking_migrations (
  name text primary key,
  at timestamptz not null default now()
);

-- Every kind of step and action that any release on this database has known: what an older process does not know, but finds here, is a newer one's.
create table known_kinds (
  kind text primary key,
  at timestamptz not null default now()
);
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

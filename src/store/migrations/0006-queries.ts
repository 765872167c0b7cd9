import { type Kysely, sql } from "kysely";

/** Who wrote a message, and where contacts went that were merged away. */
const statements = /* sql */ `
-- 'agent': a person of the team wrote it. Null: the contact (in) or the bot (out).
alter table messages add column author text check (author in ('agent'));

-- The public ids of contacts that were merged into another and deleted: what other systems still keep finds that other one.
create table contact_aliases (
  cuid text primary key,
  contact_id bigint not null references contacts on delete cascade,
  created_at timestamptz not null
);
create index contact_aliases_contact on contact_aliases (contact_id);
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

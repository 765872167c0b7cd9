import { type Kysely, sql } from "kysely";

/** Files that agents send: in the database, so that every process has them. */
const statements = /* sql */ `
create table files (
  -- Nobody guesses it: whoever knows it may read the file.
  key text primary key,
  workspace_id bigint not null references workspaces on delete cascade,
  contact_id bigint references contacts on delete cascade,
  member_id bigint,
  name text not null,
  content_type text not null,
  size integer not null,
  bytes bytea not null,
  created_at timestamptz not null default now()
);
create index files_workspace on files (workspace_id);
create index files_contact on files (contact_id) where contact_id is not null;
-- Pictures and sound are packed already.
alter table files alter column bytes set storage external;
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

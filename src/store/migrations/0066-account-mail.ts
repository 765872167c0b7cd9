import { type Kysely, sql } from "kysely";

/** Mail about accounts: links by which somebody chooses a new password, and the language in which a person is written to. */
const statements = /* sql */ `
-- Null: not known. Of the admin's pages as the person has them.
alter table users add column language text;

-- A user has one link at a time, the one asked for last.
create table password_resets (
  user_id bigint primary key references users on delete cascade,
  -- SHA-256 of what stands in the link. Null: it was used, or the password was changed since.
  hash text unique,
  -- What was asked for earlier makes no link any more.
  asked_at timestamptz not null,
  expires_at timestamptz not null
);
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

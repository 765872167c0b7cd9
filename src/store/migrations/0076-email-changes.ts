import { type Kysely, sql } from "kysely";

/** Changing the e-mail that one signs in with. */
const statements = /* sql */ `
-- A user has one wish at a time, the last one; it is gone once it was fulfilled, withdrawn or ended.
create table email_changes (
  user_id bigint primary key references users on delete cascade,
  email text not null,
  -- SHA-256 of what stands in the link of the mail to that address.
  hash text not null unique,
  asked_at timestamptz not null,
  expires_at timestamptz not null
);

-- Under which the audit log knows somebody too: a deletion has to find them.
create table former_emails (
  user_id bigint not null references users on delete cascade,
  email text not null,
  changed_at timestamptz not null,
  primary key (user_id, email)
);
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

import { type Kysely, sql } from "kysely";

/** A second factor of signing in: the secret of somebody's authenticator, and the codes for the day when the telephone is lost. */
const statements = /* sql */ `
create table second_factors (
  user_id bigint primary key references users on delete cascade,
  -- The authenticator's secret, sealed with SECRET_KEY.
  sealed text not null,
  created_at timestamptz not null,
  -- Null: the person has not shown yet that their authenticator makes the right codes.
  confirmed_at timestamptz,
  -- The time step of the last code that was taken: none is taken twice.
  last_step bigint not null default 0,
  -- Of the recovery codes' hashes, Base64URL.
  recovery_salt text not null default ''
);

create table recovery_codes (
  user_id bigint not null references users on delete cascade,
  -- Argon2id with the salt above, Base64URL.
  hash text not null,
  used_at timestamptz,
  primary key (user_id, hash)
);

alter table workspaces add column needs_second_factor boolean not null default false;
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

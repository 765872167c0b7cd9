import { type Kysely, sql } from "kysely";

/** Who changed what of a workspace's set-up. Names are kept as they were: entries outlive members, tokens and what they are about. */
const statements = /* sql */ `
create table audit_log (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspaces on delete cascade,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('member', 'token', 'nobody')),
  -- Of a member or a token, which may be gone.
  actor_id bigint,
  actor_name text not null,
  operation text not null,
  kind text not null,
  ref text,
  name text,
  address text not null,
  changes jsonb not null
);
create index audit_log_workspace on audit_log (workspace_id, id desc);
create index audit_log_subject on audit_log (workspace_id, kind, ref, id desc);
alter table workspaces add column audit_days integer not null default 365 check (audit_days between 30 and 3650);
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

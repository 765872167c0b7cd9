import { type Kysely, sql } from "kysely";

/** What sequences say and when, and which subscriptions have ended. */
const statements = /* sql */ `
alter table sequences add column steps jsonb not null default '[]';
alter table sequences add column settings jsonb not null default '{}';
alter table sequences add column revision integer not null default 1;
create table sequence_ends (
  contact_id bigint not null references contacts on delete cascade,
  sequence_id bigint not null references sequences on delete cascade,
  reason text not null,
  ended_at timestamptz not null,
  passed jsonb not null,
  next_step text,
  primary key (contact_id, sequence_id)
);
create index sequence_ends_sequence on sequence_ends (sequence_id, ended_at);
create index positions_sequence on positions (step_ref, (state ->> 'next'), contact_id) where step_kind = 'sequence';
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

import { type Kysely, sql } from "kysely";

/**
 * What happened at each step, by the hour: counted afterwards from events and messages, so that the batch writes nothing for it. Both are found by their time through
 * BRIN indexes, which cost a write next to nothing: rows come in the order of their time.
 */
const statements = /* sql */ `
create table step_metrics (
  flow_ref text not null,
  step_ref text not null,
  -- 0: by no channel (timers, other systems).
  channel_id bigint not null,
  hour timestamptz not null,
  -- entered, sent, delivered, read, failed, or button:ID.
  metric text not null,
  count bigint not null,
  primary key (flow_ref, hour, step_ref, channel_id, metric)
);
create table step_metric_marks (
  source text primary key check (source in ('events', 'messages')),
  until timestamptz
);
insert into step_metric_marks (source) values ('events'), ('messages');
create index events_time on events using brin (occurred_at);
create index messages_time on messages using brin (created_at);
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

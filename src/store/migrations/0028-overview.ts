import { type Kysely, sql } from "kysely";

/**
 * What the overview shows, counted afterwards from events and messages as step metrics are. Numbers by day and channel; of flows a row for each walk, since a funnel counts people who
 * came from one step to a later one, which no counter by step can say. `broadcasts.result`: what a finished broadcast came to, so that nobody counts its ledger again.
 */
const statements = /* sql */ `
create table day_counts (
  bot_id bigint not null references bots on delete cascade,
  -- Of the workspace's time zone, as it was when it was counted.
  day date not null,
  -- 0: by no channel, of somebody who is on none.
  channel_id bigint not null,
  metric text not null,
  count bigint not null,
  primary key (bot_id, day, channel_id, metric)
);
create table flow_walks (
  -- Where it began: the event, and the place of the fact among its facts.
  event_id bigint not null,
  ordinal integer not null,
  flow_ref text not null,
  contact_id bigint not null references contacts on delete cascade,
  channel_id bigint not null,
  started_at timestamptz not null,
  day date not null,
  -- The steps that were entered, in their order: <a><b><a>.
  path text not null,
  -- Whether the person wrote or pressed something that led on.
  answered boolean not null,
  -- Whether the contact has walked through this flow more than once: only such walks have to be gathered by person.
  repeated boolean not null default false,
  primary key (event_id, ordinal)
) with (fillfactor = 85);
create index flow_walks_flow on flow_walks (flow_ref, day, channel_id, answered);
create index flow_walks_time on flow_walks using brin (started_at);
create index flow_walks_contact on flow_walks (contact_id, flow_ref, started_at);
alter table step_metric_marks drop constraint step_metric_marks_source_check;
alter table step_metric_marks add constraint step_metric_marks_source_check check (source in ('events', 'messages', 'overview'));
insert into step_metric_marks (source) values ('overview');
alter table broadcasts add column result jsonb;
create index broadcasts_started on broadcasts (workspace_id, started_at) where started_at is not null;
update broadcasts b set result = (
  select jsonb_build_object(
    'sent', count(*) filter (where status = 'sent'), 'failed', count(*) filter (where status = 'failed'),
    'skipped', count(*) filter (where status = 'skipped'))
  from broadcast_recipients r where r.broadcast_id = b.id) where b.status = 'finished';
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}

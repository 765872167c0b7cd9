import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** What is counted by day. A happening each, not people: who blocks the bot twice counts twice. */
export const dayMetrics = [
  "created",
  "unblocked",
  "opted_in",
  "unbanned",
  "blocked",
  "opted_out",
  "banned",
  "deleted",
  "message_in",
  "message_by_bot",
  "message_by_agent",
] as const;
export type DayMetric = (typeof dayMetrics)[number];

export interface DayCount {
  /** `2026-01-31`, of the workspace's time zone; null: the whole period, of one channel. */
  readonly date: string | null;
  /** 0: by no channel; null: all of them, on one day. */
  readonly channelId: number | null;
  readonly metric: DayMetric;
  readonly count: number;
}

/** Days of the workspace's time zone, both within. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** Which events and messages. */
export interface Stretch {
  readonly since: RawBuilder<Date>;
  readonly until: RawBuilder<Date>;
  /** Only of this workspace. */
  readonly workspaceId?: number | undefined;
  /** Only of this contact. */
  readonly contactId?: number | undefined;
  /** Nothing of days that began before `since`. */
  readonly wholeDays?: boolean | undefined;
}

const ofFacts = sql`(values ('contact_created', 'created'), ('channel_unblocked', 'unblocked'), ('opted_in', 'opted_in'),
  ('unbanned', 'unbanned'), ('channel_blocked', 'blocked'), ('opted_out', 'opted_out'), ('banned', 'banned')) as named (kind, metric)`;

/** What comes by no channel (the API, an agent, an operator) belongs to the first channel that the contact is on. */
export const channelOf = (event: string) =>
  sql<number>`coalesce(${sql.ref(`${event}.channelId`)},
    (select i.channel_id from identities i where i.contact_id = ${sql.ref(`${event}.contactId`)} order by i.id limit 1), 0)`;

export const dayOf = (at: RawBuilder<unknown>) => sql<string>`(${at} at time zone w.time_zone)::date`;

function within(at: RawBuilder<unknown>, { since, until, contactId, workspaceId, wholeDays = false }: Stretch) {
  const start = sql`date_trunc('day', ${since} at time zone w.time_zone) at time zone w.time_zone`;
  return sql<SqlBool>`${at} >= ${since} and ${at} < ${until}
    and (not ${wholeDays}::boolean or ${start} = ${since} or ${at} >= ${start} + interval '1 day')
    and ${contactId === undefined ? sql`true` : sql`c.id = ${contactId}`}
    and ${workspaceId === undefined ? sql`true` : sql`w.id = ${workspaceId}`}`;
}

/** Rows of bot, day, channel, metric and count. Facts are told apart by their text before they are read as JSON: most events hold none of these. */
function counted(stretch: Stretch): RawBuilder<unknown> {
  return sql`
    select c.bot_id, ${dayOf(sql`e.occurred_at`)} as day, ${channelOf("e")} as channel_id, named.metric, count(*) as count
    from events e
    join contacts c on c.id = e.contact_id
    join workspaces w on w.id = c.workspace_id
    cross join lateral json_array_elements(e.facts) as fact
    join ${ofFacts} on named.kind = fact ->> 'kind'
    where ${within(sql`e.occurred_at`, stretch)}
      and e.facts::text ~ '"(contact_created|channel_unblocked|opted_in|unbanned|channel_blocked|opted_out|banned)"'
    group by 1, 2, 3, 4
    union all
    select c.bot_id, ${dayOf(sql`m.created_at`)}, m.channel_id,
      case when m.direction = 'in' then 'message_in' when m.author = 'agent' then 'message_by_agent' else 'message_by_bot' end,
      count(*)
    from messages m
    join contacts c on c.id = m.contact_id
    join workspaces w on w.id = c.workspace_id
    where ${within(sql`m.created_at`, stretch)}
    group by 1, 2, 3, 4`;
}

/** Adds what happened in a stretch of time that nobody has counted. */
export async function addDayCounts(trx: Database, stretch: Stretch): Promise<void> {
  await sql`
    insert into day_counts (bot_id, day, channel_id, metric, count) ${counted(stretch)}
    on conflict (bot_id, day, channel_id, metric) do update set count = day_counts.count + excluded.count`.execute(trx);
}

/** Counts whole days anew: what was told late comes in, and nothing that was counted goes, whoever was deleted since. */
export async function raiseDayCounts(trx: Database, stretch: Omit<Stretch, "wholeDays">): Promise<void> {
  await sql`
    insert into day_counts (bot_id, day, channel_id, metric, count) ${counted({ ...stretch, wholeDays: true })}
    on conflict (bot_id, day, channel_id, metric) do update set count = greatest(day_counts.count, excluded.count)`.execute(
    trx,
  );
}

/** Counts that a contact is about to be deleted, and what of it the counting job has not come to. Locks the contact. */
export async function countDeletion(trx: Database, contactId: number, at: Date): Promise<void> {
  // The job waits for this transaction, or this one for the job: nothing is counted by both. Before the contact: the job locks contacts while it holds this.
  const { rows } = await sql<{ until: Date | null }>`
    select until from step_metric_marks where source = 'overview' for share`.execute(trx);
  await sql`select from contacts where id = ${contactId} for update`.execute(trx);
  const until = rows[0]?.until;
  const since =
    until === null || until === undefined ? sql<Date>`'-infinity'::timestamptz` : sql<Date>`${until}::timestamptz`;
  await addDayCounts(trx, { since, until: sql<Date>`'infinity'::timestamptz`, contactId });
  await sql`
    insert into day_counts (bot_id, day, channel_id, metric, count)
    select c.bot_id, ${dayOf(sql`${at}::timestamptz`)},
      coalesce((select i.channel_id from identities i where i.contact_id = c.id order by i.id limit 1), 0), 'deleted', 1
    from contacts c join workspaces w on w.id = c.workspace_id where c.id = ${contactId}
    on conflict (bot_id, day, channel_id, metric) do update set count = day_counts.count + 1`.execute(trx);
}

/** By day, and by channel; what is not there is nothing. `fresh`: from then on, what has not been counted yet is read from the events and messages themselves. */
export async function listDayCounts(
  db: Database,
  { workspaceId, botId }: Access,
  {
    from,
    to,
    channelId,
    fresh,
  }: DayRange & { readonly channelId?: number | undefined; readonly fresh: Date | undefined },
): Promise<DayCount[]> {
  const onChannel = channelId === undefined ? sql`true` : sql`channel_id = ${channelId}`;
  const stretch = {
    since: sql<Date>`${fresh ?? new Date(0)}::timestamptz`,
    until: sql<Date>`'infinity'::timestamptz`,
    workspaceId,
  };
  const uncounted = fresh === undefined ? sql`` : sql`union all select * from (${counted(stretch)}) uncounted`;
  const { rows } = await sql<DayCount>`
    select to_char(day, 'YYYY-MM-DD') as date, channel_id, metric, count from (
      select day, channel_id, metric, sum(count)::int as count
      from (select bot_id, day, channel_id, metric, count from day_counts ${uncounted}) counts
      where bot_id in (select id from bots where workspace_id = ${workspaceId})
        and (${botId ?? null}::bigint is null or bot_id = ${botId ?? null})
        and day between ${from}::date and ${to}::date and ${onChannel}
      group by grouping sets ((day, metric), (channel_id, metric))
    ) counts
    order by channel_id = 0, channel_id`.execute(db);
  return rows;
}

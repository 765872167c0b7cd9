import { type RawBuilder, sql } from "kysely";
import type { Database } from "./database.ts";

/** How often something happened at a step. */
export interface StepMetric {
  readonly step: string;
  /** `entered`, `sent`, `delivered`, `read`, `failed`, or `button:` and its id; `clicked`: a page was opened, or (of a sequence) a button pressed; of a step of a sequence also `due`, `started`, and `skipped:` with the reason. */
  readonly metric: string;
  readonly count: number;
}

/** What a press of ours carries (`engine/walk.ts`). */
const payloadPattern = "^[A-Za-z0-9_-]{1,20}:[A-Za-z0-9_-]{1,20}:[A-Za-z0-9_-]{1,20}$";

/** Entered and pressed, and what came of the steps of sequences, from the events of a stretch of time. */
function fromEvents(since: RawBuilder<Date>, until: RawBuilder<Date>): RawBuilder<unknown> {
  return sql`
    select fact ->> 'flow' as flow, fact ->> 'step' as step, coalesce(e.channel_id, 0) as channel,
      date_trunc('hour', e.occurred_at) as hour, 'entered' as metric, count(*) as count
    from events e cross join lateral json_array_elements(e.facts) as fact
    where e.occurred_at >= ${since} and e.occurred_at < ${until} and fact ->> 'kind' = 'step_entered'
    group by 1, 2, 3, 4
    union all
    select 'sequence:' || (fact ->> 'sequence'), fact ->> 'step', coalesce(e.channel_id, 0), date_trunc('hour', e.occurred_at), metric,
      count(*)
    from events e cross join lateral json_array_elements(e.facts) as fact
      cross join lateral unnest(case when fact ->> 'kind' = 'sequence_clicked' then array['clicked']
        when fact ->> 'result' = 'skipped' then array['due', 'skipped:' || (fact ->> 'reason')]
        when fact ->> 'result' = 'flow' then array['due', 'started'] else array['due'] end) as metric
    where e.occurred_at >= ${since} and e.occurred_at < ${until} and fact ->> 'kind' in ('sequence_step', 'sequence_clicked')
    group by 1, 2, 3, 4, 5
    union all
    select e.payload ->> 'flow', e.payload ->> 'step', coalesce(m.channel_id, 0), date_trunc('hour', e.occurred_at), 'clicked', count(*)
    from events e left join messages m on m.id = (e.payload ->> 'message')::bigint
    where e.occurred_at >= ${since} and e.occurred_at < ${until} and e.kind = 'link_opened' and e.payload ->> 'flow' is not null
    group by 1, 2, 3, 4
    union all
    select split_part(p.payload, ':', 1), split_part(p.payload, ':', 2), coalesce(e.channel_id, 0),
      date_trunc('hour', e.occurred_at), 'button:' || split_part(p.payload, ':', 3), count(*)
    from events e cross join lateral (select e.payload ->> 'payload' as payload) p
    where e.occurred_at >= ${since} and e.occurred_at < ${until} and e.kind = 'button' and p.payload ~ ${payloadPattern}
    group by 1, 2, 3, 4, 5`;
}

/** What became of the messages of a stretch of time. One that was read was delivered too, and sent. */
function fromMessages(since: RawBuilder<Date>): RawBuilder<unknown> {
  return sql`
    select m.flow_ref as flow, m.step_ref as step, m.channel_id as channel, date_trunc('hour', m.created_at) as hour,
      metric, count(*) as count
    from messages m cross join lateral unnest(case m.status
      when 'sent' then array['sent'] when 'delivered' then array['sent', 'delivered']
      when 'read' then array['sent', 'delivered', 'read'] when 'failed' then array['failed']
      else array[]::text[] end) as metric
    where m.created_at >= ${since} and m.direction = 'out' and m.flow_ref is not null and m.step_ref is not null
    group by 1, 2, 3, 4, 5`;
}

const mark = (source: "events" | "messages") =>
  sql<Date>`coalesce((select until from step_metric_marks where source = ${source}), '-infinity')`;

const ofMessages = sql`metric in ('sent', 'delivered', 'read', 'failed')`;

async function add(trx: Database, counted: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into step_metrics (flow_ref, step_ref, channel_id, hour, metric, count)
    select flow, step, channel, hour, metric, count from (${counted}) counted
    on conflict (flow_ref, hour, step_ref, channel_id, metric)
    do update set count = step_metrics.count + excluded.count`.execute(trx);
}

/** Longest stretch of events that is counted in one transaction. */
const stretchMs = 3_600_000;

/**
 * Counts the events up to `until` that were not counted yet, an hour of them at most. True: there are more. Only one process counts at a time, and what a run that was cut off has
 * counted is not counted again.
 */
export async function countStepEvents(db: Database, until: Date): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ since: Date | null }>`
      select coalesce(until, (select min(occurred_at) from events)) as since
      from step_metric_marks where source = 'events' for update`.execute(trx);
    const since = rows[0]?.since;
    if (since === null || since === undefined || since >= until) return false;
    const end = new Date(Math.min(until.getTime(), since.getTime() + stretchMs));
    await add(trx, fromEvents(sql`${since}::timestamptz`, sql`${end}::timestamptz`));
    await trx.updateTable("stepMetricMarks").set({ until: end }).where("source", "=", "events").execute();
    return end < until;
  });
}

/** Counts the messages anew that were made since then, by whole hours: they are sent, delivered and read long after. */
export async function recountStepMessages(db: Database, since: Date, until: Date): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // What no run has looked at yet is not older than it was for the last one.
    const { rows } = await sql<{ since: Date | null }>`
      select date_trunc('hour', coalesce(least(${since}::timestamptz, until), (select min(created_at) from messages))) as since
      from step_metric_marks where source = 'messages' for update`.execute(trx);
    const from = sql<Date>`${rows[0]?.since ?? since}::timestamptz`;
    await sql`delete from step_metrics where hour >= ${from} and ${ofMessages}`.execute(trx);
    await add(trx, fromMessages(from));
    await trx.updateTable("stepMetricMarks").set({ until }).where("source", "=", "messages").execute();
  });
}

/** Counts the events anew that happened since then, by whole hours, as far as they have been counted: some are told long after they happened. */
export async function recountStepEvents(db: Database, since: Date): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ since: Date; until: Date | null }>`
      select date_trunc('hour', ${since}::timestamptz) as since, until
      from step_metric_marks where source = 'events' for update`.execute(trx);
    const [mark] = rows;
    if (mark === undefined || mark.until === null || mark.until <= mark.since) return;
    await sql`delete from step_metrics where hour >= ${mark.since} and not ${ofMessages}`.execute(trx);
    await add(trx, fromEvents(sql`${mark.since}::timestamptz`, sql`${mark.until}::timestamptz`));
  });
}

/** What happened at each step of a flow since then: counted hours, and what came after them from the events and messages themselves. */
export async function listStepMetrics(
  db: Database,
  flow: string,
  { since, channelId }: { readonly since: Date; readonly channelId?: number | undefined },
): Promise<StepMetric[]> {
  const onChannel = channelId === undefined ? sql`true` : sql`channel = ${channelId}`;
  const messagesSince = sql<Date>`greatest(${since}::timestamptz, date_trunc('hour', ${mark("messages")}))`;
  const { rows } = await sql<StepMetric>`
    select step, metric, sum(count)::int as count from (
      select step_ref as step, channel_id as channel, metric, count from step_metrics
      where flow_ref = ${flow} and hour >= ${since}
        and (not ${ofMessages} or hour < date_trunc('hour', ${mark("messages")}))
      union all
      select step, channel, metric, count
      from (${fromEvents(sql`greatest(${since}::timestamptz, ${mark("events")})`, sql`'infinity'::timestamptz`)}) fresh
      where flow = ${flow}
      union all
      select step, channel, metric, count from (${fromMessages(messagesSince)}) fresh where flow = ${flow}
    ) counted
    where ${onChannel}
    group by 1, 2
    order by 1, 2`.execute(db);
  return rows;
}

/** How many wait at each step of a flow at this moment. */
export async function countWaiting(
  db: Database,
  flow: string,
  channelId?: number | undefined,
): Promise<readonly { readonly step: string; readonly count: number }[]> {
  const rows = db
    .selectFrom("positions")
    .select(["stepRef as step", sql<number>`count(*)::int`.as("count")])
    .where("flowRef", "=", flow)
    .groupBy("stepRef");
  return await (channelId === undefined ? rows : rows.where("channelId", "=", channelId)).execute();
}

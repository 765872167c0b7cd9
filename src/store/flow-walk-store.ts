import { type RawBuilder, sql } from "kysely";
import type { Database } from "./database.ts";
import { channelOf, type DayRange, dayOf, type Stretch } from "./day-count-store.ts";
import type { Access } from "./workspace-store.ts";

/** How often a flow was begun, and in how many of these walks the person answered. */
export interface FlowCount {
  readonly flow: string;
  readonly name: string;
  readonly started: number;
  readonly answered: number;
}

/** Characters of a walk's path after which only steps are noted that it does not hold yet: somebody may go round a menu for ever. */
const longPath = 8_000;

/**
 * The walks that facts of a stretch of time begin or lead on, a row each; the path holds what is new in it. What comes before the first `flow_started` of the stretch belongs to
 * the contact's latest walk in that flow; `isNew` says that there is none.
 */
function walked({ since, until, workspaceId }: Stretch, flow?: string): RawBuilder<unknown> {
  const inOrder = sql`order by occurred_at, event_id, ordinal`;
  return sql`
    select coalesce(old.event_id, n.event_id) as event_id, coalesce(old.ordinal, n.ordinal) as ordinal, n.flow as flow_ref,
      n.contact_id, ${channelOf("n")} as channel_id, n.started_at, ${dayOf(sql`n.started_at`)} as day, coalesce(n.path, '') as path, n.answered,
      old.event_id is null as is_new
    from (
      select contact_id, flow, nth, (array_agg(event_id ${inOrder}))[1] as event_id, (array_agg(ordinal ${inOrder}))[1] as ordinal,
        min(occurred_at) as started_at, (array_agg(channel_id ${inOrder}))[1] as channel_id,
        string_agg('<' || step || '>', '' ${inOrder}) filter (where kind = 'step_entered') as path,
        bool_or(event_kind in ('message', 'button') and (nth = 0 or event_id <> first_event)) as answered
      from (
        select *, min(event_id) filter (where kind = 'flow_started') over (partition by contact_id, flow, nth) as first_event
        from (
          select *, count(*) filter (where kind = 'flow_started') over (partition by contact_id, flow ${inOrder}) as nth
          from (
            select e.id as event_id, f.ordinality::int as ordinal, e.contact_id, e.channel_id, e.kind as event_kind,
              e.occurred_at, f.fact ->> 'kind' as kind, f.fact ->> 'flow' as flow, f.fact ->> 'step' as step
            from events e cross join lateral json_array_elements(e.facts) with ordinality as f (fact, ordinality)
            where e.occurred_at >= ${since} and e.occurred_at < ${until}
              and ${workspaceId === undefined ? sql`true` : sql`e.workspace_id = ${workspaceId}`}
              and e.facts::text ~ '"(flow_started|step_entered|waiting|position_ended)"'
              and ${flow === undefined ? sql`f.fact ->> 'flow' is not null` : sql`f.fact ->> 'flow' = ${flow}`}
              and (f.fact ->> 'kind' in ('flow_started', 'step_entered', 'waiting')
                or (f.fact ->> 'kind' = 'position_ended' and f.fact ->> 'reason' = 'finished'))
          ) facts
        ) numbered
      ) begun
      group by contact_id, flow, nth
    ) n
    join contacts c on c.id = n.contact_id
    join workspaces w on w.id = c.workspace_id
    left join lateral (
      select o.event_id, o.ordinal from flow_walks o where o.contact_id = n.contact_id and o.flow_ref = n.flow
      order by o.started_at desc, o.event_id desc, o.ordinal desc limit 1
    ) old on n.nth = 0
    where n.nth > 0 or old.event_id is not null or n.path is not null`;
}

const columns = sql`event_id, ordinal, flow_ref, contact_id, channel_id, started_at, day, path, answered`;

/** Notes the walks of a stretch of time that nobody has looked at. */
export async function addWalks(trx: Database, stretch: Stretch): Promise<void> {
  await sql`
    insert into flow_walks as old (${columns}) select ${columns} from (${walked(stretch)}) walked
    on conflict (event_id, ordinal) do update set answered = old.answered or excluded.answered,
      path = old.path || case when length(old.path) < ${longPath} then excluded.path
        else coalesce((select string_agg(distinct s[1], '') from regexp_matches(excluded.path, '<[^>]*>', 'g') s
          where position(s[1] in old.path) = 0), '') end`.execute(trx);
  await markRepeated(trx, stretch);
}

/** Who has just begun a flow again. */
async function markRepeated(trx: Database, { since, until }: Stretch): Promise<void> {
  await sql`
    update flow_walks old set repeated = true where not repeated and (contact_id, flow_ref) in (
      select n.contact_id, n.flow_ref from flow_walks n where n.started_at >= ${since} and n.started_at < ${until} and exists (
        select from flow_walks o where o.contact_id = n.contact_id and o.flow_ref = n.flow_ref
          and (o.event_id, o.ordinal) <> (n.event_id, n.ordinal)))`.execute(trx);
}

/** Looks again at the walks that began in a stretch of time: what was told late comes in. */
export async function completeWalks(trx: Database, stretch: Stretch): Promise<void> {
  await sql`
    insert into flow_walks as old (${columns}) select ${columns} from (${walked(stretch)}) walked where is_new
    on conflict (event_id, ordinal) do update set path = excluded.path, answered = excluded.answered
      where length(old.path) < ${longPath} and length(excluded.path) > length(old.path)`.execute(trx);
  await markRepeated(trx, stretch);
}

interface Choice extends DayRange {
  readonly channelId?: number | undefined;
  /** From then on, what has not been counted yet is read from the events themselves. */
  readonly fresh: Date | undefined;
}

function freshWalks({ fresh }: Choice, workspaceId: number, flow?: string): RawBuilder<unknown> {
  const since = sql<Date>`${fresh ?? new Date(0)}::timestamptz`;
  const until = fresh === undefined ? since : sql<Date>`'infinity'::timestamptz`;
  return walked({ since, until, workspaceId }, flow);
}

const chosen = ({ from, to, channelId }: Choice) =>
  sql`day between ${from}::date and ${to}::date and ${channelId === undefined ? sql`true` : sql`channel_id = ${channelId}`}`;

/** Of walks that began on these days, whatever became of them since; flows that nobody began are left out, the most begun come first. */
export async function listFlowCounts(
  db: Database,
  { workspaceId, botId }: Access,
  choice: Choice,
): Promise<FlowCount[]> {
  const { rows } = await sql<FlowCount>`
    with fresh as materialized (${freshWalks(choice, workspaceId)})
    select f.ref as flow, f.name, sum(started)::int as started, sum(answered)::int as answered
    from (
      select flow_ref, count(*) as started, count(*) filter (where answered) as answered from flow_walks
      where ${chosen(choice)}
        and flow_ref in (select flows.ref from flows join bots on bots.id = flows.bot_id where bots.workspace_id = ${workspaceId})
      group by 1
      union all
      select fresh.flow_ref, count(*) filter (where fresh.is_new),
        count(*) filter (where fresh.answered and (fresh.is_new or not old.answered))
      from fresh left join flow_walks old on old.event_id = fresh.event_id and old.ordinal = fresh.ordinal
      where coalesce(old.day, fresh.day) between ${choice.from}::date and ${choice.to}::date
        and ${choice.channelId === undefined ? sql`true` : sql`coalesce(old.channel_id, fresh.channel_id) = ${choice.channelId}`}
      group by 1
    ) walks
    join flows f on f.ref = walks.flow_ref
    join bots b on b.id = f.bot_id
    where b.workspace_id = ${workspaceId} and (${botId ?? null}::bigint is null or b.id = ${botId ?? null})
    group by 1, 2
    having sum(started) > 0
    order by 3 desc, 1`.execute(db);
  return rows;
}

/**
 * How many people came to each of the steps, in this order, on one walk through the flow that began on these days, whenever they came. Somebody with several walks counts once, by the
 * one that came farthest. One number a step; the first is everybody who came to the first step.
 */
export async function countFunnel(
  db: Database,
  { workspaceId }: Access,
  { flow, steps, ...choice }: Choice & { readonly flow: string; readonly steps: readonly string[] },
): Promise<number[]> {
  const patterns = steps.map((_step, index) => toPattern(steps.slice(0, index + 1)));
  // The longest first: who came to the end is compared once.
  const depth = sql`case ${sql.join(
    patterns.map((pattern, index) => sql`when path like ${pattern} then ${sql.lit(index + 1)}`).reverse(),
    sql` `,
  )} else 0 end`;
  const { rows } = await sql<{ depth: number; people: number }>`
    with fresh as materialized (${freshWalks(choice, workspaceId, flow)})
    select depth, sum(people)::int as people from (
      select max(${depth}) as depth, case when who is null then sum(walks) else 1 end as people from (
        -- Who walked once is known by the path alone, and few paths are different: they are compared instead of people.
        select path, case when repeated or contact_id in (select contact_id from fresh) then contact_id end as who, count(*) as walks
        from flow_walks
        where flow_ref = ${flow} and ${chosen(choice)} and (event_id, ordinal) not in (select event_id, ordinal from fresh)
        group by 1, 2
        union all
        select coalesce(old.path, '') || fresh.path, fresh.contact_id, 1
        from fresh left join flow_walks old on old.event_id = fresh.event_id and old.ordinal = fresh.ordinal
        where coalesce(old.day, fresh.day) between ${choice.from}::date and ${choice.to}::date
          and ${choice.channelId === undefined ? sql`true` : sql`coalesce(old.channel_id, fresh.channel_id) = ${choice.channelId}`}
      ) walks
      group by who, case when who is null then path end
    ) people
    group by 1`.execute(db);
  return steps.map((_step, index) =>
    rows.reduce((sum, { depth: reached, people }) => (reached > index ? sum + people : sum), 0),
  );
}

/** A path that holds these steps in this order. */
function toPattern(steps: readonly string[]): string {
  return `%${steps.map((step) => `<${step.replaceAll("_", "\\_")}>%`).join("")}`;
}

/** Gives a contact's walks to another: of a flow that both went through, it has more than one by then. */
export async function moveWalks(trx: Database, from: number, to: number): Promise<void> {
  await sql`update flow_walks set repeated = true where contact_id in (${from}, ${to}) and flow_ref in (
    select flow_ref from flow_walks where contact_id = ${from} intersect select flow_ref from flow_walks where contact_id = ${to})`.execute(
    trx,
  );
  await trx.updateTable("flowWalks").set({ contactId: to }).where("contactId", "=", from).execute();
}

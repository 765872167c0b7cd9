import { type RawBuilder, sql } from "kysely";
import { holdFor, knownZone } from "../engine/broadcast-times.ts";
import type { RecipientStatus } from "../model/broadcast.ts";
import { isOrdered, zoneOfWorkspace } from "./broadcast-prepare-store.ts";
import type { Broadcast } from "./broadcast-store.ts";
import type { Database } from "./database.ts";

/** `recipientKey` of a row `r`, in SQL: whether it was handed in is what the history says. */
const isHandedIn = sql<boolean>`exists (select from events e where e.dedupe_key = 'b' || r.broadcast_id || ':' || r.contact_id)`;

/** The recipients that a slice takes up, with what stands against each. */
export interface DueRecipient {
  readonly contactId: number;
  /** Why nothing may be sent, as a stable word; null: it may. */
  readonly obstacle: string | null;
  /** From 1 on; null: what everybody gets. */
  readonly variant: number | null;
}

/** Recipients that were taken up by a process that has not said since what became of them. One that only was slow is known by its key. */
const lostSeconds = 15;

/** A slice of recipients, and when the next one is due. */
export interface Slice {
  readonly due: readonly DueRecipient[];
  readonly nextAt: Date;
}

/** How recipients are taken up. */
interface Turn {
  readonly count: number;
  readonly at: Date;
  readonly everyMs: number;
  /** Whether something is said to the contact: who cannot or will not hear it is passed over. */
  readonly reaches: boolean;
}

/**
 * Takes the next recipients, if it is time: so many, and the next ones `everyMs` after this turn was due, so that a job that comes late does not slow the whole down. Undefined: somebody else took
 * this turn, or it is not yet; nobody due: nobody is left whose turn it is.
 */
export async function takeRecipients(db: Database, broadcast: Broadcast, turn: Turn): Promise<Slice | undefined> {
  const { id } = broadcast;
  const { count, at, everyMs } = turn;
  return await db.transaction().execute(async (trx) => {
    const taken = await trx
      .updateTable("broadcasts")
      // Not more than one turn is made up for: who was away for an hour does not send an hour's worth at once.
      .set({
        nextAt: sql<Date>`greatest(next_at, ${new Date(at.getTime() - everyMs)}::timestamptz) + make_interval(secs => ${everyMs / 1000})`,
      })
      .where("id", "=", id)
      .where("status", "=", "running")
      .where("nextAt", "<=", at)
      .returning("nextAt")
      .executeTakeFirst();
    if (taken === undefined) return undefined;
    if (broadcast.plan.quiet !== undefined) await holdBack(trx, broadcast, at, count);
    return { due: await takeUp(trx, broadcast, turn), nextAt: taken.nextAt ?? at };
  });
}

/** Rows `r` that may be taken up, and their order. Of a split without a winner only those that are in a share. */
function whoseTurn(broadcast: Broadcast, at: Date) {
  const { id, split, winner } = broadcast;
  const hasTime = isOrdered(broadcast) ? sql`and r.due_at <= ${at}` : sql``;
  const isTested = split !== null && winner === null ? sql`and r.variant is not null` : sql``;
  return {
    where: sql`r.broadcast_id = ${id} and r.status = 'waiting' ${hasTime} ${isTested}`,
    order: isOrdered(broadcast) ? sql`r.due_at, r.contact_id` : sql`r.contact_id`,
  };
}

async function takeUp(trx: Database, broadcast: Broadcast, { count, at, reaches }: Turn): Promise<DueRecipient[]> {
  const { id, winner } = broadcast;
  const { where, order } = whoseTurn(broadcast, at);
  const { rows } = await sql<DueRecipient>`
    with lost as materialized (
      select r.contact_id from broadcast_recipients r where r.broadcast_id = ${id} and r.status = 'sending'
        and r.at < ${at}::timestamptz - make_interval(secs => ${lostSeconds}) limit ${count} for update skip locked
    ), due as materialized (
      select r.contact_id from broadcast_recipients r where ${where} order by ${order}
      limit ${count} - (select count(*) from lost) for update skip locked
    ), taken as (
      update broadcast_recipients r set status = 'sending', at = ${at}, variant = coalesce(r.variant, ${winner}::smallint)
      from (select contact_id, true as is_lost from lost union all select contact_id, false from due) t
      where r.broadcast_id = ${id} and r.contact_id = t.contact_id returning r.broadcast_id, r.contact_id, r.variant, t.is_lost
    )
    select r.contact_id, r.variant, case
      -- It is told anew what it was told then.
      when r.is_lost and ${isHandedIn} then null
      when c.id is null then 'deleted'
      when not ${reaches}::boolean then null
      when c.banned_at is not null then 'banned'
      when c.opted_out_at is not null then 'opted_out'
      ${withAgent(broadcast, at)}
      when not exists (select from identities i where i.contact_id = c.id and i.status = 'active') then
        case when exists (select from identities i where i.contact_id = c.id) then 'blocked' else 'no_channel' end
      ${rested(broadcast, at)}
    end as obstacle
    from taken r left join contacts c on c.id = r.contact_id order by r.contact_id`.execute(trx);
  return rows;
}

function withAgent({ plan: { agents = "paused" } }: Broadcast, at: Date): RawBuilder<unknown> {
  if (agents === "send") return sql``;
  const isPaused = sql`(c.conversation ->> 'pausedUntil')::float8 > ${at.getTime()}`;
  const isTaken = sql`c.conversation ->> 'agent' is not null and c.conversation ->> 'status' in ('open', 'pending')`;
  return agents === "paused"
    ? sql`when ${isPaused} then 'with_agent'`
    : sql`when ${isPaused} or ${isTaken} then 'with_agent'`;
}

/** Who got another broadcast lately. */
function rested({ id, plan: { restHours } }: Broadcast, at: Date): RawBuilder<unknown> {
  if (restHours === undefined) return sql``;
  const since = new Date(at.getTime() - restHours * 3_600_000);
  return sql`when exists (select from broadcast_recipients o where o.contact_id = c.id and o.broadcast_id <> ${id}
    and o.status = 'sent' and o.at > ${since}) then 'had_another'`;
}

/** Recipients who are looked at together for their quiet hours, and how often for one turn. */
const holdSize = 2_000;
const mostHolds = 20;

/** Puts back whose turn it is and whose quiet hours it is, or leaves them out, until there are `count` of the others at the head. */
async function holdBack(trx: Database, broadcast: Broadcast, at: Date, count: number): Promise<void> {
  const { id, workspaceId, plan, startedAt } = broadcast;
  const standIn = await zoneOfWorkspace(trx, workspaceId);
  const when = { began: (startedAt ?? at).getTime(), at: at.getTime() };
  const { where, order } = whoseTurn(broadcast, at);
  for (let holds = 0; holds < mostHolds; holds += 1) {
    const { rows } = await sql<{ contactId: number; zone: string | null }>`
      select r.contact_id, c.time_zone as zone from broadcast_recipients r left join contacts c on c.id = r.contact_id
      where ${where} order by ${order} limit ${Math.max(holdSize, count)} for update of r skip locked`.execute(trx);
    const byZone = Map.groupBy(rows, ({ zone }) => knownZone(zone, standIn));
    let held = 0;
    for (const [zone, those] of byZone) {
      const hold = holdFor(plan, zone, when);
      if (hold === undefined) continue;
      held += those.length;
      const change =
        hold === "give_up"
          ? sql`status = 'skipped', reason = 'quiet_hours', at = ${at}`
          : sql`due_at = ${new Date(hold.until)}`;
      await sql`update broadcast_recipients r set ${change} where r.broadcast_id = ${id}
        and r.contact_id = any(${those.map(({ contactId }) => contactId)}::bigint[])`.execute(trx);
    }
    if (held === 0 || rows.length - held >= count || rows.length < holdSize) return;
  }
}

/** When the next recipient has their turn, where nobody has it now; undefined: nobody waits, or only for the winner. */
export async function findNextTurn(db: Database, broadcast: Broadcast): Promise<Date | undefined> {
  if (!isOrdered(broadcast)) return undefined;
  const { where } = whoseTurn(broadcast, new Date(8.64e15 / 100));
  const { rows } = await sql<{
    next: Date | null;
  }>`select min(r.due_at) as next from broadcast_recipients r where ${where}`.execute(db);
  return rows[0]?.next ?? undefined;
}

/** When the last of those who wait has their turn; undefined: nobody has one of their own. */
export async function findLastTurn(db: Database, broadcast: Broadcast): Promise<Date | undefined> {
  if (!isOrdered(broadcast)) return undefined;
  const { rows } = await sql<{ last: Date | null }>`select max(due_at) as last from broadcast_recipients
    where broadcast_id = ${broadcast.id} and status = 'waiting' and due_at is not null`.execute(db);
  return rows[0]?.last ?? undefined;
}

/** Whether recipients of a share are still to be handed in or are under way; and whether anybody waits for the winner. */
export async function readTest(
  db: Database,
  id: number,
): Promise<{ readonly isOpen: boolean; readonly hasRest: boolean }> {
  const { rows } = await sql<{ isOpen: boolean; hasRest: boolean }>`select
    exists (select from broadcast_recipients where broadcast_id = ${id} and variant is not null and status = 'waiting')
      or exists (select from broadcast_recipients where broadcast_id = ${id} and status = 'sending') as is_open,
    exists (select from broadcast_recipients where broadcast_id = ${id} and variant is null and status = 'waiting') as has_rest`.execute(
    db,
  );
  return rows[0] ?? { isOpen: false, hasRest: false };
}

/** What became of a recipient. */
export interface Settled {
  readonly contactId: number;
  readonly status: "sent" | "failed" | "skipped";
  readonly reason: string | null;
  /** What was handed in; null: nothing was. */
  readonly eventId: number | null;
}

/** Within this many seconds a broadcast's pace follows what happens. */
const paceSeconds = 20;

/** Writes down what became of recipients, and how fast they follow each other. */
export async function settleRecipients(db: Database, id: number, results: readonly Settled[], at: Date): Promise<void> {
  if (results.length === 0) return;
  await sql`update broadcast_recipients r set status = n.status, reason = n.reason, event_id = n.event_id
    from unnest(${results.map(({ contactId }) => contactId)}::bigint[], ${results.map(({ status }) => status)}::text[],
      ${results.map(({ reason }) => reason)}::text[], ${results.map(({ eventId }) => eventId)}::bigint[])
      as n (contact_id, status, reason, event_id)
    where r.broadcast_id = ${id} and r.contact_id = n.contact_id and r.status in ('sending', 'waiting')`.execute(db);
  const passed = sql`extract(epoch from ${at}::timestamptz - paced_at)::float8`;
  const now = sql`${results.length}::float8 / ${passed}`;
  await sql`update broadcasts set paced_at = ${at}, pace = case when paced_at is null or ${at}::timestamptz <= paced_at then pace
      when pace is null then ${now}
      else pace + (${now} - pace) * (1 - exp(-${passed} / ${paceSeconds})) end
    where id = ${id}`.execute(db);
}

/** Puts those back who were taken up and not handed in. Who was, and only seemed lost, is found out as such again. */
export async function handBackRecipients(db: Database, id: number, taken: readonly DueRecipient[]): Promise<void> {
  await sql`update broadcast_recipients r set status = 'waiting', at = null where r.broadcast_id = ${id}
    and r.contact_id = any(${taken.map(({ contactId }) => contactId)}::bigint[]) and r.status = 'sending' and not ${isHandedIn}`.execute(
    db,
  );
}

/** How many recipients stand where. */
export async function countRecipients(
  db: Database,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Readonly<Record<RecipientStatus, number>>>> {
  const none = { waiting: 0, sending: 0, sent: 0, failed: 0, skipped: 0 };
  const counts = new Map(ids.map((id) => [id, { ...none }]));
  if (ids.length === 0) return counts;
  const rows = await db
    .selectFrom("broadcastRecipients")
    .select(["broadcastId", "status"])
    .select(sql<number>`count(*)`.as("count"))
    .where("broadcastId", "in", ids)
    .groupBy(["broadcastId", "status"])
    .execute();
  for (const { broadcastId, status, count } of rows) {
    const of = counts.get(broadcastId);
    if (of !== undefined) of[status] = Number(count);
  }
  return counts;
}

export interface Recipient {
  readonly contactId: number;
  /** Null: the contact has not said it. */
  readonly name: string | null;
  readonly status: RecipientStatus;
  readonly reason: string | null;
  readonly at: Date | null;
  readonly dueAt: Date | null;
  readonly variant: number | null;
}

/** By contact, from above `after`. */
export async function listRecipients(
  db: Database,
  id: number,
  status: RecipientStatus | undefined,
  page: { readonly after?: number | undefined; readonly limit: number },
): Promise<Recipient[]> {
  return await db
    .selectFrom("broadcastRecipients")
    .leftJoin("contacts", "contacts.id", "broadcastRecipients.contactId")
    .select(["contactId", "status", "reason", "at", "dueAt", "variant"])
    .select(
      sql<
        string | null
      >`coalesce(contacts.name, nullif(concat_ws(' ', contacts.first_name, contacts.last_name), ''))`.as("name"),
    )
    .where("broadcastId", "=", id)
    .$if(status !== undefined, (rows) => rows.where("status", "=", status ?? "sent"))
    .$if(page.after !== undefined, (rows) => rows.where("contactId", ">", page.after ?? 0))
    .orderBy("contactId")
    .limit(page.limit)
    .execute();
}

/** How many recipients of a broadcast were left out or failed for which reason, the most frequent first. */
export async function countReasons(
  db: Database,
  id: number,
): Promise<{ readonly status: RecipientStatus; readonly reason: string; readonly count: number }[]> {
  const rows = await db
    .selectFrom("broadcastRecipients")
    .select(["status", sql<string>`reason`.as("reason")])
    .select(sql<number>`count(*)`.as("count"))
    .where("broadcastId", "=", id)
    .where("reason", "is not", null)
    .groupBy(["status", "reason"])
    .orderBy("count", "desc")
    .limit(100)
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

/** Recipients that were being handed in when a broadcast was cancelled, by a process that has died since: the history says which of them have it. */
export async function settleLost(db: Database, at: Date): Promise<void> {
  await sql`update broadcast_recipients r set at = ${at},
      status = case when ${isHandedIn} then 'sent' else 'skipped' end, reason = case when ${isHandedIn} then null else 'cancelled' end
    from broadcasts b where b.id = r.broadcast_id and b.status = 'cancelled' and r.status = 'sending'
      and r.at < ${at}::timestamptz - make_interval(secs => ${lostSeconds})`.execute(db);
}

/**
 * Gives a contact's open places in ledgers to another. What is settled stays with whom it happened to; where the other is in the same ledger, or the event was handed in already, the place
 * is settled here: nobody gets it twice, and the ledger keeps its length.
 */
export async function moveRecipients(trx: Database, from: number, to: number): Promise<void> {
  await sql`update broadcast_recipients r set contact_id = ${to}, status = 'waiting'
    where r.contact_id = ${from} and r.status in ('waiting', 'sending') and not ${isHandedIn}
      and not exists (select from broadcast_recipients o where o.broadcast_id = r.broadcast_id and o.contact_id = ${to})`.execute(
    trx,
  );
  await sql`update broadcast_recipients r set status = case when ${isHandedIn} then 'sent' else 'skipped' end, reason = 'merged'
    where r.contact_id = ${from} and r.status in ('waiting', 'sending')`.execute(trx);
}

/** A contact is gone: what ledgers say of it is that it was one of so many. */
export async function forgetRecipient(trx: Database, contactId: number): Promise<void> {
  await sql`update broadcast_recipients set reason = case when status = 'sent' then null else 'deleted' end,
      status = case when status = 'waiting' then 'skipped' else status end
    where contact_id = ${contactId}`.execute(trx);
}

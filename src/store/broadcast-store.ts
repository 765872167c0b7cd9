import { type SqlBool, sql } from "kysely";
import type { ActionCall } from "../model/action-call.ts";
import { AppError } from "../model/app-error.ts";
import type { Audience, BroadcastStatus, RecipientStatus } from "../model/broadcast.ts";
import type { Database } from "./database.ts";
import { listSegmentIds } from "./segment-member-store.ts";
import type { Access } from "./workspace-store.ts";

export interface Broadcast {
  readonly id: number;
  readonly workspaceId: number;
  readonly botId: number;
  readonly name: string;
  readonly audience: Audience;
  readonly actions: readonly ActionCall[];
  /** Null: as fast as it goes; channels keep their own rates. */
  readonly perMinute: number | null;
  readonly status: BroadcastStatus;
  readonly startAt: Date | null;
  /** Null: everybody is in the ledger. */
  readonly preparedAfter: number | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

const columns = [
  "id",
  "workspaceId",
  "botId",
  "name",
  "audience",
  "actions",
  "perMinute",
  "status",
  "startAt",
  "preparedAfter",
  "createdAt",
  "startedAt",
  "endedAt",
] as const;

function visible(db: Database, { workspaceId, botId }: Access) {
  const rows = db.selectFrom("broadcasts").select(columns).where("workspaceId", "=", workspaceId);
  return botId === undefined ? rows : rows.where("botId", "=", botId);
}

/** Newest first, from below id `before`. */
export async function listBroadcasts(
  db: Database,
  access: Access,
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<Broadcast[]> {
  return await visible(db, access)
    .$if(page.before !== undefined, (rows) => rows.where("id", "<", page.before ?? 0))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

/** Whoever's it is: for those who run it. */
export async function getBroadcast(db: Database, id: number): Promise<Broadcast | undefined> {
  return await db.selectFrom("broadcasts").select(columns).where("id", "=", id).executeTakeFirst();
}

/** Throws `broadcast.not_found`. */
export async function requireBroadcast(db: Database, access: Access, id: number): Promise<Broadcast> {
  const found = await visible(db, access).where("id", "=", id).executeTakeFirst();
  if (found === undefined) throw new AppError("broadcast.not_found", `there is no broadcast ${id}`);
  return found;
}

export async function createBroadcast(
  trx: Database,
  broadcast: Pick<Broadcast, "workspaceId" | "botId" | "name" | "audience" | "actions" | "perMinute" | "startAt"> & {
    readonly at: Date;
  },
): Promise<Broadcast> {
  const { audience, actions, at, ...rest } = broadcast;
  return await trx
    .insertInto("broadcasts")
    .values({
      ...rest,
      audience: JSON.stringify(audience),
      actions: JSON.stringify(actions),
      status: "draft",
      createdAt: at,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** What each step of a broadcast's life is allowed from. */
const allowedFrom = {
  start: ["draft"],
  pause: ["scheduled", "preparing", "running"],
  resume: ["paused"],
  cancel: ["draft", "scheduled", "preparing", "running", "paused"],
} as const satisfies Readonly<Record<string, readonly BroadcastStatus[]>>;

/** Moves a broadcast on, once however often it is asked. Throws `broadcast.not_found`, `broadcast.bad_state`. */
export async function moveBroadcast(
  trx: Database,
  access: Access,
  id: number,
  step: keyof typeof allowedFrom,
  at: Date,
): Promise<Broadcast> {
  const old = await requireBroadcast(trx, access, id);
  const isLater = old.startAt !== null && old.startAt > at;
  const next: Readonly<Record<typeof step, BroadcastStatus>> = {
    start: isLater ? "scheduled" : "preparing",
    pause: "paused",
    resume: isLater ? "scheduled" : old.preparedAfter === null ? "running" : "preparing",
    cancel: "cancelled",
  };
  const moved = await trx
    .updateTable("broadcasts")
    .set({ status: next[step], nextAt: at })
    .$if(step === "cancel", (update) => update.set({ endedAt: at }))
    .where("id", "=", id)
    .where("status", "in", [...allowedFrom[step]])
    .returning(columns)
    .executeTakeFirst();
  if (moved === undefined) {
    throw new AppError("broadcast.bad_state", `a broadcast that is ${old.status} cannot be told to ${step}`);
  }
  if (step === "cancel") {
    await trx
      .updateTable("broadcastRecipients")
      .set({ status: "skipped", reason: "cancelled", at })
      .where("broadcastId", "=", id)
      .where("status", "=", "waiting")
      .execute();
  }
  return moved;
}

/** Drafts and what is over. Throws `broadcast.not_found`, `broadcast.bad_state`. */
export async function deleteBroadcast(trx: Database, access: Access, id: number): Promise<void> {
  const { status } = await requireBroadcast(trx, access, id);
  if (!["draft", "finished", "cancelled"].includes(status)) {
    throw new AppError("broadcast.bad_state", `a broadcast that is ${status} cannot be deleted; cancel it first`);
  }
  await trx.deleteFrom("broadcasts").where("id", "=", id).execute();
}

/** Those that something is to be done for now. */
export async function listDueBroadcasts(db: Database, at: Date): Promise<number[]> {
  const rows = await db
    .selectFrom("broadcasts")
    .select("id")
    .where("status", "in", ["scheduled", "preparing", "running"])
    .where((eb) => eb.or([eb("status", "!=", "scheduled"), eb("startAt", "<=", at)]))
    .execute();
  return rows.map(({ id }) => id);
}

/** Contacts put into the ledger at once. */
const pieceSize = 5_000;

/** A scheduled broadcast whose time has come begins to be prepared. */
export async function beginBroadcast(db: Database, id: number, at: Date): Promise<void> {
  await db
    .updateTable("broadcasts")
    .set({ status: "preparing" })
    .where("id", "=", id)
    .where("status", "=", "scheduled")
    .where("startAt", "<=", at)
    .execute();
}

/** Puts the next piece of the audience into the ledger; where there is none left, the broadcast runs. Done again, it changes nothing. */
export async function prepareBroadcast(db: Database, broadcast: Broadcast, at: Date): Promise<void> {
  const { id, workspaceId, botId, audience, preparedAfter } = broadcast;
  const after = preparedAfter ?? 0;
  const ids =
    "contacts" in audience
      ? await ownContacts(db, broadcast, audience.contacts, after)
      : await listSegmentIds(
          db,
          { access: { workspaceId, botId }, condition: audience.condition, search: audience.search, now: at.getTime() },
          { after, limit: pieceSize },
        );
  const last = ids.at(-1);
  await db.transaction().execute(async (trx) => {
    const alive = await trx
      .updateTable("broadcasts")
      .set(
        last === undefined
          ? { status: "running", preparedAfter: null, startedAt: at, nextAt: at }
          : { preparedAfter: last },
      )
      .where("id", "=", id)
      .where("status", "=", "preparing")
      .where("preparedAfter", "=", after)
      .returning("id")
      .executeTakeFirst();
    if (alive === undefined || ids.length === 0) return;
    await sql`insert into broadcast_recipients (broadcast_id, contact_id) select ${id}, unnest(${ids}::bigint[]) on conflict do nothing`.execute(
      trx,
    );
  });
}

async function ownContacts(
  db: Database,
  { botId }: Broadcast,
  contacts: readonly number[],
  after: number,
): Promise<number[]> {
  const rest = contacts.filter((one) => one > after);
  if (rest.length === 0) return [];
  const rows = await db
    .selectFrom("contacts")
    .select("id")
    .where("botId", "=", botId)
    .where(sql<SqlBool>`id = any(${rest}::bigint[])`)
    .orderBy("id")
    .limit(pieceSize)
    .execute();
  return rows.map(({ id }) => id);
}

/** The recipients that a slice takes up, with what stands against each. */
export interface DueRecipient {
  readonly contactId: number;
  /** Why nothing may be sent, as a stable word; null: it may. */
  readonly obstacle: string | null;
}

/** Recipients that were taken up by a process that has not said since what became of them. */
const lostSeconds = 120;

/** A slice of recipients, and when the next one is due. */
export interface Slice {
  readonly due: readonly DueRecipient[];
  readonly nextAt: Date;
}

/**
 * Takes the next recipients, if it is time: so many, and the next ones `everyMs` after this turn was due, so that a job that comes late does not slow the whole down. Undefined: somebody else took
 * this turn, or it is not yet; nobody due: nobody is left.
 */
export async function takeRecipients(
  db: Database,
  id: number,
  {
    count,
    at,
    everyMs,
    reaches,
  }: {
    readonly count: number;
    readonly at: Date;
    readonly everyMs: number;
    /** Whether something is said to the contact: who cannot or will not hear it is passed over. */
    readonly reaches: boolean;
  },
): Promise<Slice | undefined> {
  return await db.transaction().execute(async (trx) => {
    const turn = await trx
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
    if (turn === undefined) return undefined;
    await sql`update broadcast_recipients set status = 'waiting' where broadcast_id = ${id} and status = 'sending'
      and at < ${at}::timestamptz - make_interval(secs => ${lostSeconds})`.execute(trx);
    const { rows } = await sql<DueRecipient>`
      with due as (
        select contact_id from broadcast_recipients where broadcast_id = ${id} and status = 'waiting'
        order by contact_id limit ${count} for update skip locked
      ), taken as (
        update broadcast_recipients r set status = 'sending', at = ${at} from due
        where r.broadcast_id = ${id} and r.contact_id = due.contact_id returning r.contact_id
      )
      select t.contact_id, case
        when c.id is null then 'deleted'
        when not ${reaches}::boolean then null
        when c.banned_at is not null then 'banned'
        when c.opted_out_at is not null then 'opted_out'
        when (c.conversation ->> 'pausedUntil')::float8 > ${at.getTime()} then 'with_agent'
        when not exists (select from identities i where i.contact_id = c.id and i.status = 'active') then
          case when exists (select from identities i where i.contact_id = c.id) then 'blocked' else 'no_channel' end
      end as obstacle
      from taken t left join contacts c on c.id = t.contact_id order by t.contact_id`.execute(trx);
    return { due: rows, nextAt: turn.nextAt ?? at };
  });
}

/** Milliseconds until the next turn; 0 where it is over, or there is none. */
export async function timeToTurn(db: Database, id: number, at: Date): Promise<number> {
  const row = await db.selectFrom("broadcasts").select("nextAt").where("id", "=", id).executeTakeFirst();
  return Math.max(0, (row?.nextAt?.getTime() ?? 0) - at.getTime());
}

/** What became of recipients. */
export async function settleRecipients(
  db: Database,
  id: number,
  results: readonly {
    readonly contactId: number;
    readonly status: "sent" | "failed" | "skipped";
    readonly reason: string | null;
  }[],
  at: Date,
): Promise<void> {
  if (results.length === 0) return;
  await sql`update broadcast_recipients r set status = n.status, reason = n.reason, at = ${at}
    from unnest(${results.map(({ contactId }) => contactId)}::bigint[], ${results.map(({ status }) => status)}::text[],
      ${results.map(({ reason }) => reason)}::text[]) as n (contact_id, status, reason)
    where r.broadcast_id = ${id} and r.contact_id = n.contact_id`.execute(db);
}

/** Ends a broadcast that has nobody left. False: some are still under way. */
export async function finishBroadcast(db: Database, id: number, at: Date): Promise<boolean> {
  const { rows } = await sql`update broadcasts set status = 'finished', ended_at = ${at}
    where id = ${id} and status = 'running' and not exists (
      select from broadcast_recipients where broadcast_id = ${id} and status in ('waiting', 'sending'))
    returning id`.execute(db);
  return rows.length > 0;
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
  readonly status: RecipientStatus;
  readonly reason: string | null;
  readonly at: Date | null;
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
    .select(["contactId", "status", "reason", "at"])
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

/** What the waist knows a recipient's event by. */
export function recipientKey(broadcastId: number, contactId: number): string {
  return `b${broadcastId}:${contactId}`;
}

/** `recipientKey` of a row `r`, in SQL: whether it was handed in is what the history says. */
const isHandedIn = sql<boolean>`exists (select from events e where e.dedupe_key = 'b' || r.broadcast_id || ':' || r.contact_id)`;

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

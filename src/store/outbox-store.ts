import { sql } from "kysely";
import { cleanText } from "../engine/clean-text.ts";
import type { MessageAuthor, MessageContent } from "../model/message.ts";
import type { Database } from "./database.ts";
import { lockSpaces } from "./lock-spaces.ts";

/** A message that has still to leave. */
export interface QueuedMessage {
  readonly id: number;
  readonly contactId: number;
  readonly channelId: number;
  readonly recipient: string;
  readonly content: MessageContent;
  readonly lane: "live" | "bulk";
  /** Absent or null: the bot. */
  readonly author?: MessageAuthor | null | undefined;
  /** Attempts made so far. */
  readonly attempts: number;
  readonly partsSent: number;
  /** A process died between the start of the send and its answer. */
  readonly isUncertain: boolean;
  /** Unix milliseconds; 0: at once. */
  readonly notBefore: number;
  /** `traceparent` of the batch that made it, where this process did; not stored. */
  readonly trace?: string | undefined;
  /** It went before its time once, because its platform was back; not stored. */
  readonly isHastened?: boolean | undefined;
  /** It was marked as being sent when it was stored, and may leave on that until then, by `performance.now`; not stored. */
  readonly leavesUntil?: number | undefined;
}

/** What others need to know of a process. */
export interface ProcessTraits {
  readonly roles: readonly string[];
  /** Whether it holds a session with the database (`live-wires.ts`); without one only its heartbeat says that it lives. */
  readonly hasSession: boolean;
  /** Of the program; absent: it does not say. */
  readonly release?: string | undefined;
}

/** Registers this process; its id owns leases while its heartbeat is fresh. */
export async function registerProcess(db: Database, { roles, hasSession, release }: ProcessTraits): Promise<number> {
  const { id } = await db
    .insertInto("processes")
    .values({ roles: roles.join(","), hasSession, release: release ?? null })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Puts the process back where a reaper took it for dead meanwhile. */
export async function beat(db: Database, processId: number, traits: ProcessTraits): Promise<void> {
  const { roles, hasSession, release = null } = traits;
  await sql`
    insert into processes (id, roles, has_session, release) overriding system value
    values (${processId}, ${roles.join(",")}, ${hasSession}, ${release})
    on conflict (id) do update set heartbeat_at = now()`.execute(db);
}

export async function unregisterProcess(db: Database, processId: number): Promise<void> {
  await sql`update messages set lease_owner = null where status = 'queued' and lease_owner = ${processId}`.execute(db);
  await db.deleteFrom("processes").where("id", "=", processId).execute();
}

/** On the embedded database nobody else can be alive: whatever stands there is from before. */
export async function forgetAllProcesses(db: Database): Promise<void> {
  await db.deleteFrom("processes").execute();
}

/**
 * A process is dead when its connection is gone (the system closes a killed process's at once) and it has missed two beats, so that one whose connection
 * only broke has time to lock again; or when it has not beaten for so long that the machine must be gone. One that has no session is known by its beats alone. A
 * database that was itself restarted gives everybody the same time again.
 */
const deadAfterSeconds = { withoutLock: 1, withoutSession: 6, always: 15 };

/** Removes dead processes; returns how many. For a database server: on the embedded one nobody else can be alive. */
export async function reapProcesses(db: Database): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from processes p
    using (select greatest(heartbeat_at, pg_postmaster_start_time()) as alive_at, id from processes) seen
    where seen.id = p.id
      and (seen.alive_at < now() - make_interval(secs =>
          case when p.has_session then ${deadAfterSeconds.always}::int else ${deadAfterSeconds.withoutSession}::int end)
        or (p.has_session and seen.alive_at < now() - make_interval(secs => ${deadAfterSeconds.withoutLock}) and not exists (
          select 1 from pg_locks l
          where l.locktype = 'advisory' and l.classid = ${lockSpaces.processes} and l.objid = p.id
            and l.database = (select oid from pg_database where datname = current_database())
        )))
  `.execute(db);
  return Number(numAffectedRows ?? 0);
}

interface QueueRow extends Omit<QueuedMessage, "lane"> {
  readonly lane: number;
}

const queueColumns = sql`id, contact_id as "contactId", channel_id as "channelId", recipient, content, lane, author, attempts,
  parts_sent as "partsSent", sending_at is not null as "isUncertain",
  coalesce((extract(epoch from next_attempt_at) * 1000)::bigint, 0) as "notBefore"`;

const toQueued = (row: QueueRow): QueuedMessage => ({ ...row, lane: row.lane === 0 ? "live" : "bulk" });

/** Takes up to `limit` messages that nobody alive owns, live ones first, in order; of broadcasts only with `withBulk`. */
export async function claimMessages(
  db: Database,
  processId: number,
  { limit, withBulk }: { readonly limit: number; readonly withBulk: boolean },
): Promise<QueuedMessage[]> {
  const { rows } = await sql<QueueRow>`
    update messages set lease_owner = ${processId}
    where id in (
      select m.id from messages m
      where m.status = 'queued' and m.lane <= ${withBulk ? 1 : 0}
        and (m.lease_owner is null or not exists (select 1 from processes p where p.id = m.lease_owner))
      order by m.lane, m.id
      limit ${limit}
      for update skip locked
    )
    returning ${queueColumns}`.execute(db.withoutPlugins());
  return rows.map(toQueued).sort((a, b) => a.id - b.id);
}

/** All that this process has still to send, in order. What it does not know of yet it has not sent, marked or not. */
export async function findUnsent(db: Database, processId: number): Promise<QueuedMessage[]> {
  const { rows } = await sql<QueueRow>`
    select ${queueColumns} from messages where status = 'queued' and lease_owner = ${processId} order by id
  `.execute(db.withoutPlugins());
  return rows.map((row) => ({ ...toQueued(row), isUncertain: false }));
}

/**
 * Asked in a way that the indexes of queued messages do not answer: they hold an entry for every message that has left since the last vacuum, and reading
 * them all for a few ids made replies ten times slower within ten thousand of them. The ids find the rows.
 */
const isQueued = sql`coalesce(m.status, '') = 'queued'`;

/** A message that is to be sent. */
export interface SendWish {
  readonly id: number;
  /** Not more than `burst` messages to one chat from `since` (Unix milliseconds) on; absent: this process alone sends to it, and sees to that itself. */
  readonly chat?: { readonly burst: number; readonly since: number } | undefined;
}

/** Whether other living processes send messages. */
export async function hasOtherSenders(db: Database, processId: number): Promise<boolean> {
  const others = db.selectFrom("processes").select("id").where("id", "!=", processId);
  return (await others.where("roles", "like", "%worker%").executeTakeFirst()) !== undefined;
}

/**
 * Marks messages as being sent, in one statement: only those that this process still owns and that are first in their contact's queue on the
 * channel, and whose chat has not had its share of late from any process. Returns the ids that may be sent now; after a crash these, and only these, are uncertain.
 */
export async function markSending(db: Database, processId: number, wishes: readonly SendWish[]): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`/* prepare */
    update messages m set sending_at = now(), attempts = m.attempts + 1,
      uncertain_sends = m.uncertain_sends + case when m.sending_at is null then 0 else 1 end
    from unnest(${wishes.map(({ id }) => id)}::bigint[], ${wishes.map(({ chat }) => chat?.burst ?? 0)}::int[],
      ${wishes.map(({ chat }) => chat?.since ?? 0)}::float8[]) as w (id, burst, since)
    where m.id = w.id and ${isQueued} and m.lease_owner = ${processId}
      and (w.burst = 0 or coalesce((
        select s.sent_at <= to_timestamp(w.since / 1000) from messages s
        where s.contact_id = m.contact_id and s.id < m.id and s.direction = 'out' and s.channel_id = m.channel_id
        order by s.id desc offset w.burst - 1 limit 1), true))
      and not exists (
        select 1 from messages e
        where e.contact_id = m.contact_id and e.status = 'queued' and e.id < m.id and e.channel_id = m.channel_id
      )
    returning m.id`.execute(db.withoutPlugins());
  return new Set(rows.map(({ id }) => id));
}

/** Takes marks back: of messages that were to leave and did not. */
export async function takeMarksBack(db: Database, processId: number, ids: readonly number[]): Promise<void> {
  await sql`
    update messages set sending_at = null, attempts = attempts - 1
    where id = any(${ids}::bigint[]) and status = 'queued' and lease_owner = ${processId}`.execute(db);
}

/** Which of these this process still has to send. */
export async function findOwned(db: Database, processId: number, ids: readonly number[]): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`
    select id from messages
    where id in (select value::bigint from json_array_elements_text(${JSON.stringify(ids)}::json))
      and status = 'queued' and lease_owner = ${processId}`.execute(db.withoutPlugins());
  return new Set(rows.map(({ id }) => id));
}

/** What became of one attempt. */
export interface SendOutcome {
  readonly id: number;
  readonly status: "sent" | "failed" | "queued" | "uncertain";
  readonly externalId?: string | undefined;
  /** What the platform itself calls the person, where that is not whom the message went to. */
  readonly knownAs?: string | undefined;
  readonly error?: string | undefined;
  /** For `queued`: Unix milliseconds of the next attempt. */
  readonly notBefore?: number | undefined;
  /** The attempt does not count (the platform only asked for patience). */
  readonly isFree?: boolean;
  /** No answer came though the call had left: the next attempt counts as a possible repetition. */
  readonly maybeSent?: boolean;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Records attempts, in one statement. What the platform told of a message already (`writeReceipts`) is later than that it was sent. A platform's words are cleaned: a group that cannot be written would be sent again for ever. */
export async function recordSends(db: Database, outcomes: readonly SendOutcome[]): Promise<void> {
  await sql`/* prepare */
    update messages m set external_id = coalesce(o."externalId", m.external_id),
      status = case when o.status = 'sent' then coalesce(m.receipts -> o."externalId" ->> 'status', o.status) else o.status end,
      error = case when o.status = 'sent' then m.receipts -> o."externalId" ->> 'reason' else o.error end,
      receipts = case when o.status = 'queued' then m.receipts end,
      sending_at = case when o."maybeSent" then m.sending_at end,
      sent_at = case when o.status = 'sent' then to_timestamp(o.at / 1000.0) end,
      next_attempt_at = to_timestamp(o."notBefore" / 1000.0),
      attempts = m.attempts - case when o."isFree" then 1 else 0 end,
      lease_owner = case when o.status = 'queued' then m.lease_owner end
    from json_to_recordset(${JSON.stringify(cleanText(outcomes))}::json) as o(id bigint, status text, "externalId" text, error text,
      "notBefore" bigint, "isFree" boolean, "maybeSent" boolean, at bigint)
    where m.id = o.id and ${isQueued}`.execute(db);
  const known = outcomes.flatMap(({ id, knownAs }) => (knownAs === undefined ? [] : [{ id, knownAs }]));
  if (known.length > 0) await linkKnown(db, known);
}

/** Whoever was written to by phone answers under the platform's own id (Brazil's numbers have a digit more): it is the same contact, unless somebody has that id already. */
async function linkKnown(db: Database, known: readonly { readonly id: number; readonly knownAs: string }[]) {
  await sql`
    insert into identities (contact_id, channel_id, external_id)
    select distinct m.contact_id, m.channel_id, o."knownAs"
    from json_to_recordset(${JSON.stringify(cleanText(known))}::json) as o(id bigint, "knownAs" text)
    join messages m on m.id = o.id join channels ch on ch.id = m.channel_id
    on conflict do nothing`.execute(db);
}

/** Remembers how many parts of a message have gone out, so that a repetition starts after them. */
export async function recordPart(db: Database, id: number, partsSent: number): Promise<void> {
  await sql`update messages set parts_sent = ${partsSent} where id = ${id}`.execute(db);
}

export async function setChannelStatus(
  db: Database,
  channelId: number,
  status: "connected" | "broken",
  message: string | null,
): Promise<void> {
  await db
    .updateTable("channels")
    .set({ status, statusMessage: cleanText(message) })
    .where("id", "=", channelId)
    .where("status", "!=", "disconnected")
    .execute();
}

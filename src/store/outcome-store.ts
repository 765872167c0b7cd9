import { sql } from "kysely";
import type { MessageAuthor, MessageContent } from "../model/message.ts";
import type { Batch } from "./batch.ts";
import { diffContact, eventRow, type MessageRow, messageRows } from "./batch-rows.ts";
import type { Database } from "./database.ts";
import { createMissingNames, writeRare } from "./rare-change-store.ts";
import type { Unfinished } from "./transact.ts";

/** A message as it was stored, for the outbox to take without reading it again. */
export interface StoredMessage {
  readonly id: number;
  readonly contactId: number;
  readonly channelId: number;
  readonly recipient: string;
  readonly content: MessageContent;
  readonly lane: "live" | "bulk";
  readonly author?: MessageAuthor | undefined;
  /** Leased to this process: nobody else will send it. */
  readonly leased: boolean;
  /** It was marked as being sent in the same transaction: it may leave on that until then, by `performance.now`. */
  readonly leavesUntil?: number | undefined;
}

interface WrittenBatch extends Unfinished<StoredMessage[]> {
  /** What the events' own messages are stored as, by the event's id: for what has to say it. It takes the round trip that the commit else shares. */
  readonly heardIds: () => Promise<ReadonlyMap<number, number>>;
}

/**
 * Writes everything that follows from a batch, set-based: one statement for what most events bring (history, messages, profile, tags, fields,
 * positions), one more for each rare kind. Only differences are written. `last` gives the messages that wait to be sent.
 */
export async function writeBatch(trx: Database, batch: Batch): Promise<WrittenBatch> {
  await createMissingNames(trx, batch);
  const messages = messageRows(batch);
  const common = writeCommon(trx, batch, messages);
  // Looked at behind the others: what fails here fails them, and says why.
  common.catch(() => undefined);
  await writeRare(trx, batch);
  return {
    last: common.then((ids) => toStored(ids, messages, batch)),
    heardIds: async () =>
      new Map((await common).flatMap(({ id, eventId, ordinal }) => (ordinal === 0 ? [[eventId, id]] : []))),
  };
}

function toStored(ids: readonly MessageId[], messages: readonly MessageRow[], { leaseOwner }: Batch): StoredMessage[] {
  const rows = new Map(messages.map((message) => [`${message.eventId}:${message.ordinal}`, message]));
  const stored: StoredMessage[] = [];
  for (const { id, eventId, ordinal, isMarked } of ids) {
    const row = rows.get(`${eventId}:${ordinal}`);
    if (row?.status !== "queued") continue;
    const { contactId, channelId, recipient, content, author } = row;
    const lane = row.lane === 0 ? "live" : "bulk";
    const leased = leaseOwner[lane] !== null;
    const leavesUntil = isMarked ? row.leavesUntil : undefined;
    stored.push({ id, contactId, channelId, recipient, content, lane, author, leased, leavesUntil });
  }
  return stored.sort((a, b) => a.id - b.id);
}

interface MessageId {
  readonly id: number;
  readonly eventId: number;
  readonly ordinal: number;
  readonly isMarked: boolean;
}

async function writeCommon(trx: Database, batch: Batch, messages: readonly MessageRow[]): Promise<MessageId[]> {
  const changes = batch.contacts.map(diffContact);
  const json = (rows: readonly unknown[]) => sql`${JSON.stringify(rows)}::json`;
  const { rows } = await sql<MessageId>`/* prepare */
    with new_events as (
      insert into events
        (id, workspace_id, contact_id, channel_id, kind, source, dedupe_key, payload, facts, answer, occurred_at, failed)
      select e.id, e.workspace, e.contact, e.channel, e.kind, e.source, e.dedupe, e.payload, e.facts, e.answer,
        to_timestamp(e.at / 1000.0), e.failed
      from json_to_recordset(${json(batch.handled.map(eventRow))}) as e(id bigint, workspace bigint, contact bigint,
        channel bigint, kind text, source text, dedupe text, payload json, facts json, answer json, at bigint, failed text)
    ), seen as (
      update contacts c set last_inbound_at = to_timestamp(s.at / 1000.0), inbound = c.inbound || s.inbound
      from json_to_recordset(${json(changes.flatMap(({ seen }) => seen ?? []))}) as s(id bigint, at bigint, inbound jsonb)
      where c.id = s.id
    ), profiles as (
      update contacts c set name = p.name, first_name = p."firstName", last_name = p."lastName", email = p.email,
        phone = p.phone, gender = p.gender, language = p.language, time_zone = p."timeZone", avatar_url = p."avatarUrl",
        client_external_id = p."clientExternalId", utm = p.utm, entry = p.entry, splits = p.splits,
        opted_out_at = to_timestamp(p."optedOutAt" / 1000.0), conversation = p.conversation, consents = p.consents,
        banned_at = to_timestamp(p."bannedAt" / 1000.0),
        last_inbound_at = coalesce(to_timestamp(p.at / 1000.0), c.last_inbound_at), inbound = c.inbound || p.inbound
      from json_to_recordset(${json(changes.flatMap(({ profile }) => profile ?? []))}) as p(id bigint, name text,
        "firstName" text, "lastName" text, email text, phone text, gender text, language text, "timeZone" text,
        "avatarUrl" text, "clientExternalId" text, utm jsonb, entry jsonb, splits jsonb, "optedOutAt" bigint, conversation jsonb, consents jsonb, "bannedAt" bigint, at bigint,
        inbound jsonb)
      where c.id = p.id
    ), gone_positions as (
      delete from positions p using unnest(${changes.flatMap(({ gonePositions }) => gonePositions)}::text[]) as g(id)
      where p.id = g.id
    ), new_positions as (
      insert into positions (id, contact_id, flow_ref, step_ref, step_kind, waits_for, wake_at, state, values, channel_id, is_asked, is_left, entered_at)
      select p.id, p.contact, p.flow, p.step, p.kind, p.waits, to_timestamp(p.wake / 1000.0), p.state, p.vals, p.channel,
        p.asked, p.is_left, to_timestamp(p.at / 1000.0)
      from json_to_recordset(${json(changes.flatMap(({ newPositions }) => newPositions))}) as p(id text, contact bigint,
        flow text, step text, kind text, waits text, wake bigint, state jsonb, vals jsonb, channel bigint, asked boolean, is_left boolean, at bigint)
    ), gone_tags as (
      delete from contact_tags ct using (
        select g.contact, (select t.id from tags t where t.workspace_id = g.workspace and t.name = g.name) as tag
        from json_to_recordset(${json(changes.flatMap(({ goneTags }) => goneTags))}) as g(contact bigint, workspace bigint, name text)
      ) gone
      where ct.contact_id = gone.contact and ct.tag_id = gone.tag
    ), new_tags as (
      insert into contact_tags (contact_id, tag_id, added_at)
      select n.contact, t.id, to_timestamp(n.at / 1000.0)
      from json_to_recordset(${json(changes.flatMap(({ newTags }) => newTags))})
        as n(contact bigint, workspace bigint, name text, at bigint)
      join tags t on t.workspace_id = n.workspace and t.name = n.name
      on conflict do nothing
    ), gone_fields as (
      delete from contact_fields cf using (
        select g.contact, (select f.id from fields f where f.workspace_id = g.workspace and f.key = g.key) as field
        from json_to_recordset(${json(changes.flatMap(({ goneFields }) => goneFields))}) as g(contact bigint, workspace bigint, key text)
      ) gone
      where cf.contact_id = gone.contact and cf.field_id = gone.field
    ), new_fields as (
      insert into contact_fields (contact_id, field_id, value, updated_at, search_key)
      select n.contact, f.id, n.value, to_timestamp(n.at / 1000.0), n.search
      from json_to_recordset(${json(changes.flatMap(({ newFields }) => newFields))})
        as n(contact bigint, workspace bigint, key text, value jsonb, at bigint, search text)
      join fields f on f.workspace_id = n.workspace and f.key = n.key
      on conflict (contact_id, field_id) do update set value = excluded.value, updated_at = excluded.updated_at,
        search_key = excluded.search_key
    )
    insert into messages (contact_id, channel_id, direction, event_id, ordinal, recipient, content, status, external_id,
      flow_ref, step_ref, created_at, sent_at, lane, author, reason, lease_owner, sending_at, attempts)
    select m."contactId", m."channelId", m.direction, m."eventId", m.ordinal, m.recipient, m.content, m.status, m."externalId",
      m.flow, m.step, to_timestamp(m.at / 1000.0), case when m.status = 'sent' then to_timestamp(m.at / 1000.0) end, m.lane, m.author, m.reason,
      case when m.status = 'queued' then case when m.lane = 0 then ${batch.leaseOwner.live}::bigint else ${batch.leaseOwner.bulk}::bigint end end,
      case when l.yes then now() end, case when l.yes then 1 else 0 end
    from json_to_recordset(${json(messages.map((message, place) => ({ ...message, place })))}) as m("contactId" bigint, "channelId" bigint, direction text,
      "eventId" bigint, ordinal smallint, recipient text, content json, status text, "externalId" text, flow text, step text,
      at bigint, lane smallint, author text, reason text, "leavesUntil" float8, place integer)
    cross join lateral (select m."leavesUntil" is not null and not exists (
      select 1 from messages e where e.contact_id = m."contactId" and e.status = 'queued' and e.channel_id = m."channelId") as yes) l
    order by m.place
    returning id, event_id as "eventId", ordinal, sending_at is not null as "isMarked"`.execute(trx.withoutPlugins());
  return rows;
}

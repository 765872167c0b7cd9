import { sql } from "kysely";
import { type Contact, profileKeys } from "../model/contact.ts";
import type { Event } from "../model/event.ts";
import type { FieldValue } from "../model/field.ts";
import type { MessageAuthor, MessageContent, MessageStatus, OutgoingMessage } from "../model/message.ts";
import type { Answer, Fact } from "../model/outcome.ts";
import type { BotSnapshot } from "../model/world.ts";
import { writeConversationLog } from "./conversation-store.ts";
import type { Database } from "./database.ts";
import type { Unfinished } from "./transact.ts";

/** A contact as it was loaded and as the batch leaves it. */
export interface ContactChange {
  readonly before: Contact;
  readonly after: Contact;
  readonly bot: BotSnapshot;
  /** Unix milliseconds of the last event in the batch: when what is new was added. */
  readonly at: number;
}

/** One handled event, ready to be written. */
export interface HandledOutcome {
  readonly event: Event;
  readonly contactId: number;
  readonly workspaceId: number;
  readonly dedupeKey: string | undefined;
  readonly facts: readonly Fact[];
  readonly answer: Answer;
  readonly messages: readonly (OutgoingMessage & { readonly status: MessageStatus })[];
  readonly notes: readonly string[];
  readonly failed: string | undefined;
}

export interface Batch {
  readonly handled: readonly HandledOutcome[];
  readonly contacts: readonly ContactChange[];
  /** Variables that were set or cleared, by bot. */
  readonly variables: ReadonlyMap<number, Readonly<Record<string, FieldValue | null>>>;
  /** The process that will send the new messages; null: whichever takes them first. */
  readonly leaseOwner: number | null;
}

/** A message as it was stored, for the outbox to take without reading it again. */
export interface StoredMessage {
  readonly id: number;
  readonly contactId: number;
  readonly channelId: number;
  readonly recipient: string;
  readonly content: MessageContent;
  readonly lane: "live" | "bulk";
  /** Leased to this process: nobody else will send it. */
  readonly leased: boolean;
}

/**
 * Writes everything that follows from a batch, set-based: one statement for what most events bring (history, messages, profile, tags, fields,
 * positions), one more for each rare kind. Only differences are written. `last` gives the messages that wait to be sent.
 */
export async function writeBatch(trx: Database, batch: Batch): Promise<Unfinished<StoredMessage[]>> {
  await createMissingNames(trx, batch);
  const messages = messageRows(batch);
  const common = writeCommon(trx, batch, messages);
  // Looked at behind the others: what fails here fails them, and says why.
  common.catch(() => undefined);
  await writeRare(trx, batch);
  return { last: common.then((ids) => toStored(ids, messages, batch.leaseOwner !== null)) };
}

function toStored(ids: readonly MessageId[], messages: readonly MessageRow[], leased: boolean): StoredMessage[] {
  const rows = new Map(messages.map((message) => [`${message.eventId}:${message.ordinal}`, message]));
  const stored: StoredMessage[] = [];
  for (const { id, eventId, ordinal } of ids) {
    const row = rows.get(`${eventId}:${ordinal}`);
    if (row?.status !== "queued") continue;
    const { contactId, channelId, recipient, content } = row;
    stored.push({ id, contactId, channelId, recipient, content, lane: row.lane === 0 ? "live" : "bulk", leased });
  }
  return stored.sort((a, b) => a.id - b.id);
}

interface MessageId {
  readonly id: number;
  readonly eventId: number;
  readonly ordinal: number;
}

interface MessageRow {
  readonly contactId: number;
  readonly channelId: number;
  readonly direction: "in" | "out";
  readonly eventId: number;
  readonly ordinal: number;
  readonly recipient: string;
  readonly content: MessageContent;
  readonly status: MessageStatus;
  readonly externalId?: string | undefined;
  readonly flow?: string | undefined;
  readonly step?: string | undefined;
  readonly at: number;
  readonly lane: 0 | 1;
  readonly author?: MessageAuthor | undefined;
}

const noParts = { attachments: [], buttons: [], quickReplies: [] };

function messageRows({ handled }: Batch): MessageRow[] {
  return handled.flatMap(({ event, contactId, messages }) => {
    const inbound = inboundRow(event, contactId);
    const outgoing = messages.map(
      (message, index): MessageRow => ({
        contactId,
        channelId: message.channelId,
        direction: "out",
        eventId: event.id,
        ordinal: index + 1,
        recipient: message.recipient,
        content: message.content,
        status: message.status,
        flow: message.flow,
        step: message.step,
        at: event.at,
        lane: message.lane === "live" ? 0 : 1,
        author: message.author,
      }),
    );
    return inbound === undefined ? outgoing : [inbound, ...outgoing];
  });
}

/** What the person said or pressed, as the conversation shows it. */
function inboundRow(event: Event, contactId: number): MessageRow | undefined {
  const { channelId } = event;
  if (channelId === undefined) return undefined;
  const row = (content: MessageContent, externalId?: string): MessageRow => ({
    contactId,
    channelId,
    direction: "in",
    eventId: event.id,
    ordinal: 0,
    recipient: "",
    content,
    status: "received",
    externalId,
    at: event.at,
    lane: 0,
  });
  if (event.kind === "message") {
    const { text, attachments, externalId } = event.message;
    return row({ ...noParts, ...(text === undefined ? {} : { text }), attachments: [...attachments] }, externalId);
  }
  return event.kind === "button" && event.title !== undefined ? row({ ...noParts, text: event.title }) : undefined;
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
      insert into positions (id, contact_id, flow_ref, step_ref, step_kind, waits_for, wake_at, state, values, channel_id, entered_at)
      select p.id, p.contact, p.flow, p.step, p.kind, p.waits, to_timestamp(p.wake / 1000.0), p.state, p.vals, p.channel,
        to_timestamp(p.at / 1000.0)
      from json_to_recordset(${json(changes.flatMap(({ newPositions }) => newPositions))}) as p(id text, contact bigint,
        flow text, step text, kind text, waits text, wake bigint, state jsonb, vals jsonb, channel bigint, at bigint)
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
      insert into contact_fields (contact_id, field_id, value, updated_at)
      select n.contact, f.id, n.value, to_timestamp(n.at / 1000.0)
      from json_to_recordset(${json(changes.flatMap(({ newFields }) => newFields))})
        as n(contact bigint, workspace bigint, key text, value jsonb, at bigint)
      join fields f on f.workspace_id = n.workspace and f.key = n.key
      on conflict (contact_id, field_id) do update set value = excluded.value, updated_at = excluded.updated_at
    )
    insert into messages (contact_id, channel_id, direction, event_id, ordinal, recipient, content, status, external_id,
      flow_ref, step_ref, created_at, sent_at, lane, author, lease_owner)
    select m."contactId", m."channelId", m.direction, m."eventId", m.ordinal, m.recipient, m.content, m.status, m."externalId",
      m.flow, m.step, to_timestamp(m.at / 1000.0), case when m.status = 'sent' then to_timestamp(m.at / 1000.0) end, m.lane, m.author,
      case when m.status = 'queued' then ${batch.leaseOwner}::bigint end
    from json_to_recordset(${json(messages.map((message, place) => ({ ...message, place })))}) as m("contactId" bigint, "channelId" bigint, direction text,
      "eventId" bigint, ordinal smallint, recipient text, content json, status text, "externalId" text, flow text, step text,
      at bigint, lane smallint, author text, place integer)
    order by m.place
    returning id, event_id as "eventId", ordinal`.execute(trx.withoutPlugins());
  return rows;
}

function eventRow({ event, contactId, workspaceId, dedupeKey, facts, answer, failed }: HandledOutcome) {
  const { id, kind, at, source, channelId, ...rest } = event;
  const { seed: _seed, externalId, profile: _profile, username: _username, ...payload } = rest;
  const results = "results" in answer && answer.results !== undefined ? { results: answer.results } : {};
  return {
    id,
    workspace: workspaceId,
    contact: contactId,
    channel: channelId,
    kind,
    source,
    dedupe: dedupeKey,
    // Tried again, it comes from the same presence: a contact may have two on a channel.
    payload: failed === undefined ? payload : { ...payload, externalId },
    facts,
    // Only what a repetition must hear again.
    answer: dedupeKey !== undefined && source !== "channel" ? { status: answer.status, ...results } : undefined,
    at,
    failed,
  };
}

/** What changed in one contact, as rows. */
function diffContact({ before, after, bot, at }: ContactChange) {
  const contact = after.id;
  const workspace = bot.workspaceId;
  const names = (list: readonly string[], other: readonly string[]) =>
    list === other
      ? []
      : list.filter((name) => !other.includes(name)).map((name) => ({ contact, workspace, name, at }));
  const fieldKeys = after.fields === before.fields ? [] : Object.keys({ ...before.fields, ...after.fields });
  const changedFields = fieldKeys.filter((key) => before.fields[key] !== after.fields[key]);
  const keptIds = new Set(after.positions.map(({ id }) => id));
  const oldIds = new Set(before.positions.map(({ id }) => id));
  return {
    ...diffProfile(before, after),
    gonePositions: before.positions.filter(({ id }) => !keptIds.has(id)).map(({ id }) => id),
    newPositions: after.positions
      .filter(({ id }) => !oldIds.has(id))
      .map((position) => ({
        id: position.id,
        contact,
        flow: position.flow,
        step: position.step,
        kind: position.kind,
        waits: position.waitsFor,
        wake: position.wakeAt,
        state: position.state,
        vals: position.values,
        channel: position.channelId,
        at: position.enteredAt,
      })),
    goneTags: names(before.tags, after.tags),
    newTags: names(after.tags, before.tags),
    goneFields: changedFields
      .filter((key) => !Object.hasOwn(after.fields, key))
      .map((key) => ({ contact, workspace, key })),
    newFields: changedFields
      .filter((key) => Object.hasOwn(after.fields, key))
      .map((key) => ({ contact, workspace, key, value: after.fields[key], at })),
  };
}

function diffProfile(before: Contact, after: Contact) {
  const seenNow = after.lastInboundAt !== before.lastInboundAt;
  const inbound = Object.fromEntries(
    after.identities.flatMap(({ id, lastInboundAt }) => (lastInboundAt === undefined ? [] : [[id, lastInboundAt]])),
  );
  const changed =
    after.profile !== before.profile ||
    after.utm !== before.utm ||
    after.entry !== before.entry ||
    after.splits !== before.splits ||
    after.optedOutAt !== before.optedOutAt ||
    after.conversation !== before.conversation ||
    after.consents !== before.consents ||
    after.bannedAt !== before.bannedAt;
  const at = seenNow ? after.lastInboundAt : undefined;
  if (!changed) return { seen: seenNow ? { id: after.id, at, inbound } : undefined, profile: undefined };
  const columns = Object.fromEntries(profileKeys.map((key) => [key, after.profile[key]]));
  const { utm, entry, splits, optedOutAt, conversation, consents, bannedAt } = after;
  return {
    seen: undefined,
    profile: {
      id: after.id,
      ...columns,
      utm,
      entry,
      splits,
      optedOutAt,
      conversation,
      consents,
      bannedAt,
      at,
      inbound,
    },
  };
}

/** Tags and labels that an action named and the workspace does not know yet; that changes what bots know, so the revision goes up. */
async function createMissingNames(trx: Database, { contacts }: Batch): Promise<void> {
  for (const list of ["tags", "labels"] as const) {
    const missing = contacts.flatMap(({ before, after, bot }) =>
      after[list] === before[list]
        ? []
        : after[list]
            .filter((name) => !bot[list].has(name) && !before[list].includes(name))
            .map((name) => ({ workspaceId: bot.workspaceId, name })),
    );
    if (missing.length === 0) continue;
    await trx
      .insertInto(list)
      .values(missing)
      .onConflict((conflict) => conflict.columns(["workspaceId", "name"]).doNothing())
      .execute();
    const workspaceIds = [...new Set(missing.map(({ workspaceId }) => workspaceId))].sort((a, b) => a - b);
    await trx
      .updateTable("workspaces")
      .set((eb) => ({ revision: eb("revision", "+", 1) }))
      .where("id", "in", workspaceIds)
      .execute();
  }
}

async function writeRare(trx: Database, batch: Batch): Promise<void> {
  for (const change of batch.contacts) {
    const { before, after } = change;
    if (after.labels !== before.labels) await writeLabels(trx, change);
    if (after.sequences !== before.sequences) await writeSubscriptions(trx, change);
    if (after.identities !== before.identities) await writeIdentities(trx, change);
  }
  for (const [botId, values] of batch.variables) {
    for (const [key, value] of Object.entries(values)) {
      await trx
        .updateTable("variables")
        .set({ value: value === null ? null : JSON.stringify(value) })
        .where("botId", "=", botId)
        .where("key", "=", key)
        .execute();
    }
  }
  await writeNotes(trx, batch);
  await writeConversationLog(trx, batch.handled);
  await writeEdits(trx, batch);
}

async function writeLabels(trx: Database, { before, after, bot, at }: ContactChange): Promise<void> {
  const ids = (names: readonly string[]) =>
    trx
      .selectFrom("labels")
      .select("id")
      .where("workspaceId", "=", bot.workspaceId)
      .where("name", "in", [...names, ""]);
  const gone = before.labels.filter((name) => !after.labels.includes(name));
  const added = after.labels.filter((name) => !before.labels.includes(name));
  if (gone.length > 0) {
    await trx.deleteFrom("contactLabels").where("contactId", "=", after.id).where("labelId", "in", ids(gone)).execute();
  }
  for (const { id } of added.length > 0 ? await ids(added).execute() : []) {
    await trx
      .insertInto("contactLabels")
      .values({ contactId: after.id, labelId: id, addedAt: new Date(at) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function writeSubscriptions(trx: Database, { before, after, bot, at }: ContactChange): Promise<void> {
  const ids = (refs: readonly string[]) =>
    trx
      .selectFrom("sequences")
      .select("id")
      .where("botId", "=", bot.id)
      .where("ref", "in", [...refs, ""]);
  const gone = before.sequences.filter((ref) => !after.sequences.includes(ref));
  const added = after.sequences.filter((ref) => !before.sequences.includes(ref));
  if (gone.length > 0) {
    await trx
      .deleteFrom("subscriptions")
      .where("contactId", "=", after.id)
      .where("sequenceId", "in", ids(gone))
      .execute();
  }
  for (const { id } of added.length > 0 ? await ids(added).execute() : []) {
    await trx
      .insertInto("subscriptions")
      .values({ contactId: after.id, sequenceId: id, subscribedAt: new Date(at) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function writeIdentities(trx: Database, { before, after }: ContactChange): Promise<void> {
  for (const identity of after.identities) {
    const old = before.identities.find(({ id }) => id === identity.id);
    if (old?.status === identity.status && old.username === identity.username) continue;
    await trx
      .updateTable("identities")
      .set({ status: identity.status, username: identity.username ?? null })
      .where("id", "=", identity.id)
      .execute();
  }
}

async function writeNotes(trx: Database, { handled }: Batch): Promise<void> {
  const notes = handled.flatMap(({ event, contactId, notes: texts }) =>
    texts.map((text) => ({ contactId, text, author: event.source, createdAt: new Date(event.at) })),
  );
  if (notes.length > 0) await trx.insertInto("notes").values(notes).execute();
}

async function writeEdits(trx: Database, { handled }: Batch): Promise<void> {
  for (const { event } of handled) {
    if (event.kind !== "message_edited" || event.message.externalId === undefined) continue;
    const { text, attachments } = event.message;
    const content = { ...noParts, ...(text === undefined ? {} : { text }), attachments };
    await trx
      .updateTable("messages")
      .set({ content: JSON.stringify(content), editedAt: new Date(event.at) })
      .where("channelId", "=", event.channelId ?? 0)
      .where("externalId", "=", event.message.externalId)
      .execute();
  }
}

import { type RawBuilder, sql } from "kysely";
import type { Contact, Entry, Identity, Position, Utm } from "../model/contact.ts";
import type { Consents, Conversation } from "../model/conversation.ts";
import type { FieldValue, Json } from "../model/field.ts";
import type { PastSequence } from "../model/sequence.ts";
import type { Database } from "./database.ts";

/** A contact under its row lock, with what the shell needs to choose its bot's snapshot. */
export interface LoadedContact {
  readonly contact: Contact;
  readonly workspaceId: number;
  /** The workspace's revision as of this load. */
  readonly revision: number;
}

export interface IdentityKey {
  readonly channelId: number;
  readonly externalId: string;
}

/**
 * Locks the contacts of these identities and ids, in id order (two processes can never wait for each other), and loads them. The load is a
 * statement of its own, sent right behind: only a snapshot taken after the lock sees what the previous holder wrote. Unknown ones are left out.
 */
export async function lockAndLoadContacts(
  trx: Database,
  identities: readonly IdentityKey[],
  contactIds: readonly number[],
): Promise<LoadedContact[]> {
  const wanted = sql`
      select (select i.contact_id from identities i where i.channel_id = t."channelId" and i.external_id = t."externalId")
      from json_to_recordset(${JSON.stringify(identities)}::json) as t("channelId" bigint, "externalId" text)
      union
      select value from unnest(${contactIds}::bigint[]) as value`;
  const [locked, loaded] = await Promise.all([
    sql<{ id: number }>`/* prepare */
    select c.id from contacts c where c.id in (${wanted}) order by c.id for update`.execute(trx.withoutPlugins()),
    loadWanted(trx, wanted),
  ]);
  // Somebody may have become known between the two statements: not locked, so not ours to change.
  const ids = new Set(locked.rows.map(({ id }) => id));
  return loaded.filter(({ contact }) => ids.has(contact.id));
}

interface ContactRow {
  readonly id: number;
  readonly workspaceId: number;
  readonly revision: number;
  readonly botId: number;
  readonly cuid: string;
  readonly createdAt: number;
  readonly profile: Contact["profile"];
  readonly utm: Utm;
  readonly entry: Entry | null;
  readonly splits: Record<string, string>;
  readonly inbound: Record<string, number>;
  readonly lastInboundAt: number | null;
  readonly optedOutAt: number | null;
  readonly conversation: Conversation | null;
  readonly consents: Consents | null;
  readonly bannedAt: number | null;
  readonly tags: string[] | null;
  readonly labels: string[] | null;
  readonly fields: Record<string, FieldValue> | null;
  readonly sequences: string[] | null;
  readonly pastSequences: Record<string, PastSequence> | null;
  readonly identities: [number, number, string, string, string | null, Identity["status"]][] | null;
  readonly positions:
    | [
        string,
        string,
        string,
        string | null,
        Position["waitsFor"],
        number | null,
        Json,
        Record<string, FieldValue>,
        number | null,
        boolean,
        boolean,
        number,
      ][]
    | null;
}

const millis = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::bigint`);

/** Which of what stands in other tables is loaded; what is left out looks as if there were none. */
export interface ContactParts {
  readonly tags: boolean;
  readonly labels: boolean;
  readonly sequences: boolean;
  readonly identities: boolean;
  /** Ids; undefined: all. */
  readonly fields: readonly number[] | undefined;
}

/** Loads contacts in id order, with one statement however many there are; whole, or just with some parts. */
export async function loadContacts(
  db: Database,
  ids: readonly number[],
  parts?: ContactParts,
): Promise<LoadedContact[]> {
  return await loadWanted(db, sql`select value from unnest(${ids}::bigint[]) as value`, parts);
}

async function loadWanted(db: Database, wanted: RawBuilder<unknown>, parts?: ContactParts): Promise<LoadedContact[]> {
  const unless = (isWanted: boolean | undefined, part: RawBuilder<unknown>) => (isWanted === false ? sql`null` : part);
  const ofFields = parts?.fields === undefined ? sql`` : sql`and cf.field_id = any(${parts.fields}::bigint[])`;
  const { rows } = await sql<ContactRow>`/* prepare */
    select c.id, c.workspace_id as "workspaceId", w.revision, c.bot_id as "botId", c.cuid,
      ${millis("c.created_at")} as "createdAt",
      json_strip_nulls(json_build_object('name', c.name, 'firstName', c.first_name, 'lastName', c.last_name, 'email', c.email,
        'phone', c.phone, 'gender', c.gender, 'language', c.language, 'timeZone', c.time_zone,
        'avatarUrl', c.avatar_url, 'clientExternalId', c.client_external_id)) as profile,
      c.utm, c.entry, c.splits, c.inbound,
      ${millis("c.last_inbound_at")} as "lastInboundAt", ${millis("c.opted_out_at")} as "optedOutAt",
      c.conversation, c.consents, ${millis("c.banned_at")} as "bannedAt",
      ${unless(
        parts?.tags,
        sql`(select json_agg(t.name order by ct.added_at, ct.tag_id)
        from contact_tags ct join tags t on t.id = ct.tag_id where ct.contact_id = c.id)`,
      )} as tags,
      ${unless(
        parts?.labels,
        sql`(select json_agg((select l.name from labels l where l.id = cl.label_id) order by cl.added_at, cl.label_id)
        from contact_labels cl where cl.contact_id = c.id)`,
      )} as labels,
      ${unless(
        parts === undefined || parts.fields === undefined || parts.fields.length > 0,
        sql`(select json_object_agg(f.key, cf.value)
        from contact_fields cf join fields f on f.id = cf.field_id where cf.contact_id = c.id ${ofFields})`,
      )} as fields,
      ${unless(
        parts?.sequences,
        sql`(select json_agg(s.ref order by su.subscribed_at, s.id) from subscriptions su
        join sequences s on s.id = su.sequence_id where su.contact_id = c.id)`,
      )} as sequences,
      ${unless(
        parts?.sequences,
        sql`(select json_object_agg(s.ref, json_build_object('end', e.reason, 'at', ${millis("e.ended_at")}, 'passed', e.passed, 'next', e.next_step))
        from sequence_ends e join sequences s on s.id = e.sequence_id where e.contact_id = c.id)`,
      )} as "pastSequences",
      ${unless(
        parts?.identities,
        sql`(select json_agg(json_build_array(i.id, i.channel_id, ch.kind, i.external_id, i.username, i.status) order by i.id)
        from identities i join channels ch on ch.id = i.channel_id where i.contact_id = c.id)`,
      )} as identities,
      ${unless(
        parts === undefined,
        sql`(select json_agg(json_build_array(p.id, p.flow_ref, p.step_ref, p.step_kind, p.waits_for, ${millis("p.wake_at")}, p.state,
          p.values, p.channel_id, p.is_asked, p.is_left, ${millis("p.entered_at")}) order by p.entered_at, length(p.id), p.id)
        from positions p where p.contact_id = c.id)`,
      )} as positions
    from (${wanted}) as wanted(id)
    join contacts c on c.id = wanted.id
    join workspaces w on w.id = c.workspace_id
    order by c.id`.execute(db.withoutPlugins());
  return rows.map(toLoadedContact);
}

function toLoadedContact(row: ContactRow): LoadedContact {
  return {
    workspaceId: row.workspaceId,
    revision: row.revision,
    contact: {
      id: row.id,
      cuid: row.cuid,
      botId: row.botId,
      createdAt: row.createdAt,
      profile: row.profile,
      utm: row.utm,
      entry: row.entry ?? undefined,
      tags: row.tags ?? [],
      labels: row.labels ?? [],
      fields: row.fields ?? {},
      sequences: row.sequences ?? [],
      pastSequences: row.pastSequences ?? undefined,
      identities: (row.identities ?? []).map(([id, channelId, channelKind, externalId, username, status]) => ({
        id,
        channelId,
        channelKind,
        externalId,
        username: username ?? undefined,
        status,
        lastInboundAt: row.inbound[id],
      })),
      positions: (row.positions ?? []).map(
        ([id, flow, step, kind, waitsFor, wakeAt, state, values, channelId, isAsked, isLeft, enteredAt]) => ({
          id,
          flow,
          step,
          kind: kind ?? undefined,
          waitsFor,
          wakeAt: wakeAt ?? undefined,
          state,
          values,
          channelId: channelId ?? undefined,
          ...(isAsked ? { isAsked } : {}),
          ...(isLeft ? { isLeft } : {}),
          enteredAt,
        }),
      ),
      splits: row.splits,
      optedOutAt: row.optedOutAt ?? undefined,
      lastInboundAt: row.lastInboundAt ?? undefined,
      conversation: row.conversation ?? undefined,
      consents: row.consents ?? undefined,
      bannedAt: row.bannedAt ?? undefined,
    },
  };
}

/** A contact to be made, with or without an identity. */
export interface NewContact {
  readonly cuid: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly identity?: IdentityKey;
  /** Where there is no identity to tell. */
  readonly botId?: number;
}

/**
 * Takes the locks that making identities needs: two processes that meet the same new person make one contact. Call it before a second look for
 * the identities, and in that order.
 */
export async function lockNewIdentities(trx: Database, identities: readonly IdentityKey[]): Promise<void> {
  const keys = [...new Set(identities.map(({ channelId, externalId }) => `${channelId}:${externalId}`))].sort();
  await sql`
    select pg_advisory_xact_lock(hashtextextended(key, 7)) from
      (select value as key from json_array_elements_text(${JSON.stringify(keys)}::json) order by value) as keys
  `.execute(trx);
}

/** Makes contacts (and their identities). Those whose channel or bot does not exist are left out. */
export async function createContacts(trx: Database, contacts: readonly NewContact[]): Promise<LoadedContact[]> {
  const rows = contacts.map(({ cuid, at, identity, botId }) => ({ cuid, at, botId, ...identity }));
  const made = await sql<{ id: number }>`
    with input as (
      select t.*, coalesce(t."botId", ch.bot_id) as bot_id, nextval(pg_get_serial_sequence('contacts', 'id')) as contact_id
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as t(cuid text, at bigint, "botId" bigint, "channelId" bigint, "externalId" text)
      left join channels ch on ch.id = t."channelId"
    ), new_contacts as (
      insert into contacts (id, workspace_id, bot_id, cuid, created_at)
      select i.contact_id, b.workspace_id, b.id, i.cuid, to_timestamp(i.at / 1000.0)
      from input i join bots b on b.id = i.bot_id
      returning id
    ), new_identities as (
      insert into identities (contact_id, channel_id, external_id, created_at)
      select i.contact_id, i."channelId", i."externalId", to_timestamp(i.at / 1000.0)
      from input i join bots b on b.id = i.bot_id where i."channelId" is not null
    )
    select id from new_contacts`.execute(trx);
  return await loadContacts(
    trx,
    made.rows.map(({ id }) => id),
  );
}

/** Of those who are to be made, the keys of those whose phone, e-mail or external id a contact of the bot has. The caller holds the locks of their names. */
export async function findKnownNewcomers(
  trx: Database,
  newcomers: readonly {
    readonly key: number;
    readonly botId: number;
    readonly phone?: string | undefined;
    readonly email?: string | undefined;
    readonly clientExternalId?: string | undefined;
  }[],
): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ key: number }>`
    select n.key from json_to_recordset(${JSON.stringify(newcomers)}::json) as n(key bigint, "botId" bigint, phone text, email text, "clientExternalId" text)
    join bots b on b.id = n."botId"
    where exists (select 1 from contacts c where c.workspace_id = b.workspace_id and c.bot_id = b.id and c.phone = n.phone)
      or exists (select 1 from contacts c where c.workspace_id = b.workspace_id and c.bot_id = b.id and lower(c.email) = lower(n.email))
      or exists (select 1 from contacts c where c.workspace_id = b.workspace_id and c.bot_id = b.id and c.client_external_id = n."clientExternalId")
  `.execute(trx);
  return new Set(rows.map(({ key }) => Number(key)));
}

/** Events that were handled before: by dedupe key, or (a commit whose answer was lost) by id. */
export interface HandledEvent {
  readonly id: number;
  readonly dedupeKey: string | null;
  readonly contactId: number;
  readonly answer: Json;
}

export async function findHandledEvents(
  trx: Database,
  dedupeKeys: readonly string[],
  eventIds: readonly number[],
): Promise<HandledEvent[]> {
  // A look-up a key, whatever the planner believes of the table: it has grown since it was last looked at.
  const { rows } = await sql<HandledEvent>`/* prepare */
    select e.* from unnest(${dedupeKeys}::text[]) as k(key) cross join lateral
      (select id, dedupe_key as "dedupeKey", contact_id as "contactId", answer from events where dedupe_key = k.key limit 1) e
    union all
    select e.* from unnest(${eventIds}::bigint[]) as k(id) cross join lateral
      (select id, dedupe_key, contact_id, answer from events where events.id = k.id limit 1) e
  `.execute(trx.withoutPlugins());
  return rows;
}

/** The first id of a new block of a thousand event ids. */
export async function takeEventIdBlock(db: Database): Promise<number> {
  const { rows } = await sql<{ first: number }>`select nextval('event_ids') as first`.execute(db);
  return rows[0]?.first ?? 0;
}

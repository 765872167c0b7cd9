import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import { parsePhone } from "../engine/values.ts";
import { AppError } from "../model/app-error.ts";
import type { Contact } from "../model/contact.ts";
import { say } from "../model/sentence.ts";
import { forgetRecipient } from "./broadcast-ledger-store.ts";
import type { Database } from "./database.ts";
import { countDeletion } from "./day-count-store.ts";
import { mayRead } from "./field-search.ts";
import { matchesPlainly, matchesSearch } from "./search-sql.ts";
import type { Tables } from "./tables.ts";
import type { Access } from "./workspace-store.ts";
import { loadContacts } from "./world-store.ts";

/** What a list of contacts can be narrowed by; everything given has to hold. */
export interface ContactFilter {
  readonly bot?: number | undefined;
  readonly channel?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly cuid?: string | undefined;
  readonly clientExternalId?: string | undefined;
  /** The platform's id of the person on any channel (Telegram chat id, web chat visitor id …). */
  readonly channelUserId?: string | undefined;
  /** Made at this moment or later. */
  readonly createdFrom?: Date | undefined;
  /** Values by field key; a list holds its every entry. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** Part of a name, e-mail, phone, external id, user name, or the cuid. */
  readonly search?: string | undefined;
}

/** A page of contacts in the order in which they came, beginning after id `after`. */
export async function listContacts(
  db: Database,
  access: Access,
  filter: ContactFilter,
  page: { readonly after?: number | undefined; readonly limit: number },
): Promise<Contact[]> {
  const rows = await db
    .selectFrom("contacts")
    .select("contacts.id")
    .where((eb) => eb.and([...isVisible(eb, access), ...matches(eb, access, filter)]))
    .where("contacts.id", ">", page.after ?? 0)
    .orderBy("contacts.id")
    .limit(page.limit)
    .execute();
  const loaded = await loadContacts(
    db,
    rows.map(({ id }) => id),
  );
  return loaded.map(({ contact }) => contact);
}

/** Those of these contacts that the caller may see, in the order asked for. */
export async function loadVisibleContacts(
  db: Database,
  { workspaceId, botId }: Access,
  ids: readonly number[],
): Promise<Contact[]> {
  if (ids.length === 0) return [];
  const loaded = new Map((await loadContacts(db, ids)).map((one) => [one.contact.id, one]));
  return ids.flatMap((id) => {
    const one = loaded.get(id);
    const isVisibleHere = one?.workspaceId === workspaceId && (botId === undefined || one.contact.botId === botId);
    return one !== undefined && isVisibleHere ? [one.contact] : [];
  });
}

/** By id, or by `cuid:<cuid>`. Throws `contact.not_found`. */
export async function requireContact(db: Database, access: Access, idOrCuid: string): Promise<Contact> {
  const id = await requireContactId(db, access, idOrCuid);
  const [loaded] = await loadContacts(db, [id]);
  if (loaded === undefined) throw contactNotFound(idOrCuid);
  return loaded.contact;
}

/** The same, but only the id. Throws `contact.not_found`. */
export async function requireContactId(db: Database, access: Access, idOrCuid: string): Promise<number> {
  const row = await db
    .selectFrom("contacts")
    .select("contacts.id")
    .where((eb) =>
      eb.and([
        ...isVisible(eb, access),
        idOrCuid.startsWith("cuid:")
          ? hasCuid(idOrCuid.slice("cuid:".length))
          : eb("contacts.id", "=", Number(idOrCuid)),
      ]),
    )
    .executeTakeFirst();
  if (row === undefined) throw contactNotFound(idOrCuid);
  return row.id;
}

/** Whether a contact is the workspace's own. A job asks this of what its data says: a queue is no proof of whose things it names. */
export async function findContactOf(
  db: Database,
  workspaceId: number,
  contactId: number,
): Promise<"own" | "foreign" | "gone"> {
  const found = await db.selectFrom("contacts").select("workspaceId").where("id", "=", contactId).executeTakeFirst();
  if (found === undefined) return "gone";
  return found.workspaceId === workspaceId ? "own" : "foreign";
}

/** The contact's time zone, else the workspace's (IANA name). */
export async function findTimeZone(db: Database, contactId: number): Promise<string> {
  const row = await db
    .selectFrom("contacts")
    .innerJoin("workspaces", "workspaces.id", "contacts.workspaceId")
    .select(["contacts.timeZone as own", "workspaces.timeZone as shared"])
    .where("contacts.id", "=", contactId)
    .executeTakeFirst();
  return row?.own ?? row?.shared ?? "UTC";
}

const contactNotFound = (idOrCuid: string) =>
  new AppError("contact.not_found", say`there is no contact "${{ idOrCuid }}"`);

/**
 * Whom an action link means (requirements/000): by cuid; else by e-mail, whatever its case. Of several with the e-mail those of the bots that the link's flows and sequences are of (`bots`; none: it names
 * none), since nobody else could come into them; of those the phone decides; still several: the one who was active last. A cuid that nobody has is never answered with somebody else who has the e-mail.
 */
export async function findContactForLink(
  db: Database,
  access: Access,
  who: {
    readonly cuid?: string | undefined;
    readonly email?: string | undefined;
    readonly phone?: string | undefined;
    readonly bots?: ReadonlySet<number> | undefined;
  },
): Promise<
  { readonly id: number; readonly cuid: string; readonly botId: number; readonly botName: string } | undefined
> {
  const { cuid, email, phone, bots } = who;
  if (cuid === undefined && email === undefined) return undefined;
  const everybody = await db
    .selectFrom("contacts")
    .innerJoin("bots", "bots.id", "contacts.botId")
    .select(["contacts.id", "contacts.cuid", "contacts.phone", "contacts.botId", "bots.name as botName"])
    .where((eb) =>
      eb.and([...isVisible(eb, access), ...matches(eb, access, cuid === undefined ? { email } : { cuid })]),
    )
    .orderBy(sql`coalesce(contacts.last_inbound_at, contacts.created_at)`, "desc")
    .orderBy("contacts.id", "desc")
    .execute();
  const ofBots = everybody.filter(({ botId }) => bots?.has(botId) === true);
  const found = ofBots.length > 0 ? ofBots : everybody;
  const number = phone === undefined ? undefined : normalisePhone(phone);
  return found.find((contact) => number !== undefined && contact.phone === number) ?? found[0];
}

/**
 * Whom an inbound webhook's call means: the contact named by id or cuid, else who has the phone, else who has the e-mail; of several the one who was active last. An id or a cuid
 * that nobody has is passed over, as UChat does.
 */
export async function findContactForInbound(
  db: Database,
  access: Access,
  who: {
    readonly contactId?: number | undefined;
    readonly cuid?: string | undefined;
    readonly phone?: string | undefined;
    readonly email?: string | undefined;
  },
): Promise<number | undefined> {
  const { contactId, cuid, phone, email } = who;
  const ways = [
    contactId === undefined ? undefined : (eb: Builder) => [eb("contacts.id", "=", contactId)],
    ...[{ cuid }, { phone }, { email }].map((filter) =>
      Object.values(filter)[0] === undefined ? undefined : (eb: Builder) => matches(eb, access, filter),
    ),
  ];
  for (const way of ways) {
    if (way === undefined) continue;
    const found = await db
      .selectFrom("contacts")
      .select("contacts.id")
      .where((eb) => eb.and([...isVisible(eb, access), ...way(eb)]))
      .orderBy(sql`coalesce(contacts.last_inbound_at, contacts.created_at)`, "desc")
      .orderBy("contacts.id", "desc")
      .limit(1)
      .executeTakeFirst();
    if (found !== undefined) return found.id;
  }
  return undefined;
}

/** The id of the contact with this id on a channel, whatever channel; where several have it, of the one who was active last. Throws `contact.not_found`. */
export async function requireContactIdOnChannel(db: Database, access: Access, channelUserId: string): Promise<number> {
  const row = await db
    .selectFrom("contacts")
    .select("contacts.id")
    .where((eb) => eb.and([...isVisible(eb, access), ...matches(eb, access, { channelUserId })]))
    .orderBy(sql`coalesce(contacts.last_inbound_at, contacts.created_at)`, "desc")
    .orderBy("contacts.id", "desc")
    .executeTakeFirst();
  if (row === undefined) throw contactNotFound(channelUserId);
  return row.id;
}

/**
 * Deletes a contact for good: with its identities, fields, positions and notes (by foreign keys) and with its events, messages and
 * log entries, what webhooks said of it, and its jobs; ledgers and the overview keep their length, without a word about it. The row is locked first: that waits for a batch that is deciding over this
 * contact right now.
 */
export async function deleteContact(
  trx: Database,
  access: Access,
  idOrCuid: string,
  {
    at,
    forgetJobs,
  }: { readonly at: Date; readonly forgetJobs: (trx: Database, contactIds: readonly number[]) => Promise<void> },
): Promise<void> {
  const id = await requireContactId(trx, access, idOrCuid);
  await countDeletion(trx, id, at);
  await trx.deleteFrom("contacts").where("id", "=", id).execute();
  await trx.deleteFrom("messages").where("contactId", "=", id).execute();
  await trx.deleteFrom("events").where("contactId", "=", id).execute();
  await trx.deleteFrom("integrationLog").where("contactId", "=", id).execute();
  await trx.deleteFrom("webhookDeliveries").where("contactId", "=", id).execute();
  await forgetRecipient(trx, id);
  await forgetJobs(trx, [id]);
}

type Builder = ExpressionBuilder<Tables, "contacts">;

function isVisible(eb: Builder, { workspaceId, botId }: Access): Expression<SqlBool>[] {
  const inWorkspace = eb("contacts.workspaceId", "=", workspaceId);
  return botId === undefined ? [inWorkspace] : [inWorkspace, eb("contacts.botId", "=", botId)];
}

/** The contact's own, or that of one that was merged into it. */
function hasCuid(cuid: string): Expression<SqlBool> {
  return sql<SqlBool>`(contacts.cuid = ${cuid}
    or contacts.id = any (array(select a.contact_id from contact_aliases a where a.cuid = ${cuid})))`;
}

function matches(eb: Builder, access: Access, filter: ContactFilter): Expression<SqlBool>[] {
  const { bot, channel, tags = [], labels = [], email, phone, cuid, clientExternalId, fields = {}, search } = filter;
  const { channelUserId, createdFrom } = filter;
  return [
    ...(bot === undefined ? [] : [eb("contacts.botId", "=", bot)]),
    ...(channel === undefined
      ? []
      : [
          sql<SqlBool>`exists (select 1 from identities i
      where i.contact_id = contacts.id and i.channel_id = ${channel})`,
        ]),
    ...tags.map(
      (name) => sql<SqlBool>`exists (select 1 from contact_tags ct join tags t on t.id = ct.tag_id
      where ct.contact_id = contacts.id and t.name = ${name})`,
    ),
    ...labels.map(
      (name) => sql<SqlBool>`exists (select 1 from contact_labels cl join labels l on l.id = cl.label_id
      where cl.contact_id = contacts.id and l.name = ${name})`,
    ),
    ...(email === undefined ? [] : [sql<SqlBool>`lower(contacts.email) = lower(${email})`]),
    ...(phone === undefined ? [] : [eb("contacts.phone", "=", normalisePhone(phone))]),
    ...(cuid === undefined ? [] : [hasCuid(cuid)]),
    ...(clientExternalId === undefined ? [] : [eb("contacts.clientExternalId", "=", clientExternalId)]),
    ...(channelUserId === undefined ? [] : [isOnChannelAs(channelUserId, access)]),
    ...(createdFrom === undefined ? [] : [eb("contacts.createdAt", ">=", createdFrom)]),
    ...Object.entries(fields).map(
      ([key, value]) => sql<SqlBool>`exists (select 1 from contact_fields cf join fields f on f.id = cf.field_id
      where cf.contact_id = contacts.id and f.key = ${key}
        and ${mayRead(value)} and (cf.value #>> '{}' = ${value} or (jsonb_typeof(cf.value) = 'array' and jsonb_exists(cf.value, ${value}))))`,
    ),
    ...(search === undefined
      ? []
      : [search.trim().length < 3 ? matchesPlainly(search, true) : matchesSearch(search, access.workspaceId)]),
  ];
}

/** By way of the workspace's channels: identities are found by channel and id. */
function isOnChannelAs(channelUserId: string, { workspaceId }: Access): Expression<SqlBool> {
  return sql<SqlBool>`contacts.id = any(array(select i.contact_id from identities i
    where i.external_id = ${channelUserId} and i.channel_id in (
      select ch.id from channels ch join bots b on b.id = ch.bot_id where b.workspace_id = ${workspaceId})))`;
}

/** As profiles hold phones; what is no phone number is compared as it stands. */
function normalisePhone(phone: string): string {
  return parsePhone(phone) ?? phone;
}

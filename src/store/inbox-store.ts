import { type Expression, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import type { Conversation, ConversationStatus } from "../model/conversation.ts";
import type { MessageAuthor, MessageContent } from "../model/message.ts";
import { type ConversationRow, toConditions } from "./conversation-store.ts";
import type { Database } from "./database.ts";
import { listDealLabels } from "./deal-store.ts";
import { unseenBy } from "./mention-store.ts";
import { foundBySearch, matchesPlainly } from "./search-sql.ts";
import type { Tables } from "./tables.ts";
import type { Access } from "./workspace-store.ts";

interface LastMessage {
  readonly content: MessageContent;
  readonly direction: "in" | "out";
  readonly author: MessageAuthor | null;
  readonly createdAt: Date;
}

/** A conversation in the inbox, with what was said last in it. */
export interface InboxRow extends ConversationRow {
  /** The contact's newest message: the list goes by these. */
  readonly place: number;
  readonly email: string | null;
  readonly phone: string | null;
  /** Labels of the sales plans in which the contact has an open deal. */
  readonly dealLabels: readonly string[];
  /** What was said last; undefined: nothing yet. */
  readonly last: LastMessage | undefined;
}

/** What narrows the list; all that is named has to hold. */
export interface InboxFilter {
  /** Any of these. */
  readonly statuses?: readonly ConversationStatus[] | undefined;
  /** A member's id; null: nobody's. */
  readonly agent?: number | null | undefined;
  readonly unread?: boolean | undefined;
  /** The member who was mentioned and has not looked since. */
  readonly mentioned?: number | undefined;
  /** A channel that the contact is on. */
  readonly channel?: number | undefined;
  /** The contact has all of them. */
  readonly labels?: readonly string[] | undefined;
  /** Part of a name, e-mail or phone; or beginnings of words that the contact or an agent wrote. */
  readonly search?: string | undefined;
}

/**
 * Contacts who have written, whoever wrote last first, from below message `before`; with conversations of one agent, mentions, or a status that somebody set, those of contacts who have not
 * written yet too. Contacts carry no index of when they wrote, since every message would have to change it. So what many have is found by a walk back through the latest messages, and what few have by
 * gathering them all and looking for each one's place.
 */
export async function listInbox(
  db: Database,
  access: Access,
  filter: InboxFilter,
  page: InboxPage,
): Promise<InboxRow[]> {
  return await withLastMessages(db, await findPage(db, access, filter, page));
}

/** How many messages are walked back through: 40 ms at 500,000 messages, and a page is full where one of 40 contacts has what is wanted. */
const walkedMessages = 3_000;
/** The same before the indexes are asked for what is searched: of a word that one of ten wrote they would give tens of thousands of messages. */
const nearMessages = 300;
/** Up to so many contacts are looked at one by one. */
const few = 2_000;

interface InboxPage {
  readonly before?: number | undefined;
  readonly limit: number;
}

async function findPage(db: Database, access: Access, filter: InboxFilter, page: InboxPage): Promise<Found[]> {
  const { search, mentioned, labels = [] } = filter;
  // Mentions that nobody has looked at are few.
  const walk = async (messages: number) =>
    mentioned === undefined ? await walkBack(db, access, filter, { ...page, messages }).execute() : [];
  const mayBeFew = search !== undefined || mentioned !== undefined || labels.length > 0;
  const near = await walk(mayBeFew ? nearMessages : walkedMessages);
  if (near.length === page.limit) return near;
  if (mayBeFew) {
    const chosen = await chooseFew(db, access, filter);
    if (chosen !== undefined) return await gatherOf(db, filter, { ...page, ...chosen }).execute();
    const further = await walk(walkedMessages);
    if (further.length === page.limit) return further;
  }
  return await gather(db, access, filter, page);
}

const columns = [
  "contacts.id as contactId",
  "contacts.botId",
  "contacts.name",
  "contacts.email",
  "contacts.phone",
  "contacts.conversation",
  "contacts.bannedAt",
  "contacts.lastInboundAt",
] as const;

/** Whether contacts who have not written yet are meant too. */
function asksForTouched({ statuses = [], agent, mentioned }: InboxFilter): boolean {
  return typeof agent === "number" || mentioned !== undefined || (statuses.length > 0 && !statuses.includes("open"));
}

const lastIn = (contact: string) =>
  sql<number>`(select max(n.id) from messages n where n.contact_id = ${sql.ref(contact)} and n.direction = 'in')`;
const lastOfAll = (contact: string) =>
  sql<number>`(select max(n.id) from messages n where n.contact_id = ${sql.ref(contact)})`;

/** Who has neither written nor been written to stands at its contact's id, from below. */
const placeOf = (filter: InboxFilter) =>
  asksForTouched(filter)
    ? sql<number>`coalesce(${lastIn("contacts.id")}, ${lastOfAll("contacts.id")}, -contacts.id)`
    : lastIn("contacts.id");

/** Looked for once, of who passed: written into the list and the order it would be looked for twice. */
const placed = (filter: InboxFilter) => sql<{ place: number }>`(select ${placeOf(filter)} as place offset 0)`;

/** A contact by its id, where it is what is wanted: one after the other as they come, until the page is full, whatever the planner thinks how many there are. */
const wantedContact = (db: Database, conditions: readonly Expression<SqlBool>[]) =>
  db
    .selectFrom("contacts")
    .select(["id", "botId", "name", "email", "phone", "conversation", "bannedAt", "lastInboundAt"])
    .where((eb) => eb.and([...conditions]))
    .offset(sql.lit(0));

/** Those among the latest messages that are a contact's place, as far as they are what is wanted. Searched is in each conversation itself; exported for the test of its plan. */
export function walkBack(
  db: Database,
  access: Access,
  filter: InboxFilter,
  { before, limit, messages }: InboxPage & { readonly messages: number },
) {
  const isPlace = asksForTouched(filter)
    ? sql<boolean>`latest.id = coalesce(${lastIn("latest.contactId")}, ${lastOfAll("latest.contactId")})`
    : sql<boolean>`not exists (select from messages n where n.contact_id = latest.contact_id and n.id > latest.id and n.direction = 'in')`;
  const latest = db
    .selectFrom("messages")
    .select(["id", "contactId"])
    .$if(!asksForTouched(filter), (all) => all.where("direction", "=", "in"))
    .$if(before !== undefined, (all) => all.where("id", "<", before ?? 0))
    .orderBy("id", "desc")
    .limit(messages);
  const wanted = wantedContact(db, [
    sql<SqlBool>`contacts.id = latest.contact_id`,
    ...toInboxConditions(access, filter, plainly),
  ]);
  return db
    .selectFrom(latest.as("latest"))
    .innerJoinLateral(wanted.as("contacts"), (join) => join.onTrue())
    .innerJoinLateral(
      // Offset: after the contact's own conditions, which cost less.
      sql<{ is: boolean }>`(select contacts.id is not null and ${isPlace} as "is" offset 0)`.as<"placed">(
        sql.ref("placed"),
      ),
      (join) => join.onTrue(),
    )
    .select([...columns, "latest.id as place"])
    .where(sql<SqlBool>`placed.is`)
    .orderBy("latest.id", "desc")
    .limit(limit)
    .$castTo<Found>();
}

/** Contacts that are looked at one by one, and what they have to be. */
interface Chosen {
  readonly ids: readonly number[];
  readonly conditions: readonly Expression<SqlBool>[];
}

/** All who can be meant, where that is few: because few were mentioned or are found, or because few are otherwise what is wanted. Reads no more of each than it takes to see that it is many. */
async function chooseFew(db: Database, access: Access, filter: InboxFilter): Promise<Chosen | undefined> {
  const { search, mentioned } = filter;
  const conditions = toInboxConditions(access, filter, plainly);
  if (mentioned !== undefined) {
    const { rows } = await sql<{ contactId: number }>`${unseenBy(mentioned)} limit ${few + 1}`.execute(db);
    if (rows.length <= few) return { ids: distinct(rows.map(({ contactId }) => contactId)), conditions };
  }
  const others = toInboxConditions(access, { ...filter, search: undefined });
  if (search !== undefined) {
    const { rows } = await listFound(search, access.workspaceId).execute(db);
    if (rows.length <= few) return { ids: distinct(rows.map(({ id }) => id)), conditions: others };
  }
  const rows = await db
    .selectFrom("contacts")
    .select("id")
    .where((eb) => eb.and(others))
    .$if(mentioned === undefined && asksForTouched(filter), touched)
    .limit(few + 1)
    .execute();
  return rows.length > few ? undefined : { ids: rows.map(({ id }) => id), conditions };
}

const distinct = (ids: readonly number[]) => [...new Set(ids)];

/** Up to `few` and one more; exported for the test of its plan. */
export const listFound = (search: string, workspaceId: number) =>
  sql<{ id: number }>`select found.id from (${foundAnywhere(search, workspaceId)}) as found (id) limit ${few + 1}`;

/** Of these contacts those that are what is wanted, by their places; exported for the test of its plan. */
export function gatherOf(db: Database, filter: InboxFilter, { before, limit, ids, conditions }: InboxPage & Chosen) {
  const wanted = wantedContact(db, [sql<SqlBool>`contacts.id = chosen.id`, ...conditions]);
  return db
    .selectFrom(sql<{ id: number }>`unnest(${ids}::bigint[])`.as<"chosen">(sql`chosen (id)`))
    .innerJoinLateral(wanted.as("contacts"), (join) => join.onTrue())
    .innerJoinLateral(placed(filter).as<"placed">(sql.ref("placed")), (join) => join.onTrue())
    .select([...columns, "placed.place"])
    .where("placed.place", "is not", null)
    .$if(before !== undefined, (all) => all.where("placed.place", "<", before ?? 0))
    .orderBy("placed.place", "desc")
    .limit(limit)
    .$castTo<Found>();
}

/** All that is wanted. */
async function gather(
  db: Database,
  access: Access,
  filter: InboxFilter,
  { before, limit }: InboxPage,
): Promise<Found[]> {
  return (await db
    .with(
      (cte) => cte("wanted").materialized(),
      () =>
        db
          .selectFrom("contacts")
          .select(["id", "botId", "name", "email", "phone", "conversation", "bannedAt", "lastInboundAt"])
          .where((eb) => eb.and(toInboxConditions(access, filter)))
          .$if(filter.mentioned === undefined && asksForTouched(filter), touched),
    )
    .selectFrom("wanted as contacts")
    .innerJoinLateral(placed(filter).as<"placed">(sql.ref("placed")), (join) => join.onTrue())
    .select([...columns, "placed.place"])
    .where("placed.place", "is not", null)
    .$if(before !== undefined, (all) => all.where("placed.place", "<", before ?? 0))
    .orderBy("placed.place", "desc")
    .limit(limit)
    .execute()) as Found[];
}

/** Who somebody of the team did something with: the others have no status of their own, no agent. */
const touched = <O>(all: SelectQueryBuilder<Tables, "contacts", O>) => all.where("conversation", "is not", null);

type Found = Omit<InboxRow, "last" | "dealLabels"> & { readonly conversation: Conversation | null };

/** On a query whose contacts are called `contacts`. */
function toInboxConditions(
  { workspaceId, botId }: Access,
  filter: InboxFilter,
  searched: (search: string, workspaceId: number) => Expression<SqlBool> = isFound,
): Expression<SqlBool>[] {
  const { statuses = [], agent, unread, mentioned, channel, labels = [], search } = filter;
  return [
    sql<SqlBool>`contacts.workspace_id = ${workspaceId}`,
    ...(botId === undefined ? [] : [sql<SqlBool>`contacts.bot_id = ${botId}`]),
    ...(statuses.length === 0
      ? []
      : [sql<SqlBool>`coalesce(contacts.conversation ->> 'status', 'open') in (${sql.join(statuses)})`]),
    ...toConditions({ agent, unread }),
    ...(mentioned === undefined ? [] : [sql<SqlBool>`contacts.id in (${unseenBy(mentioned)})`]),
    ...(channel === undefined
      ? []
      : [
          sql<SqlBool>`exists (select from identities i where i.contact_id = contacts.id and i.channel_id = ${channel})`,
        ]),
    ...labels.map(
      (label) =>
        sql<SqlBool>`exists (select from contact_labels cl where cl.contact_id = contacts.id
          and cl.label_id = (select l.id from labels l where l.workspace_id = ${workspaceId} and l.name = ${label}))`,
    ),
    ...(search === undefined ? [] : [searched(search, workspaceId)]),
  ];
}

/** They are looked for once: left to the planner, for each contact (4 s at 100,000). */
function isFound(search: string, workspaceId: number): Expression<SqlBool> {
  return sql<SqlBool>`contacts.id in (with found(id) as materialized (${foundAnywhere(search, workspaceId)}) select id from found)`;
}

/** Both kinds of finds have an index: pieces of what a contact is called, words that were written in its conversation. */
function foundAnywhere(search: string, workspaceId: number): RawBuilder<unknown> {
  const words = toWordQuery(search);
  // The very expression of the index `messages_words`.
  const written = sql`select w.contact_id from messages w where ${isWritten}
    and to_tsvector('simple', w.content ->> 'text') @@ to_tsquery('simple', ${words})`;
  return sql`${foundBySearch(search, workspaceId)} ${words === "" ? sql`` : sql`union all ${written}`}`;
}

const isWritten = sql<SqlBool>`(w.direction = 'in' or w.author = 'agent')`;

/** The same of a contact that is read anyhow: no index of pieces or words is asked. */
function plainly(search: string): Expression<SqlBool> {
  const words = toWordQuery(search);
  const isCalled = matchesPlainly(search);
  if (words === "") return isCalled;
  // Another expression than that of the index, and an offset: neither asked for each contact, nor of all conversations at once.
  return sql<SqlBool>`(${isCalled} or exists (select from messages w where w.contact_id = contacts.id and ${isWritten}
    and to_tsvector('simple', coalesce(w.content ->> 'text', '')) @@ to_tsquery('simple', ${words}) offset 0))`;
}

/** All the words, each as a beginning, quoted: signs that mean something to the query's language are left out. */
function toWordQuery(search: string): string {
  const words = search.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.map((word) => `'${word.replace(/['\\\0]/g, " ")}':*`).join(" & ");
}

/** How many conversations the inbox has of each kind, up to `mostCounted`. */
export interface InboxCounts {
  readonly mine: number;
  readonly unassigned: number;
  readonly unread: number;
  readonly mentioned: number;
  readonly closed: number;
  readonly all: number;
}

/** Beyond this nobody counts, and the database should not. */
export const mostCounted = 1_000;

/** `member`: whose inbox it is; undefined: nobody's, with nothing of their own in it. */
export async function countInbox(db: Database, access: Access, member: number | undefined): Promise<InboxCounts> {
  const hasWritten = sql<SqlBool>`exists (select from messages n where n.contact_id = contacts.id and n.direction = 'in')`;
  const count = (filter: InboxFilter, condition?: Expression<SqlBool>) => {
    const conditions = [...toInboxConditions(access, filter), ...(condition === undefined ? [] : [condition])];
    return sql<number>`(select count(*)::int from (select from contacts where ${sql.join(conditions, sql` and `)} limit ${mostCounted}) as counted)`;
  };
  const live = ["open", "pending"] as const;
  const none = sql<number>`0`;
  const touched = sql<SqlBool>`contacts.conversation is not null`;
  const { rows } = await sql<InboxCounts>`select
    ${member === undefined ? none : count({ agent: member, statuses: live }, touched)} as mine,
    ${count({ agent: null, statuses: live }, hasWritten)} as unassigned,
    ${count({ unread: true, statuses: ["open", "pending", "done"] }, hasWritten)} as unread,
    ${member === undefined ? none : count({ mentioned: member })} as mentioned,
    ${count({ statuses: ["done"] }, touched)} as closed,
    ${count({}, hasWritten)} as "all"`.execute(db);
  return rows[0] ?? { mine: 0, unassigned: 0, unread: 0, mentioned: 0, closed: 0, all: 0 };
}

async function withLastMessages(db: Database, rows: readonly Found[]): Promise<InboxRow[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ contactId }) => contactId);
  const { rows: last } = await sql<LastMessage & { readonly id: number }>`
    select c.id, m.content, m.direction, m.author, m.created_at
    from unnest(${ids}::bigint[]) as c (id)
    cross join lateral (
      select content, direction, author, created_at from messages where contact_id = c.id order by id desc limit 1) as m
  `.execute(db);
  const byContact = new Map(last.map((one) => [one.id, one]));
  const labels = await listDealLabels(db, ids);
  return rows.map((row) => ({
    ...row,
    last: byContact.get(row.contactId),
    dealLabels: labels.get(row.contactId) ?? [],
  }));
}

/** Of some contacts, those that the caller may see. */
export async function keepVisible(db: Database, access: Access, contactIds: readonly number[]): Promise<number[]> {
  const rows = await db
    .selectFrom("contacts")
    .select("id")
    .where(sql<SqlBool>`id = any(${contactIds}::bigint[])`)
    .where("workspaceId", "=", access.workspaceId)
    .$if(access.botId !== undefined, (all) => all.where("botId", "=", access.botId ?? 0))
    .execute();
  return rows.map(({ id }) => id);
}

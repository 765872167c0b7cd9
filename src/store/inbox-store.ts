import { type Expression, type SqlBool, sql } from "kysely";
import type { Conversation, ConversationStatus } from "../model/conversation.ts";
import type { MessageAuthor, MessageContent } from "../model/message.ts";
import { type ConversationRow, toConditions } from "./conversation-store.ts";
import type { Database } from "./database.ts";
import { listDealLabels } from "./deal-store.ts";
import { unseenBy } from "./mention-store.ts";
import { foundBySearch } from "./search-sql.ts";
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
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<InboxRow[]> {
  // Mentions that nobody has looked at are few.
  const near = filter.mentioned === undefined ? await walkBack(db, access, filter, page) : [];
  const found = near.length === page.limit ? near : await gather(db, access, filter, page);
  return await withLastMessages(db, found);
}

/** How many messages are walked back through: 40 ms at 500,000 messages, and a page is full where one of 40 contacts has what is wanted. */
const walkedMessages = 3_000;

interface InboxPage {
  readonly before?: number | undefined;
  readonly limit: number;
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

/** Those among the latest messages that are a contact's place, as far as they are what is wanted. */
async function walkBack(
  db: Database,
  access: Access,
  filter: InboxFilter,
  { before, limit }: InboxPage,
): Promise<Found[]> {
  const isPlace = asksForTouched(filter)
    ? sql<SqlBool>`messages.id = coalesce(${lastIn("messages.contactId")}, ${lastOfAll("messages.contactId")})`
    : sql<SqlBool>`not exists (select from messages n where n.contact_id = messages.contact_id and n.id > messages.id and n.direction = 'in')`;
  const latest = db
    .selectFrom("messages")
    .select(["id", "contactId", "direction"])
    .$if(!asksForTouched(filter), (all) => all.where("direction", "=", "in"))
    .$if(before !== undefined, (all) => all.where("id", "<", before ?? 0))
    .orderBy("id", "desc")
    .limit(walkedMessages);
  return (await db
    .selectFrom(latest.as("messages"))
    .innerJoin("contacts", "contacts.id", "messages.contactId")
    .select([...columns, "messages.id as place"])
    .where((eb) => eb.and(toInboxConditions(access, filter)))
    .where(isPlace)
    .orderBy("messages.id", "desc")
    .limit(limit)
    .execute()) as Found[];
}

/** All that is wanted; who has neither written nor been written to stands at its contact's id, from below. */
async function gather(
  db: Database,
  access: Access,
  filter: InboxFilter,
  { before, limit }: InboxPage,
): Promise<Found[]> {
  const place = asksForTouched(filter)
    ? sql<number>`coalesce(${lastIn("contacts.id")}, ${lastOfAll("contacts.id")}, -contacts.id)`
    : lastIn("contacts.id");
  return (await db
    .with(
      (cte) => cte("wanted").materialized(),
      () =>
        db
          .selectFrom("contacts")
          .selectAll()
          .where((eb) => eb.and(toInboxConditions(access, filter)))
          .$if(filter.mentioned === undefined && asksForTouched(filter), (all) =>
            all.where("conversation", "is not", null),
          ),
    )
    .with("placed", (cte) => cte.selectFrom("wanted as contacts").selectAll().select(place.as("place")))
    .selectFrom("placed as contacts")
    .select([...columns, "contacts.place"])
    .where("contacts.place", "is not", null)
    .$if(before !== undefined, (all) => all.where("contacts.place", "<", before ?? 0))
    .orderBy("contacts.place", "desc")
    .limit(limit)
    .execute()) as Found[];
}

type Found = Omit<InboxRow, "last" | "dealLabels"> & { readonly conversation: Conversation | null };

/** On a query whose contacts are called `contacts`. */
function toInboxConditions({ workspaceId, botId }: Access, filter: InboxFilter): Expression<SqlBool>[] {
  const { statuses = [], agent, unread, mentioned, channel, labels = [], search } = filter;
  return [
    sql<SqlBool>`contacts.workspace_id = ${workspaceId}`,
    ...(botId === undefined ? [] : [sql<SqlBool>`contacts.bot_id = ${botId}`]),
    ...(statuses.length === 0
      ? []
      : [sql<SqlBool>`coalesce(contacts.conversation ->> 'status', 'open') in (${sql.join(statuses)})`]),
    ...toConditions({ agent, unread }),
    ...(mentioned === undefined ? [] : [sql<SqlBool>`contacts.id in ${unseenBy(mentioned)}`]),
    ...(channel === undefined
      ? []
      : [
          sql<SqlBool>`exists (select from identities i where i.contact_id = contacts.id and i.channel_id = ${channel})`,
        ]),
    ...labels.map(
      (label) =>
        sql<SqlBool>`exists (select from contact_labels cl join labels l on l.id = cl.label_id where cl.contact_id = contacts.id and l.name = ${label})`,
    ),
    ...(search === undefined ? [] : [isFound(search, workspaceId)]),
  ];
}

/** Both kinds of finds have an index: pieces of what a contact is called, words that were written in its conversation. They are looked for once: left to the planner, for each contact (4 s at 100,000). */
function isFound(search: string, workspaceId: number): Expression<SqlBool> {
  const words = toWordQuery(search);
  // The very expression of the index `messages_words`.
  const written = sql`select w.contact_id from messages w where (w.direction = 'in' or w.author = 'agent')
    and to_tsvector('simple', w.content ->> 'text') @@ to_tsquery('simple', ${words})`;
  const all = sql`${foundBySearch(search, workspaceId)} ${words === "" ? sql`` : sql`union all ${written}`}`;
  return sql<SqlBool>`contacts.id in (with found(id) as materialized (${all}) select id from found)`;
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

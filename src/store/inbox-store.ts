import { type Expression, type SqlBool, sql } from "kysely";
import type { Conversation, ConversationStatus } from "../model/conversation.ts";
import type { MessageAuthor, MessageContent } from "../model/message.ts";
import { type ConversationRow, toConditions } from "./conversation-store.ts";
import type { Database } from "./database.ts";
import { listDealLabels } from "./deal-store.ts";
import { unseenBy } from "./mention-store.ts";
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
 * Contacts who have written, whoever wrote last first, from below message `before`. A walk back through the messages, of which each contact's newest counts: contacts carry no index of
 * when they wrote, since every message would have to change it. Few are walked for a page of everybody; conversations of one agent, mentions, or a status that somebody set, are found by
 * their own index, and those of contacts who have not written yet with them.
 */
export async function listInbox(
  db: Database,
  access: Access,
  filter: InboxFilter,
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<InboxRow[]> {
  const { statuses = [], agent, mentioned } = filter;
  const isSetStatus = statuses.length > 0 && !statuses.includes("open");
  const isNarrow = typeof agent === "number" || mentioned !== undefined || isSetStatus;
  const newest = sql<number>`coalesce((select max(n.id) from messages n where n.contact_id = contacts.id and n.direction = 'in'),
    (select max(n.id) from messages n where n.contact_id = contacts.id), -contacts.id)`;
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
  const conditions = toInboxConditions(access, filter);
  const found = isNarrow
    ? await sql<Found>`select * from (${db
        .selectFrom("contacts")
        .select([...columns, newest.as("place")])
        .where((eb) => eb.and(conditions))
        .$if(mentioned === undefined, (rows) => rows.where("contacts.conversation", "is not", null))}) as found
        where ${page.before ?? null}::bigint is null or place < ${page.before ?? null}::bigint
        order by place desc limit ${page.limit}`.execute(db)
    : {
        rows: (await db
          .selectFrom("messages")
          .innerJoin("contacts", "contacts.id", "messages.contactId")
          .select(columns)
          .select("messages.id as place")
          .where("messages.direction", "=", "in")
          .$if(page.before !== undefined, (rows) => rows.where("messages.id", "<", page.before ?? 0))
          .where(
            sql<SqlBool>`not exists (select from messages n where n.contact_id = messages.contact_id and n.id > messages.id and n.direction = 'in')`,
          )
          .where((eb) => eb.and(conditions))
          .orderBy("messages.id", "desc")
          .limit(page.limit)
          .execute()) as Found[],
      };
  return await withLastMessages(db, found.rows);
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
    ...(search === undefined ? [] : [isFound(search)]),
  ];
}

function isFound(search: string): Expression<SqlBool> {
  const pattern = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
  // The very expression of the index `messages_words`.
  return sql<SqlBool>`(contacts.name ilike ${pattern} or contacts.email ilike ${pattern} or contacts.phone ilike ${pattern}
    or contacts.id in (select w.contact_id from messages w where (w.direction = 'in' or w.author = 'agent')
      and to_tsvector('simple', w.content ->> 'text') @@ to_tsquery('simple', ${toWordQuery(search)})))`;
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
    .where("id", "in", contactIds)
    .where("workspaceId", "=", access.workspaceId)
    .$if(access.botId !== undefined, (all) => all.where("botId", "=", access.botId ?? 0))
    .execute();
  return rows.map(({ id }) => id);
}

import { type Expression, type SqlBool, sql } from "kysely";
import type { Conversation } from "../model/conversation.ts";
import type { MessageContent } from "../model/message.ts";
import { type ConversationFilter, type ConversationRow, toConditions } from "./conversation-store.ts";
import type { Database } from "./database.ts";
import { listDealLabels } from "./deal-store.ts";
import type { Access } from "./workspace-store.ts";

/** A conversation in the inbox, with what was said last in it. */
export interface InboxRow extends ConversationRow {
  /** The contact's newest message: the list goes by these. */
  readonly place: number;
  readonly email: string | null;
  readonly phone: string | null;
  readonly lastContent: MessageContent;
  readonly lastDirection: "in" | "out";
  readonly lastAt: Date;
  /** Labels of the sales plans in which the contact has an open deal. */
  readonly dealLabels: readonly string[];
}

/**
 * Contacts who have written, whoever wrote last first, from below message `before`. A walk back through the messages, of which each contact's newest counts: contacts carry no index of
 * when they wrote, since every message would have to change it. Few are walked for a page of everybody; conversations of one agent, or of a status that somebody set, are found by their own index.
 */
export async function listInbox(
  db: Database,
  access: Access,
  filter: ConversationFilter & { readonly search?: string | undefined },
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<InboxRow[]> {
  const { search, ...rest } = filter;
  const isNarrow = typeof filter.agent === "number" || (filter.status !== undefined && filter.status !== "open");
  const newest = sql<number>`(select max(n.id) from messages n where n.contact_id = contacts.id and n.direction = 'in')`;
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
  const conditions = [...toConditions(rest), ...toSearch(search)];
  const found = isNarrow
    ? await sql<Found>`select * from (${db
        .selectFrom("contacts")
        .select([...columns, newest.as("place")])
        .where("contacts.workspaceId", "=", access.workspaceId)
        .where("contacts.conversation", "is not", null)
        .where((eb) => eb.and(conditions))
        .$if(access.botId !== undefined, (rows) => rows.where("contacts.botId", "=", access.botId ?? 0))}) as found
        where place is not null and (${page.before ?? null}::bigint is null or place < ${page.before ?? null}::bigint)
        order by place desc limit ${page.limit}`.execute(db)
    : {
        rows: (await db
          .selectFrom("messages")
          .innerJoin("contacts", "contacts.id", "messages.contactId")
          .select(columns)
          .select("messages.id as place")
          .where("messages.direction", "=", "in")
          .where("contacts.workspaceId", "=", access.workspaceId)
          .$if(access.botId !== undefined, (rows) => rows.where("contacts.botId", "=", access.botId ?? 0))
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

type Found = Omit<InboxRow, "lastContent" | "lastDirection" | "lastAt" | "dealLabels"> & {
  readonly conversation: Conversation | null;
};

function toSearch(search: string | undefined): Expression<SqlBool>[] {
  if (search === undefined) return [];
  const pattern = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
  return [
    sql<SqlBool>`(contacts.name ilike ${pattern} or contacts.email ilike ${pattern} or contacts.phone ilike ${pattern})`,
  ];
}

async function withLastMessages(db: Database, rows: readonly Found[]): Promise<InboxRow[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ contactId }) => contactId);
  const { rows: last } = await sql<{
    contactId: number;
    content: MessageContent;
    direction: "in" | "out";
    createdAt: Date;
  }>`
    select c.id as contact_id, m.content, m.direction, m.created_at
    from unnest(${ids}::bigint[]) as c (id)
    cross join lateral (
      select content, direction, created_at from messages where contact_id = c.id order by id desc limit 1) as m
  `.execute(db);
  const byContact = new Map(last.map((one) => [one.contactId, one]));
  const labels = await listDealLabels(db, ids);
  return rows.flatMap((row) => {
    const message = byContact.get(row.contactId);
    if (message === undefined) return [];
    const { content, direction, createdAt } = message;
    const dealLabels = labels.get(row.contactId) ?? [];
    return [{ ...row, lastContent: content, lastDirection: direction, lastAt: createdAt, dealLabels }];
  });
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

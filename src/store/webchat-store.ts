import { type RawBuilder, sql } from "kysely";
import type { MessageAuthor, MessageContent } from "../model/message.ts";
import type { Database } from "./database.ts";

/** A bot's web chat, by the bot's ref: its first connected one. */
export async function findWebchat(
  db: Database,
  botRef: string,
): Promise<{ readonly channelId: number; readonly botName: string; readonly settings: unknown } | undefined> {
  return await db
    .selectFrom("channels")
    .innerJoin("bots", "bots.id", "channels.botId")
    .select(["channels.id as channelId", "bots.name as botName", "channels.settings"])
    .where("bots.ref", "=", botRef)
    .where("channels.kind", "=", "webchat")
    .where("channels.status", "=", "connected")
    .orderBy("channels.id")
    .executeTakeFirst();
}

/** Bots of a workspace that have a web chat, for the start page. */
export async function listWebchats(
  db: Database,
  domain: string,
): Promise<{ readonly ref: string; readonly name: string }[]> {
  return await db
    .selectFrom("bots")
    .innerJoin("workspaces", "workspaces.id", "bots.workspaceId")
    .select(["bots.ref", "bots.name"])
    .where("workspaces.domain", "=", domain)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("channels")
          .select("channels.id")
          .whereRef("channels.botId", "=", "bots.id")
          .where("channels.kind", "=", "webchat")
          .where("channels.status", "=", "connected"),
      ),
    )
    .orderBy("bots.id")
    .execute();
}

/** The contact behind a visitor; undefined: the visitor has not said anything yet. */
export async function findVisitorContact(
  db: Database,
  channelId: number,
  visitor: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom("identities")
    .select("contactId")
    .where("channelId", "=", channelId)
    .where("externalId", "=", visitor)
    .executeTakeFirst();
  return row?.contactId;
}

/** A message as a conversation shows it. */
export interface ConversationMessage {
  readonly id: number;
  readonly direction: "in" | "out";
  readonly content: MessageContent;
  /** Unix milliseconds. */
  readonly at: number;
  /** What made the event recognisable when it came in; null for what went out. */
  readonly dedupeKey: string | null;
  /** null: the bot, or the visitor. */
  readonly author: MessageAuthor | null;
  /** The name of the member who wrote it, as it is in their account; null: no member, or one who has left. */
  readonly writer: string | null;
}

/** One contact's messages on one channel. */
interface Conversation {
  readonly contactId: number;
  readonly channelId: number;
  readonly limit: number;
}

/** The next messages after an id, in order. Ids of one contact's messages grow, for its row is locked while they are given out. */
export async function listConversation(
  db: Database,
  conversation: Conversation & { readonly after: number },
): Promise<ConversationMessage[]> {
  return await selectMessages(db, conversation, sql`m.id > ${conversation.after} order by m.id`);
}

/** The latest messages, in order, or the latest before an id; and whether there are still earlier ones. */
export async function listConversationEnd(
  db: Database,
  conversation: Conversation & { readonly before?: number },
): Promise<{ readonly messages: ConversationMessage[]; readonly hasEarlier: boolean }> {
  const { limit, before = Number.MAX_SAFE_INTEGER } = conversation;
  const place = sql`m.id < ${before} order by m.id desc`;
  const rows = await selectMessages(db, { ...conversation, limit: limit + 1 }, place);
  return { messages: rows.slice(0, limit).reverse(), hasEarlier: rows.length > limit };
}

async function selectMessages(
  db: Database,
  { contactId, channelId, limit }: Conversation,
  place: RawBuilder<unknown>,
): Promise<ConversationMessage[]> {
  const { rows } = await sql<ConversationMessage>`
    select m.id, m.direction, m.content, (extract(epoch from m.created_at) * 1000)::bigint as at,
      case when m.direction = 'in' then e.dedupe_key end as "dedupeKey", m.author,
      case when m.author = 'agent' then (select u.name from members mb join users u on u.id = mb.user_id
        where mb.id = (e.payload ->> 'by')::bigint) end as writer
    from messages m left join events e on e.id = m.event_id
    where m.contact_id = ${contactId} and m.channel_id = ${channelId} and m.status not in ('failed', 'skipped')
      and ${place} limit ${limit}`.execute(db.withoutPlugins());
  return rows;
}

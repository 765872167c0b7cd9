import { type SqlBool, sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import type { MessageAuthor, MessageContent, MessageStatus, SendReason } from "../model/message.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** A message of a conversation, in either direction. */
export interface StoredConversationMessage {
  readonly id: number;
  readonly contactId: number;
  readonly channelId: number;
  readonly direction: "in" | "out";
  readonly content: MessageContent;
  readonly status: MessageStatus;
  readonly error: string | null;
  readonly externalId: string | null;
  readonly flowRef: string | null;
  readonly stepRef: string | null;
  readonly attempts: number;
  readonly uncertainSends: number;
  /** Who wrote it, where it was neither the contact (`in`) nor the bot (`out`). */
  readonly author: MessageAuthor | null;
  /** Why it was allowed to leave; null: it came in, or was sent before that was written down. */
  readonly reason: SendReason | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly editedAt: Date | null;
}

/** A message of ours, whosever it is: for who has its signed address. Undefined: there is none any more. */
export async function findSentMessage(
  db: Database,
  id: number,
): Promise<Pick<StoredConversationMessage, "contactId" | "content" | "flowRef" | "stepRef"> | undefined> {
  return await db
    .selectFrom("messages")
    .select(["contactId", "content", "flowRef", "stepRef"])
    .where("id", "=", id)
    .where("direction", "=", "out")
    .executeTakeFirst();
}

const isFailure = (status: MessageStatus) => status === "failed" || status === "uncertain";
/** Written out, as the index `messages_failed` has it. */
const hasFailed = sql<SqlBool>`messages.status in ('failed', 'uncertain')`;

/** Newest first, beginning below id `before`. */
export async function listMessages(
  db: Database,
  access: Access,
  filter: { readonly contactId?: number | undefined; readonly statuses?: readonly MessageStatus[] | undefined },
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<StoredConversationMessage[]> {
  const { contactId, statuses = [] } = filter;
  return await visibleMessages(db, access)
    .$if(contactId !== undefined, (rows) => rows.where("messages.contactId", "=", contactId ?? 0))
    .$if(statuses.length > 0, (rows) => rows.where("messages.status", "in", statuses))
    .$if(statuses.length > 0 && statuses.every(isFailure), (rows) => rows.where(hasFailed))
    .$if(page.before !== undefined, (rows) => rows.where("messages.id", "<", page.before ?? 0))
    .orderBy("messages.id", "desc")
    .limit(page.limit)
    .execute();
}

/** Throws `message.not_found`. */
export async function requireMessage(db: Database, access: Access, id: number): Promise<StoredConversationMessage> {
  const message = await visibleMessages(db, access).where("messages.id", "=", id).executeTakeFirst();
  if (message === undefined) throw new AppError("message.not_found", say`there is no message ${{ id }}`);
  return message;
}

/**
 * Puts a failed or uncertain message back into the queue, where the next process with room takes it. Parts of it that went out are not
 * repeated. Throws `message.not_found`, `message.not_retryable`.
 */
export async function retryMessage(trx: Database, access: Access, id: number): Promise<StoredConversationMessage> {
  const message = await requireMessage(trx, access, id);
  const queued = await trx
    .updateTable("messages")
    .set(queuedAnew)
    .where("id", "=", id)
    .where("direction", "=", "out")
    .where("status", "in", ["failed", "uncertain"])
    .returning("id")
    .executeTakeFirst();
  if (queued === undefined) {
    throw new AppError(
      "message.not_retryable",
      say`the message is ${{ status: message.status }}; only failed and uncertain ones can be sent again`,
    );
  }
  return await requireMessage(trx, access, id);
}

/** Puts failed or uncertain messages back into the queue, the oldest after id `after` first, at most `limit`. Answers their ids, in order. */
export async function retryMessages(
  trx: Database,
  { workspaceId, botId }: Access,
  filter: { readonly statuses: readonly ("failed" | "uncertain")[]; readonly channelId?: number | undefined },
  page: { readonly after: number; readonly limit: number },
): Promise<number[]> {
  const { statuses, channelId } = filter;
  const rows = await trx
    .selectFrom("messages")
    .innerJoin("contacts", "contacts.id", "messages.contactId")
    .select("messages.id")
    .where("contacts.workspaceId", "=", workspaceId)
    .$if(botId !== undefined, (all) => all.where("contacts.botId", "=", botId ?? 0))
    .$if(channelId !== undefined, (all) => all.where("messages.channelId", "=", channelId ?? 0))
    .where(hasFailed)
    .where("messages.status", "in", statuses)
    .where("messages.direction", "=", "out")
    .where("messages.id", ">", page.after)
    .orderBy("messages.id")
    .limit(page.limit)
    .execute();
  if (rows.length === 0) return [];
  const queued = await trx
    .updateTable("messages")
    .set(queuedAnew)
    .where(
      "id",
      "in",
      rows.map(({ id }) => id),
    )
    .where("status", "in", statuses)
    .returning("id")
    .execute();
  return queued.map(({ id }) => id).sort((a, b) => a - b);
}

const queuedAnew = {
  status: "queued",
  error: null,
  attempts: 0,
  nextAttemptAt: null,
  leaseOwner: null,
  sendingAt: null,
} as const;

/** The outgoing messages that an event led to, in order. */
export async function listMessagesOfEvent(
  db: Database,
  access: Access,
  { contactId, eventId }: { readonly contactId: number; readonly eventId: number },
): Promise<StoredConversationMessage[]> {
  return await visibleMessages(db, access)
    .where("messages.contactId", "=", contactId)
    .where("messages.eventId", "=", eventId)
    .where("messages.direction", "=", "out")
    .orderBy("messages.id")
    .execute();
}

/** What an event made the bot say to the person it came from, in order. */
export async function listReplies(
  db: Database,
  to: { readonly contactId: number; readonly eventId: number; readonly channelId: number; readonly recipient: string },
): Promise<MessageContent[]> {
  const rows = await db
    .selectFrom("messages")
    .select("content")
    .where("contactId", "=", to.contactId)
    .where("eventId", "=", to.eventId)
    .where("channelId", "=", to.channelId)
    .where("recipient", "=", to.recipient)
    .where("direction", "=", "out")
    .orderBy("id")
    .execute();
  return rows.map(({ content }) => content);
}

/** What a chat shows of a contact's messages. */
export interface ChatFilter {
  readonly contactId: number;
  /** What the bot said; else only what people said. Default: yes. */
  readonly includeBot?: boolean | undefined;
  /** What agents said. Default: yes. */
  readonly includeAgent?: boolean | undefined;
  /** Unix milliseconds, both ends included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
  /** How many of the newest to pass over. */
  readonly offset?: number | undefined;
}

/** A contact's last messages, newest first. */
export async function listChat(db: Database, access: Access, filter: ChatFilter): Promise<StoredConversationMessage[]> {
  return await chatMessages(db, access, filter)
    .orderBy("messages.id", "desc")
    .limit(filter.limit)
    .offset(filter.offset ?? 0)
    .execute();
}

/** How many there are in all. */
export async function countChat(db: Database, access: Access, filter: Omit<ChatFilter, "limit">): Promise<number> {
  const { count } = await chatMessages(db, access, filter)
    .clearSelect()
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function chatMessages(db: Database, access: Access, filter: Omit<ChatFilter, "limit">) {
  const { contactId, includeBot = true, includeAgent = true, from, to } = filter;
  return visibleMessages(db, access)
    .where("messages.contactId", "=", contactId)
    .$if(!includeBot, (rows) =>
      rows.where((eb) => eb.or([eb("messages.direction", "=", "in"), eb("messages.author", "is not", null)])),
    )
    .$if(!includeAgent, (rows) => rows.where("messages.author", "is", null))
    .$if(from !== undefined, (rows) => rows.where("messages.createdAt", ">=", new Date(from ?? 0)))
    .$if(to !== undefined, (rows) => rows.where("messages.createdAt", "<=", new Date(to ?? 0)));
}

/**
 * Messages by their mids, in the order of the mids; unknown ones are left out. A mid is a message's id as text; the platform's id of the message counts too, where no message has
 * that text as its id. Platforms that number the messages of each chat from 1 have the same one in every chat, so digits alone are looked for among the contact's own messages, where one is
 * given. Of several messages with one id the newest counts.
 */
export async function findMessagesByMids(
  db: Database,
  access: Access,
  mids: readonly string[],
  contactId?: number,
): Promise<StoredConversationMessage[]> {
  const ids = mids.filter((mid) => isOurId.test(mid)).map(Number);
  const byId = ids.length === 0 ? [] : await visibleMessages(db, access).where("messages.id", "in", ids).execute();
  const found = new Map(byId.map((message) => [String(message.id), message]));
  const lookFor = async (wanted: readonly string[], where: typeof ofContact | typeof ofWorkspace) => {
    const missing = wanted.filter((mid) => !found.has(mid));
    if (missing.length === 0) return;
    const rows = where(db, access, contactId ?? 0).where("messages.externalId", "in", missing);
    for (const message of await rows.orderBy("messages.id").execute()) found.set(message.externalId ?? "", message);
  };
  if (contactId !== undefined) await lookFor(mids, ofContact);
  await lookFor(
    mids.filter((mid) => !/^\d+$/.test(mid)),
    ofWorkspace,
  );
  return [...new Set(mids)].flatMap((mid) => found.get(mid) ?? []);
}

const isOurId = /^[1-9]\d{0,14}$/;

function ofContact(db: Database, access: Access, contactId: number) {
  return visibleMessages(db, access).where("messages.contactId", "=", contactId);
}

/** By way of the workspace's channels: messages are found by channel and platform id. */
function ofWorkspace(db: Database, access: Access) {
  const channels = db
    .selectFrom("channels")
    .innerJoin("bots", "bots.id", "channels.botId")
    .select("channels.id")
    .where("bots.workspaceId", "=", access.workspaceId);
  return visibleMessages(db, access).where("messages.channelId", "in", channels);
}

/** As `findMessagesByMids` does. Throws `message.not_found`. */
export async function requireMessageByMid(
  db: Database,
  access: Access,
  mid: string,
  contactId?: number,
): Promise<StoredConversationMessage> {
  const [message] = await findMessagesByMids(db, access, [mid], contactId);
  if (message === undefined) throw new AppError("message.not_found", say`there is no message "${{ mid }}"`);
  return message;
}

function visibleMessages(db: Database, { workspaceId, botId }: Access) {
  const messages = db
    .selectFrom("messages")
    .innerJoin("contacts", "contacts.id", "messages.contactId")
    .select([
      "messages.id",
      "messages.contactId",
      "messages.channelId",
      "messages.direction",
      "messages.content",
      "messages.status",
      "messages.error",
      "messages.externalId",
      "messages.flowRef",
      "messages.stepRef",
      "messages.attempts",
      "messages.uncertainSends",
      "messages.author",
      "messages.reason",
      "messages.createdAt",
      "messages.sentAt",
      "messages.editedAt",
    ])
    .where("contacts.workspaceId", "=", workspaceId);
  return botId === undefined ? messages : messages.where("contacts.botId", "=", botId);
}

/** Gives a contact's messages to another. Those that wait to leave do so among the other's, in the order in which all of them were made. */
export async function moveMessages(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("messages").set({ contactId: to }).where("contactId", "=", from).execute();
}

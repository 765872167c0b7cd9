import { DateTime } from "luxon";
import type { Json } from "../../model/field.ts";
import { findTimeZone } from "../../store/contact-store.ts";
import {
  findMessagesByMids,
  listChat,
  requireMessageByMid,
  type StoredConversationMessage,
} from "../../store/message-store.ts";
import type { Query } from "./query-context.ts";

export const listMessages: Query<"list_messages"> = async ({ db, access, contactId }, { format, ...filter }) => {
  const newestFirst = await listChat(db, access, { ...filter, contactId });
  const messages = newestFirst.toReversed();
  if (format === "default") return { count: messages.length, messages: messages.map(presentMessage) };
  const zone = format === "text_with_time" ? await findTimeZone(db, contactId) : undefined;
  return { count: messages.length, text: messages.map((message) => toLine(message, zone)).join("\n") };
};

export const getMessage: Query<"get_message"> = async ({ db, access, contactId }, { mid }) =>
  presentMessage(await requireMessageByMid(db, access, mid, contactId));

export const getMessages: Query<"get_messages"> = async ({ db, access, contactId }, { mids }) => {
  const messages = await findMessagesByMids(db, access, mids, contactId);
  return { count: messages.length, messages: messages.map(presentMessage) };
};

/** `in` from the contact, `out` from the bot, `agent` from a person of the team: UChat's words for it, which its users' JSON paths know. */
function typeOf({ direction, author }: StoredConversationMessage): "in" | "out" | "agent" {
  return direction === "in" ? "in" : (author ?? "out");
}

function presentMessage(message: StoredConversationMessage): Json {
  const { id, contactId, channelId, content, status, externalId, createdAt } = message;
  return {
    mid: String(id),
    type: typeOf(message),
    text: content.text ?? null,
    attachments: content.attachments.map(({ kind, url, name }) => ({ kind, url: url ?? null, name: name ?? null })),
    at: createdAt.toISOString(),
    status,
    contactId,
    channelId,
    externalId,
  };
}

const speakers = { in: "User", out: "Bot", agent: "Agent" } as const;

function toLine(message: StoredConversationMessage, zone: string | undefined): string {
  const { content, createdAt } = message;
  const files = content.attachments.map(({ kind, url }) => `[${kind}${url === undefined ? "" : ` ${url}`}]`);
  const said = [content.text ?? "", ...files].filter((part) => part !== "").join(" ");
  const line = `${speakers[typeOf(message)]}: ${said}`;
  if (zone === undefined) return line;
  return `[${DateTime.fromJSDate(createdAt, { zone }).toFormat("yyyy-MM-dd HH:mm")}] ${line}`;
}

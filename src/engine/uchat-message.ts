import { z } from "zod";
import type { Contact } from "../model/contact.ts";
import type { Json } from "../model/field.ts";
import type { MediaKind, MessageAuthor, MessageContent } from "../model/message.ts";
import { toPlace } from "./render-content.ts";
import { toFlowNs, toNs } from "./uchat-ns.ts";

const messageTypes = ["text", "image", "audio", "video", "file"] as const;

const typeOf: Readonly<Record<MediaKind, (typeof messageTypes)[number]>> = {
  image: "image",
  audio: "audio",
  voice: "audio",
  video: "video",
  file: "file",
};

/** UChat's chat message; `ts` in Unix seconds. */
export const chatMessageSchema = z.strictObject({
  id: z.number().int(),
  type: z.enum(["in", "out", "agent"]),
  msg_type: z.enum(messageTypes),
  content: z.string(),
  payload: z.strictObject({ text: z.string(), url: z.string() }),
  sender_id: z.string(),
  ts: z.number().int(),
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** A message as it stands in the conversation, for whoever shows it in UChat's form. */
interface SaidMessage {
  readonly id: number;
  readonly direction: "in" | "out";
  readonly author: MessageAuthor | null;
  readonly content: MessageContent;
  /** Unix milliseconds. */
  readonly at: number;
}

/** A message in UChat's form. It has no type for a point on the map: that is a text with the address of a map. */
export function toChatMessage({ id, direction, author, content, at }: SaidMessage, userNs: string): ChatMessage {
  const [attachment] = content.attachments;
  const place = content.location === undefined ? "" : toPlace(content.location);
  const text = [content.text ?? "", place].filter((line) => line !== "").join("\n");
  const url = attachment?.url ?? "";
  return {
    id,
    type: author ?? direction,
    msg_type: attachment === undefined ? "text" : typeOf[attachment.kind],
    content: text === "" ? url : text,
    payload: { text, url },
    sender_id: userNs,
    ts: Math.floor(at / 1000),
  };
}

/** What a contact wrote, before it is known what it is stored as. */
export interface HeardMessage {
  readonly content: MessageContent;
  /** The platform's id of it; a press has none. */
  readonly externalId?: string | undefined;
  /** Unix milliseconds. */
  readonly at: number;
}

/** The body of UChat's live-chat webhook (WIRE-FORMATS 1.5). `id`: the message's own. A message that has no id in its channel has that one there as well. */
export function toLiveChatBody(
  { content, externalId, at }: HeardMessage,
  { id, contact, workspaceId }: { readonly id: number; readonly contact: Contact; readonly workspaceId: number },
): Json {
  const { botId, conversation } = contact;
  const user_ns = toNs("contact", botId, contact.id);
  // UChat's word for nobody.
  const agent_id = conversation?.agent ?? 0;
  const said = toChatMessage({ id, direction: "in", author: null, content, at }, user_ns);
  return {
    meta: { user_ns, agent_id, flow_ns: toFlowNs(botId), team_id: workspaceId },
    message: { _id: id, mid: externalId ?? String(id), ...said, agent_id },
  };
}

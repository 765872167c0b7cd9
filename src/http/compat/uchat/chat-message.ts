import { z } from "zod";
import type { MediaKind } from "../../../model/message.ts";
import type { StoredConversationMessage } from "../../../store/message-store.ts";
import { toDateTime } from "./answers.ts";

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
type ChatMessage = z.infer<typeof chatMessageSchema>;

export function presentChatMessage(message: StoredConversationMessage, userNs: string): ChatMessage {
  const { id, direction, author, content } = message;
  const [attachment] = content.attachments;
  const text = content.text ?? "";
  const url = attachment?.url ?? "";
  return {
    id,
    type: author ?? direction,
    msg_type: attachment === undefined ? "text" : typeOf[attachment.kind],
    content: text === "" ? url : text,
    payload: { text, url },
    sender_id: userNs,
    ts: Math.floor(message.createdAt.getTime() / 1000),
  };
}

const speakers = { in: "User", out: "Bot", agent: "Agent" } as const;

/** A chat as lines to read, oldest first. */
export function toTranscript(newestFirst: readonly ChatMessage[], withTime: boolean): string {
  return newestFirst
    .toReversed()
    .map(({ type, content, ts }) => `${withTime ? `[${toDateTime(ts * 1000)}] ` : ""}${speakers[type]}: ${content}`)
    .join("\n");
}

import { type ChatMessage, toChatMessage } from "../../../engine/uchat-message.ts";
import type { StoredConversationMessage } from "../../../store/message-store.ts";
import { toDateTime } from "./answers.ts";

export function presentChatMessage(message: StoredConversationMessage, userNs: string): ChatMessage {
  return toChatMessage({ ...message, at: message.createdAt.getTime() }, userNs);
}

const speakers = { in: "User", out: "Bot", agent: "Agent" } as const;

/** A chat as lines to read, oldest first. */
export function toTranscript(newestFirst: readonly ChatMessage[], withTime: boolean): string {
  return newestFirst
    .toReversed()
    .map(({ type, content, ts }) => `${withTime ? `[${toDateTime(ts * 1000)}] ` : ""}${speakers[type]}: ${content}`)
    .join("\n");
}

import type { StoredConversationMessage } from "../../store/message-store.ts";
import type { MessageBody } from "../contract/messages.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

export function presentMessage(message: StoredConversationMessage): MessageBody {
  const { id, contactId, channelId, direction, content, status, error, externalId, attempts, uncertainSends } = message;
  return {
    id,
    contactId,
    channelId,
    direction,
    content: { ...content },
    status,
    error,
    externalId,
    flow: message.flowRef,
    step: message.stepRef,
    attempts,
    uncertainSends,
    author: direction === "in" ? "contact" : (message.author ?? "bot"),
    reason: message.reason,
    createdAt: toInstant(message.createdAt),
    sentAt: toInstantOrNull(message.sentAt),
    editedAt: toInstantOrNull(message.editedAt),
  };
}

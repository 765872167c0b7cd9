import { z } from "zod";
import type { ActionCall } from "../model/action-call.ts";
import { type Attributes, readAttributes } from "./chatbot-attribute-calls.ts";
import { toLiteral } from "./literal-text.ts";

/** What ChatBot understands of a receiver's answer (WIRE-FORMATS 2.4). What else stands there is passed over. */
const answerSchema = z.object({
  responses: z
    .array(z.looseObject({ type: z.string(), message: z.unknown() }))
    .max(20)
    .default([]),
  attributes: z.unknown(),
});

/** What a receiver's answer asks for, and what of it cannot be done, as sentences. An answer of another form asks for nothing. */
export function readChatbotAnswer(body: string): {
  /** What is to be said, as action calls. */
  readonly messages: readonly ActionCall[];
  /** What `toAttributeCalls` makes calls of: they come before the messages. */
  readonly attributes: Attributes;
  readonly problems: readonly string[];
} {
  const answer = answerSchema.safeParse(parseJson(body));
  if (!answer.success) return { messages: [], attributes: new Map(), problems: [] };
  const { attributes, problems: unread } = readAttributes(answer.data.attributes);
  const messages: ActionCall[] = [];
  const problems = [...unread];
  for (const { type, message } of answer.data.responses) {
    if (type !== "text" || typeof message !== "string" || message === "")
      problems.push(`a response of type "${type}" cannot be played`);
    else messages.push({ action: "send_message", args: { content: toLiteral(message.slice(0, 4_000)) } });
  }
  return { messages, attributes, problems };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

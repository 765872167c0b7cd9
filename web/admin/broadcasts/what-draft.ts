import type { ActionCall } from "../../../src/model/action-call.ts";
import { type MessageContent, messageContentSchema } from "../../../src/model/message.ts";
import type { Start } from "../setup/flow-choice.tsx";

/** What a recipient gets, as a form has it. */
export interface WhatDraft {
  readonly kind: "content" | "flow" | "actions";
  readonly message: MessageContent;
  readonly start: Start;
  readonly actions: readonly Partial<ActionCall>[];
}

const emptyMessage: MessageContent = { text: "", attachments: [], buttons: [], quickReplies: [] };

export const emptyWhat: WhatDraft = {
  kind: "content",
  message: emptyMessage,
  start: { flow: null, step: null },
  actions: [],
};

/** A message was chosen, and nothing is in it that could be sent: buttons alone are no message (`toSendable`). */
export const lacksContent = ({ kind, message: { text = "", attachments, template, location } }: WhatDraft): boolean =>
  kind === "content" && text.trim() === "" && attachments.length === 0 && (template ?? location) === undefined;

/** As the API takes it. */
export function toWhat({ kind, message, start, actions }: WhatDraft) {
  if (kind === "actions") return { actions };
  if (kind === "flow") return { flow: start.flow ?? "", ...(start.step === null ? {} : { step: start.step }) };
  const { text = "", attachments, buttons, quickReplies } = message;
  const isText = attachments.length + buttons.length + quickReplies.length === 0 && message.subject === undefined;
  return { content: isText ? text : { ...message, text } };
}

/** One message, or one start of a flow, has a form of its own; everything else is a list of actions. */
export function fromActions(actions: readonly ActionCall[]): WhatDraft {
  const [first, second] = actions;
  const { action, args = {} } = first ?? {};
  const names = Object.keys(args);
  if (second === undefined && action === "send_message" && names.join() === "content") {
    const { content } = args as { readonly content: unknown };
    if (typeof content === "string") return { ...emptyWhat, message: { ...emptyMessage, text: content } };
    const parsed = messageContentSchema.safeParse(content);
    if (parsed.success) return { ...emptyWhat, message: parsed.data };
  }
  const { flow, step = null } = args as { readonly flow?: unknown; readonly step?: unknown };
  const isStart = action === "start_flow" && names.every((one) => one === "flow" || one === "step");
  if (second === undefined && isStart && typeof flow === "string" && (step === null || typeof step === "string")) {
    return { ...emptyWhat, kind: "flow", start: { flow, step } };
  }
  return { ...emptyWhat, kind: "actions", actions };
}

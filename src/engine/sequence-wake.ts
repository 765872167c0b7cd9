import type { Position } from "../model/contact.ts";
import type { MessageContent } from "../model/message.ts";
import type { SequenceStep } from "../model/sequence.ts";
import type { ContactContext } from "./action-type.ts";
import { evaluateCondition } from "./condition.ts";
import { DraftContext, startFlow } from "./contact-context.ts";
import { holdPosition } from "./conversation.ts";
import type { Draft } from "./draft.ts";
import { fillContent } from "./fill-content.ts";
import { toSendable } from "./sendable.ts";
import { arm, dueOf, progressOf, settleSequence } from "./sequence-progress.ts";
import { findNextStep } from "./sequence-schedule.ts";

/**
 * A subscriber's wait is over: the step that is next by now is sent or started, or skipped with the reason in the history, and the wait for the one behind it begins. Where the sequence was changed
 * meanwhile so that the step is not due yet, the wait is put right. While an agent talks, the step waits.
 */
export function wakeSequence(draft: Draft, wait: Position): void {
  const { bot, contact, event, facts } = draft;
  const sequence = bot.sequences.get(wait.step);
  const progress = progressOf(wait);
  const step = sequence === undefined ? undefined : findNextStep(sequence, progress);
  const due = step === undefined ? undefined : dueOf(draft, step, progress);
  if (sequence === undefined || step === undefined || due === undefined || !contact.sequences.includes(sequence.ref)) {
    settleSequence(draft, wait.step);
    return;
  }
  if ("at" in due && due.at > event.at) {
    settleSequence(draft, wait.step);
    return;
  }
  // Who is banned gets nothing, and is not waited for.
  if (contact.bannedAt === undefined && (contact.conversation?.pausedUntil ?? 0) > event.at) {
    holdPosition(draft, wait);
    return;
  }
  draft.lane = "bulk";
  const reason = "skip" in due ? due.skip : deliver(draft, sequence.ref, step);
  const where = { sequence: sequence.ref, step: step.ref };
  if (reason === undefined) facts.push({ kind: "sequence_step", ...where, result: step.content.kind });
  else facts.push({ kind: "sequence_step", ...where, result: "skipped", reason });
  const next = {
    passed: [...progress.passed, step.ref],
    next: null,
    since: event.at,
    sent: progress.sent + (reason === undefined ? 1 : 0),
  };
  arm(draft, sequence, next, wait);
}

/** Why the step could not be, as a stable word; undefined: it is sent or started. */
function deliver(draft: Draft, sequence: string, step: SequenceStep): string | undefined {
  const obstacle = findObstacle(draft);
  if (obstacle !== undefined) return obstacle;
  const context = new DraftContext(draft, { flow: toSource(sequence), step: step.ref });
  if (step.condition !== undefined && !evaluateCondition(step.condition, scopeOf(draft, context))) return "condition";
  const { content } = step;
  if (content.kind === "flow") {
    return startFlow(draft, content.flow, { step: content.step, by: "sequence" }) ? undefined : "no_flow";
  }
  const message = toSendable(write(content.content, context, { sequence, step: step.ref }), context);
  if (message === undefined) return "empty";
  if (context.send(message, { seeksTemplates: true })) return undefined;
  const told = draft.facts.at(-1);
  return told?.kind === "message_skipped" ? told.reason : "no_channel";
}

/** What stands against saying anything; a flow is not started for it either. */
function findObstacle({ contact }: Draft): string | undefined {
  if (contact.bannedAt !== undefined) return "banned";
  if (!contact.identities.some(({ status }) => status === "active")) {
    return contact.identities.length > 0 ? "blocked" : "no_channel";
  }
  return contact.optedOutAt === undefined ? undefined : "opted_out";
}

function scopeOf({ contact, bot, variables, message, event, channelId }: Draft, context: ContactContext) {
  const deals = () => context.deals.list();
  return { contact, bot, variables, values: {}, message, now: event.at, channelId, deals };
}

function write(
  content: string | MessageContent,
  context: ContactContext,
  place: { readonly sequence: string; readonly step: string },
): MessageContent {
  if (typeof content === "string") {
    return { text: context.render(content), attachments: [], buttons: [], quickReplies: [] };
  }
  const filled = fillContent(content, (text) => context.render(text));
  const press = (index: number) => toSequencePayload({ ...place, index });
  return {
    ...filled,
    buttons: filled.buttons.map((button, index) =>
      button.type === "press" ? { ...button, payload: press(index) } : button,
    ),
    quickReplies: filled.quickReplies.map((reply, index) => ({
      ...reply,
      payload: press(filled.buttons.length + index),
    })),
  };
}

/** What stands as the flow of a sequence's messages, in numbers and in the history: no flow's ref has a colon. */
export function toSource(sequence: string): string {
  return `sequence:${sequence}`;
}

interface Pressed {
  readonly sequence: string;
  readonly step: string;
  /** Which of the message's buttons and then quick replies, from 0. */
  readonly index: number;
}

const payloadPattern = /^sequence\/([A-Za-z0-9_-]{1,20})\/([A-Za-z0-9_-]{1,20})\/(\d{1,2})$/;

/** What a button of a sequence's message carries, so that its presses are counted: at most 54 bytes (`toButtonPayload` says why). */
export function toSequencePayload({ sequence, step, index }: Pressed): string {
  return `sequence/${sequence}/${step}/${index}`;
}

/** The payload that the button was given in the step, with the press noted; the payload as it came, where it is no sequence's. */
export function readPress(draft: Draft, payload: string): string {
  const [, sequence, ref, written] = payloadPattern.exec(payload) ?? [];
  if (sequence === undefined || ref === undefined) return payload;
  const step = draft.bot.sequences.get(sequence)?.steps.find((one) => one.ref === ref);
  const content = step?.content.kind === "message" ? step.content.content : undefined;
  const index = Number(written);
  if (content === undefined || typeof content === "string") return payload;
  draft.facts.push({ kind: "sequence_clicked", sequence, step: ref, button: index });
  const button = [...content.buttons, ...content.quickReplies][index];
  return button !== undefined && "payload" in button ? button.payload : payload;
}

import type { SequenceDetailBody } from "../../../src/http/contract/sequences.ts";
import { type MessageContent, messageContentSchema } from "../../../src/model/message.ts";
import type { SequenceContent, SequenceDelay, SequenceSettings, SequenceStep } from "../../../src/model/sequence.ts";

/** A sequence as its editor has it. */
export interface SequenceDraft extends SequenceSettings {
  readonly name: string;
  readonly steps: readonly SequenceStep[];
}

export function fromSequence({ name, steps, restart, onReply, pauseHours }: SequenceDetailBody): SequenceDraft {
  return { name, steps, restart, onReply, pauseHours };
}

const letters = "abcdefghjkmnpqrstvwxyz23456789";

/** A ref that no step has. */
export function freshRef(steps: readonly Pick<SequenceStep, "ref">[]): string {
  for (;;) {
    const ref = Array.from(
      crypto.getRandomValues(new Uint8Array(8)),
      (byte) => letters[byte % letters.length] ?? "a",
    ).join("");
    if (!steps.some((step) => step.ref === ref)) return ref;
  }
}

/** The first thing is said soon, what follows a day later. */
export function newStep(steps: readonly SequenceStep[]): SequenceStep {
  const delay: SequenceDelay =
    steps.length === 0
      ? { mode: "after", amount: 5, unit: "minutes", weekdays: [] }
      : { mode: "after", amount: 1, unit: "days", weekdays: [] };
  return { ref: freshRef(steps), isOn: true, delay, content: { kind: "message", content: "" } };
}

/** The list with the step at `from` moved by so many places; the same list where there is no such place. */
export function moveStep(steps: readonly SequenceStep[], from: number, by: number): readonly SequenceStep[] {
  const step = steps[from];
  const to = from + by;
  if (step === undefined || to < 0 || to >= steps.length) return steps;
  return steps.toSpliced(from, 1).toSpliced(to, 0, step);
}

/** With a copy behind it, which is another step: whoever had the one has not had the other. */
export function duplicateStep(steps: readonly SequenceStep[], at: number): readonly SequenceStep[] {
  const step = steps[at];
  return step === undefined ? steps : steps.toSpliced(at + 1, 0, { ...step, ref: freshRef(steps) });
}

const emptyMessage: MessageContent = { text: "", attachments: [], buttons: [], quickReplies: [] };

export function messageOf(content: SequenceContent): MessageContent {
  if (content.kind !== "message") return emptyMessage;
  if (typeof content.content === "string") return { ...emptyMessage, text: content.content };
  return messageContentSchema.parse(content.content);
}

/** A text alone stays one. */
export function toContent(message: MessageContent): SequenceContent {
  const { text = "", attachments, buttons, quickReplies, subject, template } = message;
  const isText =
    attachments.length + buttons.length + quickReplies.length === 0 && subject === undefined && template === undefined;
  return { kind: "message", content: isText ? text : message };
}

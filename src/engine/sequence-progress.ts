import type { Position } from "../model/contact.ts";
import type { Json } from "../model/field.ts";
import type { PastSequence, SequenceDefinition, SequenceEnd, SequenceStep } from "../model/sequence.ts";
import { addWait, type Draft, removePosition } from "./draft.ts";
import { noFlow } from "./scheduled.ts";
import { type Due, findDue, findNextStep, isLive, type SequenceProgress } from "./sequence-schedule.ts";
import { zoneOf } from "./time.ts";

/**
 * The wait of a subscription is a position of this kind, which belongs to no flow (as a scheduled message's): `step` is the sequence's ref, the state how far the subscriber has come. Timers wake it, a merge
 * takes it along, nothing that ends walks ends it. Who is subscribed to a sequence without steps has none.
 */
const kind = "sequence";

export function isSequenceWait(position: Pick<Position, "flow" | "kind">): boolean {
  return position.flow === noFlow && position.kind === kind;
}

export function progressOf({ state }: Pick<Position, "state">): SequenceProgress {
  return state as unknown as SequenceProgress;
}

export function findSequenceWait({ contact }: Pick<Draft, "contact">, ref: string): Position | undefined {
  return contact.positions.find((one) => isSequenceWait(one) && one.step === ref);
}

/** When the step is due for the contact at hand. */
export function dueOf({ contact, bot }: Draft, step: SequenceStep, progress: SequenceProgress): Due {
  const read = (field: string) => contact.fields[bot.fields.get(field)?.key ?? field];
  return findDue(step.delay, progress, { zone: zoneOf(contact, bot), read });
}

/** False: the sequence's restart rule says no, or nothing is changed by it. */
export function subscribe(draft: Draft, ref: string): boolean {
  const sequence = draft.bot.sequences.get(ref);
  const past = draft.contact.pastSequences?.[ref];
  const wait = findSequenceWait(draft, ref);
  const restart = sequence?.restart ?? "after_end";
  const fresh: SequenceProgress = { passed: [], next: null, since: draft.event.at, sent: 0 };
  if (draft.contact.sequences.includes(ref)) {
    if (wait === undefined || sequence === undefined) return false;
    if (restart === "continue") return endPause(draft, sequence, wait);
    if (restart !== "always") return false;
    removePosition(draft, wait.id);
    draft.facts.push({ kind: "sequence_subscribed", sequence: ref });
    arm(draft, sequence, fresh, undefined);
    return true;
  }
  if (past !== undefined && restart === "never") return false;
  const goesOn = past !== undefined && restart === "continue";
  const progress = goesOn ? { ...fresh, passed: past.passed, next: past.next } : fresh;
  if (goesOn && sequence !== undefined && isThrough(sequence, progress)) return false;
  const { [ref]: _past, ...pastSequences } = draft.contact.pastSequences ?? {};
  const sequences = [...draft.contact.sequences, ref];
  draft.contact = { ...draft.contact, sequences, ...(past === undefined ? {} : { pastSequences }) };
  draft.facts.push({ kind: "sequence_subscribed", sequence: ref });
  if (sequence !== undefined) arm(draft, sequence, progress, undefined);
  return true;
}

/** A step that a reply has put off is due as if there had been none. */
function endPause(draft: Draft, sequence: SequenceDefinition, wait: Position): boolean {
  const { notBefore, ...progress } = progressOf(wait);
  if (notBefore === undefined || notBefore <= draft.event.at) return false;
  arm(draft, sequence, progress, wait);
  return true;
}

/** Has steps, and none of them is left. */
function isThrough(sequence: SequenceDefinition, progress: SequenceProgress): boolean {
  return sequence.steps.some(isLive) && findNextStep(sequence, progress) === undefined;
}

export function unsubscribe(draft: Draft, ref: string): boolean {
  if (!draft.contact.sequences.includes(ref)) return false;
  const wait = findSequenceWait(draft, ref);
  endSubscription(draft, ref, "unsubscribed", wait === undefined ? { passed: [], next: null } : progressOf(wait));
  return true;
}

function endSubscription(
  draft: Draft,
  ref: string,
  end: SequenceEnd,
  { passed, next }: Pick<SequenceProgress, "passed" | "next">,
): void {
  const { facts, event } = draft;
  const wait = findSequenceWait(draft, ref);
  if (wait !== undefined) removePosition(draft, wait.id);
  const { contact } = draft;
  const past: PastSequence = { end, at: event.at, passed, next };
  draft.contact = {
    ...contact,
    sequences: contact.sequences.filter((other) => other !== ref),
    pastSequences: { ...contact.pastSequences, [ref]: past },
  };
  if (end === "finished") facts.push({ kind: "sequence_finished", sequence: ref });
  else facts.push({ kind: "sequence_unsubscribed", sequence: ref, ...(end === "replied" ? { reason: end } : {}) });
}

/**
 * Sets the wait by the sequence as it is now, in place of the one that there was. Nothing left: the subscription is finished, unless the sequence has no step at all (any more): then it waits for one.
 * What is to be skipped is so by the timer, so that what follows in this very decision (a date that is asked for) still counts.
 */
export function arm(
  draft: Draft,
  sequence: SequenceDefinition,
  progress: SequenceProgress,
  wait: Position | undefined,
): void {
  const { ref } = sequence;
  const step = findNextStep(sequence, progress);
  if (step === undefined && sequence.steps.some(isLive)) {
    endSubscription(draft, ref, "finished", { passed: progress.passed, next: null });
    return;
  }
  if (step === undefined && progress.passed.length === 0) {
    if (wait !== undefined) removePosition(draft, wait.id);
    return;
  }
  const due = step === undefined ? undefined : dueOf(draft, step, progress);
  const wakeAt = due === undefined ? undefined : "at" in due ? due.at : progress.since;
  const state: SequenceProgress = { ...progress, next: step?.ref ?? null };
  if (wait === undefined) addSequenceWait(draft, ref, state, wakeAt);
  else if (wait.wakeAt !== wakeAt || !isSame(progressOf(wait), state)) {
    removePosition(draft, wait.id);
    addSequenceWait(draft, ref, state, wakeAt);
  }
}

function isSame(a: SequenceProgress, b: SequenceProgress): boolean {
  return (
    a.next === b.next &&
    a.since === b.since &&
    a.notBefore === b.notBefore &&
    a.sent === b.sent &&
    a.passed.join() === b.passed.join()
  );
}

function addSequenceWait(draft: Draft, ref: string, state: SequenceProgress, wakeAt: number | undefined): void {
  addWait(draft, {
    flow: noFlow,
    step: ref,
    kind,
    waitsFor: "time",
    wakeAt,
    state: state as unknown as Json,
    values: {},
  });
}

/** Puts a subscriber's wait right after the sequence was changed, or begins it where the sequence had no steps so far. */
export function settleSequence(draft: Draft, ref: string): void {
  const sequence = draft.bot.sequences.get(ref);
  const wait = findSequenceWait(draft, ref);
  if (sequence === undefined || !draft.contact.sequences.includes(ref)) {
    if (wait !== undefined) removePosition(draft, wait.id);
    return;
  }
  const begun: SequenceProgress = { passed: [], next: null, since: draft.event.at, sent: 0 };
  arm(draft, sequence, wait === undefined ? begun : progressOf(wait), wait);
}

/** What the contact's waits depend on was changed: a date, or the clock that counts. */
export function settleWaits(draft: Draft): void {
  for (const { step } of draft.contact.positions.filter(isSequenceWait)) settleSequence(draft, step);
}

/** The contact has written. Nothing was said by a sequence yet: then it is no reply to it. */
export function heedReply(draft: Draft): void {
  for (const wait of draft.contact.positions.filter(isSequenceWait)) {
    const sequence = draft.bot.sequences.get(wait.step);
    const progress = progressOf(wait);
    if (sequence === undefined || progress.sent === 0) continue;
    if (sequence.onReply === "end") endSubscription(draft, sequence.ref, "replied", progress);
    if (sequence.onReply === "pause") {
      const notBefore = draft.event.at + sequence.pauseHours * 3_600_000;
      arm(draft, sequence, { ...progress, notBefore }, wait);
    }
  }
}

/**
 * Two contacts have become one: of a sequence that both were in, the one who had come further goes on, and nobody gets what either of them had already.
 */
export function mergeSequences(draft: Draft, others: readonly Readonly<Record<string, PastSequence>>[]): void {
  for (const ref of draft.contact.sequences) {
    const sequence = draft.bot.sequences.get(ref);
    const waits = draft.contact.positions.filter((one) => isSequenceWait(one) && one.step === ref);
    const [furthest] = waits.toSorted((a, b) => progressOf(b).passed.length - progressOf(a).passed.length);
    if (sequence === undefined || furthest === undefined) continue;
    const own = progressOf(furthest);
    const elsewhere = [
      ...waits.flatMap((wait) => progressOf(wait).passed),
      ...others.flatMap((past) => past[ref]?.passed ?? []),
    ];
    // In front, for the last of all says where the contact stands.
    const added = [...new Set(elsewhere)].filter((step) => !own.passed.includes(step));
    if (waits.length < 2 && added.length === 0) continue;
    for (const { id } of waits) removePosition(draft, id);
    const passed = [...added, ...own.passed];
    arm(draft, sequence, { ...own, passed }, undefined);
  }
}

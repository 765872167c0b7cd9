import type { Contact, Position } from "../model/contact.ts";
import { type Draft, replacePosition } from "./draft.ts";
import { noFlow } from "./scheduled.ts";

/**
 * The waits to which a text is offered, the one that was asked last first: questions, and messages whose buttons' titles count where they are typed. A question
 * that was left is none of them.
 */
export function listenersOf({ positions }: Contact): Position[] {
  return positions.filter((position) => hears(position) || position.waitsFor === "button").toReversed();
}

/** The question that takes the next text, unless that is a keyword that interrupts or the title of a later button; undefined: none, or the bot is silent at `now` (Unix milliseconds). */
export function findListener(contact: Contact, now: number): Position | undefined {
  return isSilentTo(contact, now) ? undefined : contact.positions.findLast(hears);
}

/** Whether the bot says nothing to the contact of its own accord: a person talks, or the contact is banned. */
export function isSilentTo(contact: Contact, now: number): boolean {
  return contact.bannedAt !== undefined || isPausedFor(contact, now);
}

/** Whether somebody else talks with the contact at `now` (Unix milliseconds). */
export function isPausedFor({ conversation }: Contact, now: number): boolean {
  return (conversation?.pausedUntil ?? 0) > now;
}

/** Nobody looks at a chat for longer and thinks that an answer is being written. */
const momentMs = 10_000;

/** Whether the bot may go on by itself in a moment: something is found out for a flow, or a short delay runs. `at`: Unix milliseconds. */
export function goesOnSoon({ positions }: Contact, at: number): boolean {
  return positions.some(
    ({ waitsFor, wakeAt = at }) => waitsFor === "job" || (waitsFor === "time" && wakeAt - at <= momentMs),
  );
}

/**
 * Whoever goes on in one flow leaves what others asked: they answered what was asked later, or their word, press or link leads to something that waits. A flow that
 * only says its piece leaves the questions as they were. `before`: the contact's positions as the event found them.
 */
export function leaveOtherQuestions(draft: Draft, before: readonly Position[]): void {
  const { turn, event } = draft;
  if (turn === undefined) return;
  const isNew = ({ id, flow }: Position) => flow !== noFlow && id.startsWith(`${event.id}-`);
  const leadsToWait = draft.contact.positions.some(isNew);
  const answeredAt = before.findIndex(({ id }) => id === turn.answered?.id);
  const isEarlier = (position: Position) => before.findIndex(({ id }) => id === position.id) < answeredAt;
  leave(draft, (position) => position.flow !== turn.flow && !isNew(position) && (leadsToWait || isEarlier(position)));
}

/** Somebody of the company answers: what is written next is for them. */
export function leaveAllQuestions(draft: Draft): void {
  leave(draft, () => true);
}

/** The bot goes on where it was: what it asked last hears again. A question before that was left for what came after it. */
export function takeUpLastQuestion(draft: Draft): void {
  const last = draft.contact.positions.findLast(({ flow }) => flow !== noFlow);
  if (last?.isLeft === true) replacePosition(draft, last, { isLeft: undefined });
}

function leave(draft: Draft, isMeant: (position: Position) => boolean): void {
  for (const position of draft.contact.positions) {
    if (!hears(position) || !isMeant(position)) continue;
    replacePosition(draft, position, { isLeft: true });
    draft.facts.push({ kind: "question_left", flow: position.flow, step: position.step });
  }
}

function hears({ waitsFor, isLeft }: Position): boolean {
  return waitsFor === "reply" && isLeft !== true;
}

import type { Contact, Position } from "../model/contact.ts";
import { type ConsentKind, type Conversation, forever, newConversation } from "../model/conversation.ts";
import type { Json } from "../model/field.ts";
import type { Fact } from "../model/outcome.ts";
import { type Draft, replacePosition } from "./draft.ts";
import { isSilentTo, leaveAllQuestions, takeUpLastQuestion } from "./listening.ts";
import { noFlow } from "./scheduled.ts";

/** What is said when a conversation is closed. */
export interface Closing {
  readonly note: string;
  readonly summary: string;
  /** The address of a file. */
  readonly attachment?: string | undefined;
}

/** The live side of the contact, as actions change it. Each method that changes nothing records nothing. */
export interface ConversationContext {
  readonly state: Conversation;
  /** `closing`: what is said at the close. */
  move(status: Conversation["status"], closing?: Closing): boolean;
  /** The member is known to be one. */
  assign(agent: number | undefined): boolean;
  /** Draws a member's attention to the conversation. The member is known to be one. */
  mention(agent: number, comment: string): void;
  /** The bot keeps still until then (Unix milliseconds; `forever`). */
  pause(until: number): void;
  /** Somebody of the company talks: the bot keeps still for so many minutes at least, and what it asked before is left. Told of once, however often it is prolonged. */
  keepStill(minutes: number): void;
  /** Waits that fell due meanwhile end at once, and what the bot asked last takes the next text again, unless the conversation is closed: then that is over. */
  resume(): boolean;
  setBanned(isBanned: boolean): boolean;
  setConsent(kind: ConsentKind, granted: boolean): boolean;
  /** What came so far has been read; or (false) nothing has. */
  setRead(isRead: boolean): boolean;
  /** Somebody of the team looked at the profile: `agent`, a member's id. */
  noteView(agent: number | null): void;
  logEvent(event: Omit<Extract<Fact, { kind: "custom_event" }>, "kind">): void;
  /** Ends the waits of all delays, with the walks that stood in them. Returns how many. */
  dropDelays(): number;
}

/** Whether the bot says nothing of its own accord: a person talks, or the contact is banned. What doors and agents start runs all the same. */
export function isSilent({ contact, event }: Draft): boolean {
  return isSilentTo(contact, event.at);
}

/** A wait that fell due while the bot is silent goes on when it may speak again. */
export function holdPosition(draft: Draft, position: Position): void {
  replacePosition(draft, position, { wakeAt: endOfSilence(draft) });
}

/** What a job found while the bot is silent is kept until it may speak again. */
export function holdJobResult(draft: Draft, position: Position, result: Json): void {
  const state = { heldJobResult: result, state: position.state };
  replacePosition(draft, position, { wakeAt: endOfSilence(draft), state });
}

/** The position as it was, with what its job found while the bot was silent; undefined: nothing was kept. */
export function findHeldResult(position: Position): { readonly position: Position; readonly result: Json } | undefined {
  const { state, waitsFor } = position;
  if (waitsFor !== "job" || typeof state !== "object" || state === null || Array.isArray(state)) return undefined;
  if (!Object.hasOwn(state, "heldJobResult")) return undefined;
  return { position: { ...position, state: state.state ?? null }, result: state.heldJobResult ?? null };
}

function endOfSilence({ contact }: Draft): number {
  return contact.bannedAt !== undefined ? forever : (contact.conversation?.pausedUntil ?? forever);
}

/** What somebody writes opens a closed conversation again. */
export function reopen(draft: Draft): void {
  const { conversation } = draft.contact;
  if (conversation?.status === "done") move(draft, "open");
}

/** `flow`: the one whose step acts, where it is one. */
export function createConversationContext(draft: Draft, flow?: string): ConversationContext {
  return {
    get state() {
      return draft.contact.conversation ?? newConversation;
    },
    move: (status, closing) => move(draft, status, closing),
    assign(agent) {
      if (stateOf(draft).agent === agent) return false;
      const fact: Fact = agent === undefined ? { kind: "agent_unassigned" } : { kind: "agent_assigned", agent };
      return set(draft, { agent }, fact);
    },
    mention(agent, comment) {
      // What a flow does is its own, also where a member started it.
      const { by } = draft.event;
      const who = flow !== undefined ? { flow } : by !== undefined ? { by } : {};
      draft.facts.push({ kind: "agent_mentioned", agent, comment, ...who });
    },
    pause: (until) => pause(draft, until, { kind: "bot_paused", until: until === forever ? null : until }),
    keepStill(minutes) {
      const until = draft.event.at + minutes * 60_000;
      const { pausedUntil = 0 } = stateOf(draft);
      if (until <= draft.event.at) return;
      leaveAllQuestions(draft);
      if (pausedUntil >= until) return;
      pause(draft, until, pausedUntil > draft.event.at ? undefined : { kind: "bot_paused", until });
    },
    resume() {
      const { pausedUntil, status } = stateOf(draft);
      if (pausedUntil === undefined) return false;
      const wasSilent = pausedUntil > draft.event.at;
      set(draft, { pausedUntil: undefined }, wasSilent ? { kind: "bot_resumed" } : undefined);
      if (wasSilent && status !== "done") takeUpLastQuestion(draft);
      if (draft.contact.bannedAt === undefined) release(draft, pausedUntil, draft.event.at);
      return wasSilent;
    },
    setBanned(isBanned) {
      if ((draft.contact.bannedAt !== undefined) === isBanned) return false;
      draft.contact = { ...draft.contact, bannedAt: isBanned ? draft.event.at : undefined };
      draft.facts.push({ kind: isBanned ? "banned" : "unbanned" });
      const { pausedUntil } = stateOf(draft);
      if (!isBanned) release(draft, forever, isSilent(draft) ? (pausedUntil ?? forever) : draft.event.at);
      return true;
    },
    setConsent(kind, granted) {
      if (draft.contact.consents?.[kind]?.granted === granted) return false;
      const consents = { ...draft.contact.consents, [kind]: { granted, at: draft.event.at } };
      draft.contact = { ...draft.contact, consents };
      draft.facts.push({ kind: "consent_changed", consent: kind, granted });
      return true;
    },
    setRead(isRead) {
      const { lastInboundAt } = draft.contact;
      const { readAt } = stateOf(draft);
      const isUnread = lastInboundAt !== undefined && (readAt ?? 0) < lastInboundAt;
      if (lastInboundAt === undefined || isUnread !== isRead) return false;
      return set(draft, { readAt: isRead ? draft.event.at : 0 }, { kind: isRead ? "marked_read" : "marked_unread" });
    },
    noteView(agent) {
      draft.facts.push({ kind: "profile_viewed", agent });
    },
    logEvent(event) {
      draft.facts.push({ kind: "custom_event", ...event });
    },
    dropDelays() {
      const delays = draft.contact.positions.filter(({ waitsFor, flow }) => waitsFor === "time" && flow !== noFlow);
      for (const { flow, step } of delays) {
        draft.facts.push({ kind: "position_ended", flow, step, reason: "stopped" });
      }
      const positions = draft.contact.positions.filter((position) => !delays.includes(position));
      if (delays.length > 0) draft.contact = { ...draft.contact, positions };
      return delays.length;
    },
  };
}

const stateOf = ({ contact }: Draft): Conversation => contact.conversation ?? newConversation;

function pause(draft: Draft, until: number, fact: Fact | undefined): void {
  const before = stateOf(draft).pausedUntil;
  set(draft, { pausedUntil: until }, fact);
  // What waits for the end of the old pause waits for that of the new one.
  if (before !== undefined) release(draft, before, until);
}

function set(draft: Draft, part: Partial<Conversation>, fact: Fact | undefined): true {
  const conversation = { ...stateOf(draft), ...part };
  draft.contact = { ...draft.contact, conversation } satisfies Contact;
  if (fact !== undefined) draft.facts.push(fact);
  return true;
}

function move(draft: Draft, status: Conversation["status"], closing?: Closing): boolean {
  const isMoved = stateOf(draft).status !== status;
  if (isMoved) set(draft, { status }, { kind: "conversation_moved", status });
  if (closing !== undefined) draft.facts.push({ kind: "closing_note_added", ...closing });
  return isMoved;
}

/** Waits that were put off to `held` end at `wakeAt`. */
function release(draft: Draft, held: number, wakeAt: number): void {
  for (const position of draft.contact.positions) {
    if (position.wakeAt === held) replacePosition(draft, position, { wakeAt });
  }
}

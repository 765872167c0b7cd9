import type { ActionCall } from "../model/action-call.ts";
import { type Identity, type Position, type Profile, profileKeys } from "../model/contact.ts";
import { newConversation } from "../model/conversation.ts";
import type { Event, Happening, InboundMessage } from "../model/event.ts";
import type { Answer, Outcome } from "../model/outcome.ts";
import type { ResultMapping } from "../model/result-mapping.ts";
import { type Sentence, say } from "../model/sentence.ts";
import type { World } from "../model/world.ts";
import { parseActionCall } from "./actions.ts";
import { confirmConsent, hearConsent } from "./consent-words.ts";
import { DraftContext, startFlow } from "./contact-context.ts";
import { findHeldResult, holdJobResult, holdPosition, isSilent, reopen } from "./conversation.ts";
import { createDraft, type Draft, isOfEvent, removePosition, toOutcome } from "./draft.ts";
import { enterByLink, findTypedEntry } from "./entry.ts";
import { leaveOtherQuestions, listenersOf } from "./listening.ts";
import { mergeContacts } from "./merge.ts";
import { checkMappings, saveResult } from "./save-result.ts";
import { isScheduled, toScheduledMessage } from "./scheduled.ts";
import { heedReply, isSequenceWait, settleSequence, settleWaits } from "./sequence-progress.ts";
import { readPress, wakeSequence } from "./sequence-wake.ts";
import { findExactKeyword, findKeyword, findTriggers, type Triggered } from "./triggers.ts";
import { type Catalogue, parseButtonPayload, press, resume, startByPayload, walk } from "./walk.ts";

/** Decides what follows from one event: no I/O, no clock, no randomness but the event's own. */
export type Advance = (world: World, event: Event) => Outcome;

type Handler<K extends Happening["kind"]> = (
  draft: Draft,
  event: Event & Extract<Happening, { kind: K }>,
  catalogue: Catalogue,
) => Answer | undefined;

/** One line an event kind; the compiler names a missing one. */
const handlers: { readonly [K in Happening["kind"]]: Handler<K> } = {
  message: (draft, event, catalogue) => {
    noteInbound(draft);
    if (isRestOfAlbum(draft, event.message)) return undefined;
    heedReply(draft);
    const payload = findTypedEntry(draft, event.message.text ?? "");
    if (payload !== undefined) {
      enter(draft, payload);
      return undefined;
    }
    hear(draft, event.message, catalogue);
    return undefined;
  },
  message_edited: () => undefined,
  link_opened: (draft, { message, title, url, flow, step }) => {
    draft.facts.push({ kind: "link_opened", message, title, url, flow, step });
    return undefined;
  },
  outside_message: (draft) => {
    noteOutside(draft);
    return undefined;
  },
  button: (draft, event, catalogue) => {
    noteInbound(draft);
    const payload = readPress(draft, event.payload);
    const target = parseButtonPayload(payload);
    if (target !== undefined) {
      if (!isSilent(draft)) press(draft, catalogue, target);
      return undefined;
    }
    // A payload that is not ours (a menu set up elsewhere) speaks like a typed text.
    if (isSilent(draft) || !startByPayload(draft, payload)) {
      hear(draft, { text: payload, attachments: [] }, catalogue);
    }
    return undefined;
  },
  start: (draft, event) => {
    noteInbound(draft);
    enter(draft, event.payload);
    return undefined;
  },
  blocked: (draft) => {
    setIdentityStatus(draft, "blocked");
    return undefined;
  },
  unblocked: (draft) => {
    setIdentityStatus(draft, "active");
    return undefined;
  },
  message_status: (draft, event) => {
    const { status, mid, andEarlier, until, reason, channelId } = event;
    // Which messages that is, the store knows, which writes it down.
    if (channelId !== undefined) {
      draft.facts.push({ kind: `message_${status}`, channelId, mid, andEarlier, until, reason });
    }
    return undefined;
  },
  timer: (draft, event, catalogue) => {
    const position = draft.contact.positions.find(({ id }) => id === event.positionId);
    // Gone on meanwhile, or moved to later: nothing is due.
    if (position?.wakeAt !== undefined && position.wakeAt <= event.at) {
      if (isScheduled(position)) sendScheduled(draft, position);
      else if (isSequenceWait(position)) wakeSequence(draft, position);
      else if (isSilent(draft)) holdPosition(draft, position);
      else endWait(draft, catalogue, position);
    }
    return undefined;
  },
  job_result: (draft, event, catalogue) => {
    const position = draft.contact.positions.find(({ id }) => id === event.positionId);
    if (position?.waitsFor !== "job") return undefined;
    if (isSilent(draft)) holdJobResult(draft, position, event.result);
    else resume(draft, catalogue, position, { kind: "job_result", result: event.result });
    return undefined;
  },
  actions: (draft, event, catalogue) => runActions(draft, event.actions, catalogue),
  merge: (draft, event) => mergeContacts(draft, event),
  sequence_changed: (draft, event) => {
    settleSequence(draft, event.sequence);
    return undefined;
  },
};

/** Whether this release knows such an event; what a newer one has stored may be another. */
export const isKnownHappening = (kind: string): kind is Happening["kind"] => Object.hasOwn(handlers, kind);

/**
 * The engine over given registries. `advance(world, event)` walks every position that the event moves and every flow that it
 * starts, and hands back the whole outcome; the world stays as it was.
 */
export function createAdvance(catalogue: Catalogue): Advance {
  return (world, event) => {
    const draft = createDraft(world, event);
    // The table is typed by kind; TypeScript cannot see that the event's kind chose the handler.
    const handle = handlers[event.kind] as Handler<Happening["kind"]>;
    const answer = handle(draft, event as never, catalogue);
    if (answer?.status === "refused") return toOutcome(createDraft(world, event), answer);
    if (world.isNew === true) askForProfile(draft);
    walk(draft, catalogue);
    leaveOtherQuestions(draft, world.contact.positions);
    const { fields, profile } = world.contact;
    const isMoved = draft.contact.fields !== fields || draft.contact.profile.timeZone !== profile.timeZone;
    if (isMoved) settleWaits(draft);
    return toOutcome(draft, answer ?? { status: "done" });
  };
}

/** A job: nothing waits for it, and what the person says of themselves meanwhile is worth more. */
function askForProfile({ bot, event, channelId, jobs }: Draft): void {
  const { externalId } = event;
  const rules = channelId === undefined ? undefined : bot.channelRules?.get(bot.channels.get(channelId) ?? "");
  if (channelId === undefined || channelId !== event.channelId) return;
  if (externalId === undefined || rules?.looksUpProfiles !== true) return;
  jobs.push({ kind: "look-up-profile", data: { channelId, person: externalId }, group: String(channelId) });
}

/** Its time has come. Where it cannot be sent (blocked, opted out, banned), the history says why. */
function sendScheduled(draft: Draft, position: Position): void {
  const { content, channelId, author } = toScheduledMessage(position);
  removePosition(draft, position.id);
  new DraftContext(draft).send(content, { channelId, author, isScheduled: true });
}

/** A wait is over: its time has come, or what its job found while the bot was silent may now be told. */
function endWait(draft: Draft, catalogue: Catalogue, position: Position): void {
  const held = findHeldResult(position);
  if (held !== undefined) {
    resume(draft, catalogue, held.position, { kind: "job_result", result: held.result });
    // The step has become one that does not know what to do with it.
    if (!draft.contact.positions.some(({ id }) => id === position.id)) return;
  }
  resume(draft, catalogue, position, { kind: "timeout" });
}

/** What opts out or in does so before anything else hears it, and also while the bot is silent. A keyword's own flow answers it instead of the channel's sentence. */
function hear(draft: Draft, message: InboundMessage, catalogue: Catalogue): void {
  const text = message.text ?? "";
  const said = hearConsent(draft, text);
  if (said === undefined) {
    if (!isSilent(draft)) answerMessage(draft, message, catalogue);
    return;
  }
  const keyword = isSilent(draft) ? undefined : findExactKeyword(draft.bot, text, channelKindOf(draft));
  if (keyword === undefined) confirmConsent(draft, said);
  else start(draft, keyword);
}

/**
 * Who takes a text, in this order: a keyword that interrupts questions; of what waits, the latest first, a question that was not left or a button whose title
 * was typed; a keyword; the default reply.
 */
function answerMessage(draft: Draft, message: InboundMessage, catalogue: Catalogue): void {
  const text = message.text ?? "";
  const channelKind = channelKindOf(draft);
  const interrupting = text === "" ? undefined : findKeyword(draft.bot, text, channelKind, { onlyInterrupting: true });
  if (interrupting !== undefined) {
    start(draft, interrupting);
    return;
  }
  for (const position of listenersOf(draft.contact)) {
    if (!resume(draft, catalogue, position, { kind: "reply", message })) continue;
    draft.turn = { flow: position.flow, answered: position };
    return;
  }
  const keyword = text === "" ? undefined : findKeyword(draft.bot, text, channelKind, { onlyInterrupting: false });
  start(draft, keyword ?? findTriggers(draft.bot, "default_reply", channelKind)[0]);
}

/** What a link brings is kept also while the bot is silent; it only leads nowhere. */
function enter(draft: Draft, payload: string | undefined): void {
  const triggered = payload === undefined ? undefined : enterByLink(draft, payload);
  if (isSilent(draft)) return;
  const channelKind = channelKindOf(draft);
  const chosen =
    triggered ??
    findTriggers(draft.bot, "start", channelKind)[0] ??
    findTriggers(draft.bot, "default_reply", channelKind)[0];
  start(draft, chosen);
}

function start(draft: Draft, triggered: Triggered | undefined): void {
  if (triggered === undefined) return;
  const { ref } = triggered.flow;
  const isStarted = startFlow(draft, ref, { step: triggered.step, by: `trigger:${triggered.trigger.kind}` });
  if (isStarted) draft.turn = { flow: ref };
}

function channelKindOf(draft: Draft): string | undefined {
  return draft.channelId === undefined ? undefined : draft.bot.channels.get(draft.channelId);
}

/** Several files that the person sent as one come one by one: the first answers for all. */
function isRestOfAlbum(draft: Draft, { album }: InboundMessage): boolean {
  if (album === undefined) return false;
  const { conversation = newConversation } = draft.contact;
  if (conversation.album === album) return true;
  draft.contact = { ...draft.contact, conversation: { ...conversation, album } };
  return false;
}

/** Somebody of the company answered past us: the conversation shows it, and the bot keeps still for as long as the channel's settings say. */
function noteOutside(draft: Draft): void {
  const { event, bot } = draft;
  const { conversation } = new DraftContext(draft);
  conversation.keepStill(bot.channelPolicies?.get(event.channelId ?? 0)?.outsidePauseMinutes ?? 0);
  // Who answers has read what was said.
  conversation.setRead(true);
}

/** What every sign of life brings: the time, an open channel, and what the platform says of a person of whom we know less. */
function noteInbound(draft: Draft): void {
  const { event, contact } = draft;
  const identities = contact.identities.map((identity) =>
    isMeant(event, identity)
      ? {
          ...identity,
          status: "active" as const,
          username: event.username ?? identity.username,
          lastInboundAt: event.at,
        }
      : identity,
  );
  const lastInboundAt = Math.max(event.at, contact.lastInboundAt ?? 0);
  draft.contact = { ...contact, identities, lastInboundAt, profile: fillProfile(contact.profile, event.profile) };
  reopen(draft);
}

function isMeant(event: Event, identity: Identity): boolean {
  return event.externalId === undefined ? identity.channelId === event.channelId : isOfEvent(event, identity);
}

/** Only what is missing: what the person or an agent has set is worth more than what the platform says. */
function fillProfile(known: Profile, told: Profile | undefined): Profile {
  const missing = told === undefined ? [] : profileKeys.filter((key) => known[key] === undefined && told[key]);
  // The same object where nothing is new: it says that there is nothing to write.
  if (missing.length === 0) return known;
  return { ...known, ...Object.fromEntries(missing.map((key) => [key, told?.[key]])) };
}

function setIdentityStatus(draft: Draft, status: "active" | "blocked"): void {
  const { channelId } = draft.event;
  if (channelId === undefined) return;
  const identity = draft.contact.identities.find((candidate) => isMeant(draft.event, candidate));
  if (identity === undefined || identity.status === status) return;
  const identities = draft.contact.identities.map((other) => (other === identity ? { ...other, status } : other));
  draft.contact = { ...draft.contact, identities };
  draft.facts.push({ kind: status === "blocked" ? "channel_blocked" : "channel_unblocked", channelId });
}

/** All calls are checked before the first is run: a door's list is refused whole or done. */
function runActions(draft: Draft, calls: readonly ActionCall[], catalogue: Catalogue): Answer {
  const parsed = [];
  for (const call of calls) {
    const result = parseActionCall(catalogue.actions, call);
    if (!result.ok) return { status: "refused", ...result.refusal };
    const refusal = result.action.check?.(draft.bot, result.args);
    if (refusal !== undefined) return { status: "refused", ...refusal };
    const [problem] = checkSave(call.save ?? []);
    if (problem !== undefined) return { status: "refused", code: "action.bad_arguments", ...problem };
    parsed.push({ ...result, save: call.save });
  }
  const context = new DraftContext(draft);
  const results = parsed.map(({ action, args, save }) => {
    const result = action.apply(context, args);
    if (result.ok && save !== undefined) saveResult(context, result.result ?? null, save, () => undefined);
    return result;
  });
  for (const result of results) {
    if (!result.ok) context.error(result.error.code, result.error.message);
  }
  return { status: "done", results };
}

/** Outside a flow there is no walk whose variable could be set. */
function checkSave(save: readonly ResultMapping[]): Sentence[] {
  const variables = save.flatMap(({ variable }) => variable ?? []);
  return [
    ...checkMappings(save),
    ...variables.map((key) => say`the result cannot be kept in the variable "${{ key }}" outside a flow; name a field`),
  ];
}

import type { TFunction } from "i18next";
import { reaches } from "../../../src/actions/reaching.ts";
import type { EventBody } from "../../../src/http/contract/events.ts";
import { describeSkip } from "../sequences/describe-step.ts";
import { en } from "../words/en.ts";
import { currentLanguage } from "../words/words.ts";
import { sayPayload } from "./say-payload.ts";

type FactBody = EventBody["facts"][number];
type FactWord = keyof (typeof en)["fact"];
type EventWord = keyof (typeof en)["event"];
type SourceWord = keyof (typeof en)["factWords"]["source"];

/** What people call what events and facts know by refs, keys and ids. Whatever has no name (any more) goes by what it is known by. */
export interface FactNames {
  flow(ref: string): string;
  step(flow: string, ref: string): string;
  member(id: number): string;
  sequence(ref: string): string;
  field(key: string): string;
  trigger(kind: string): string;
  action(name: string): string;
  /** Of an entry link. */
  link(ref: string): string;
}

const same = (known: string) => known;
export const noNames: FactNames = {
  flow: same,
  step: (_flow, ref) => ref,
  member: String,
  sequence: same,
  field: same,
  trigger: same,
  action: same,
  link: same,
};

/** What came in, in a sentence. */
export function describeEvent(t: TFunction, event: EventBody, names: FactNames = noNames): string {
  const { kind, payload } = event;
  if (kind === "actions") return describeActions(t, event, names);
  const link = linkOf(event);
  if (kind === "start" && link !== undefined) return t("event.start_by_link", { link: names.link(link) });
  const said = payload as {
    readonly message?: { readonly text?: string };
    readonly title?: string;
    readonly payload?: string;
  };
  const word = Object.hasOwn(eventWords, kind) ? (kind as EventWord) : "other";
  const carried = kind === "start" && said.payload !== undefined ? sayPayload(t, said.payload) : said.payload;
  const text = said.message?.text ?? said.title ?? carried ?? "";
  return t(`event.${word}`, { kind, text: shorten(text) });
}

/** The entry link that brought somebody in with this event. */
const linkOf = ({ facts }: EventBody) =>
  facts.map((fact) => (fact.kind === "entry" ? fact.link : undefined)).find((link) => typeof link === "string");

interface Call {
  readonly action: string;
  readonly args?: { readonly content?: unknown; readonly status?: unknown } | undefined;
}

function callsOf(payload: unknown): readonly Call[] {
  const { actions = [] } = (payload ?? {}) as { readonly actions?: readonly Partial<Call>[] };
  return actions.flatMap(({ action, args }) => (action === undefined ? [] : [{ action, args }]));
}

/** What was said, where that was all that was done: an agent's answer, a broadcast's message. */
function sentTextOf(payload: unknown): string | undefined {
  const [call, second] = callsOf(payload);
  if (call?.action !== "send_message" || second !== undefined) return undefined;
  const content = call.args?.content;
  const text = typeof content === "object" && content !== null ? (content as { text?: unknown }).text : content;
  return typeof text === "string" && text !== "" ? text : undefined;
}

const looks: ReadonlySet<string> = new Set(["mark_read", "view_profile"]);
const lookFacts: ReadonlySet<string> = new Set(["marked_read", "profile_viewed"]);

/** Somebody of the team only looked: nothing happened to the contact. */
export function isLook({ kind, payload, facts, failed }: EventBody): boolean {
  const calls = callsOf(payload);
  const isLooking = kind === "actions" && calls.length > 0 && calls.every(({ action }) => looks.has(action));
  return isLooking && failed === null && facts.every((fact) => lookFacts.has(fact.kind));
}

/** In the middle of a sentence; what is written in capitals, such as "CRM", stays. */
const uncapitalized = (text: string) =>
  /^\p{Lu}\p{Lu}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);

/** Which actions were run, the same one named once. */
function describeActions(t: TFunction, { payload, sent = [] }: EventBody, names: FactNames): string {
  const asked = sentTextOf(payload);
  // What was asked for may be a template; where nothing was sent, nothing else is known.
  if (asked !== undefined) return t("event.sent", { text: shorten(sent[0] ?? asked) });
  const [first, ...rest] = new Set(callsOf(payload).map((call) => describeCall(t, call, names)));
  if (first === undefined) return t("event.actions");
  return new Intl.ListFormat(currentLanguage(), { type: "conjunction" }).format([first, ...rest.map(uncapitalized)]);
}

/** One action moves a conversation between all its states: which of them it was is what people ask. */
function describeCall(t: TFunction, { action, args }: Call, names: FactNames): string {
  const moved: Readonly<Record<string, string>> = t("contactCard.moved", { returnObjects: true });
  const status = action === "move_conversation" ? String(args?.status) : "";
  return Object.hasOwn(moved, status) ? String(moved[status]) : names.action(action);
}

/** Who did it: a member where one did, else what it came by. */
export function describeSource(t: TFunction, { kind, source, payload }: EventBody, names: FactNames): string {
  const by = (payload as { readonly by?: unknown } | null)?.by;
  if (typeof by === "number") return names.member(by);
  if (source === "broadcast" && kind === "actions" && !reaches(callsOf(payload)))
    return t("factWords.source.bulk_change");
  return Object.hasOwn(en.factWords.source, source) ? t(`factWords.source.${source as SourceWord}`) : source;
}

/** What followed, in a sentence. A kind that has no words of its own shows its name: nothing is hidden. */
export function describeFact(t: TFunction, fact: FactBody, names: FactNames = noNames): string {
  const skipped = fact.kind === "sequence_step" && "reason" in fact;
  const isByLink = fact.kind === "entry" && typeof fact.link === "string";
  // Its items or details, and not where it stands.
  const isEdit = fact.kind === "order_changed" && fact.before === fact.status;
  const kind = skipped ? "sequence_skipped" : isByLink ? "entry_by_link" : isEdit ? "order_edited" : fact.kind;
  const word = Object.hasOwn(factWords, kind) ? (kind as FactWord) : "other";
  const values = Object.entries(fact).map(([key, value]) => [key, sayOf(t, fact, { key, value, names })]);
  return t(`fact.${word}`, { ...Object.fromEntries(values), kind: fact.kind });
}

/** Refs of the flow and step that a fact speaks of by their names. */
export function placeOf({ flow, step }: FactBody): string | undefined {
  const refs = [flow, step].filter((one) => typeof one === "string");
  return refs.length === 0 ? undefined : refs.join(" / ");
}

/** A fact's value as people know it. */
function sayOf(
  t: TFunction,
  fact: FactBody,
  { key, value, names }: { readonly key: string; readonly value: unknown; readonly names: FactNames },
): string {
  if (value === null || value === "") return t("factWords.nothing");
  if (typeof value === "boolean") return t(value ? "contactCard.yes" : "contactCard.no");
  if (typeof value === "object") return JSON.stringify(value);
  if (key === "agent" && typeof value === "number") return names.member(value);
  const text = String(value);
  return nameOf(fact, { key, text, names }) ?? wordOf(t, fact, { key, text });
}

/** What people call it, where the fact knows it by a ref or key. */
function nameOf(
  fact: FactBody,
  { key, text, names }: { readonly key: string; readonly text: string; readonly names: FactNames },
): string | undefined {
  if (key === "flow") return names.flow(text);
  if (key === "step" && typeof fact.flow === "string") return names.step(fact.flow, text);
  if (key === "sequence") return names.sequence(text);
  if (key === "field") return names.field(text);
  if (fact.kind === "entry" && key === "link") return names.link(text);
  if (fact.kind === "flow_started" && key === "by" && text.startsWith("trigger:")) return names.trigger(text.slice(8));
  return undefined;
}

/** One of a few values, in words. */
function wordOf(t: TFunction, fact: FactBody, { key, text }: { readonly key: string; readonly text: string }): string {
  if (key === "reason" && fact.kind === "sequence_step") return describeSkip(t, text);
  if (key === "payload" && fact.kind === "entry") return sayPayload(t, text);
  const words = wordsOfValue(fact.kind, key);
  if (words !== undefined) {
    const [list, known] = words;
    return Object.hasOwn(known, text) ? t(`${list}.${text}` as "factWords.nothing") : text;
  }
  return text;
}

/** Where the words for a value stand that is one of a few. */
function wordsOfValue(kind: string, key: string): readonly [string, object] | undefined {
  const { factWords: said } = en;
  if (kind === "flow_started" && key === "by") return ["factWords.by", said.by];
  if (kind === "waiting" && key === "for") return ["contactCard.wait", en.contactCard.wait];
  if (kind === "position_ended" && key === "reason") return ["factWords.ended", said.ended];
  if (kind === "message_skipped" && key === "reason") return ["sequences.why", en.sequences.why];
  if (kind === "conversation_moved" && key === "status") return ["factWords.status", said.status];
  if (kind === "sequence_step" && key === "result") return ["factWords.result", said.result];
  if (kind === "profile_changed" && key === "key") return ["factWords.profile", said.profile];
  if (kind === "consent_changed" && key === "consent") return ["factWords.consent", said.consent];
  if (kind === "order_changed" && (key === "before" || key === "status")) return ["orderStatus", en.orderStatus];
  return undefined;
}

export function isFailure({ kind }: FactBody): boolean {
  return kind === "error" || kind === "message_skipped" || kind === "message_failed";
}

const eventWords: Readonly<Record<EventWord, true>> = {
  message: true,
  message_edited: true,
  outside_message: true,
  button: true,
  link_opened: true,
  start: true,
  start_by_link: true,
  blocked: true,
  unblocked: true,
  message_status: true,
  timer: true,
  job_result: true,
  actions: true,
  sent: true,
  merge: true,
  sequence_changed: true,
  other: true,
};

const factWords: Readonly<Record<FactWord, true>> = {
  contact_created: true,
  contact_merged: true,
  entry: true,
  entry_by_link: true,
  tag_added: true,
  tag_removed: true,
  label_added: true,
  label_removed: true,
  field_changed: true,
  profile_changed: true,
  variable_changed: true,
  sequence_subscribed: true,
  sequence_unsubscribed: true,
  sequence_finished: true,
  sequence_step: true,
  sequence_skipped: true,
  sequence_clicked: true,
  link_opened: true,
  opted_in: true,
  opted_out: true,
  conversation_moved: true,
  closing_note_added: true,
  agent_assigned: true,
  agent_mentioned: true,
  agent_unassigned: true,
  bot_paused: true,
  bot_resumed: true,
  banned: true,
  unbanned: true,
  marked_read: true,
  marked_unread: true,
  profile_viewed: true,
  consent_changed: true,
  custom_event: true,
  channel_blocked: true,
  channel_unblocked: true,
  message_delivered: true,
  message_read: true,
  message_failed: true,
  identity_added: true,
  flow_started: true,
  step_entered: true,
  waiting: true,
  question_left: true,
  position_ended: true,
  message_skipped: true,
  message_scheduled: true,
  scheduled_message_removed: true,
  note_added: true,
  cart_changed: true,
  order_created: true,
  order_changed: true,
  order_edited: true,
  deal_created: true,
  deal_changed: true,
  deal_removed: true,
  error: true,
  other: true,
};

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

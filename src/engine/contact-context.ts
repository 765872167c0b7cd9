import type { Contact, Identity, ProfileKey } from "../model/contact.ts";
import type { InboundMessage } from "../model/event.ts";
import type { FieldValue } from "../model/field.ts";
import type { MessageAuthor, MessageContent } from "../model/message.ts";
import type { Fact, JobRequest } from "../model/outcome.ts";
import type { BotSnapshot } from "../model/world.ts";
import type { ContactContext, SendOptions } from "./action-type.ts";
import { type ConversationContext, createConversationContext } from "./conversation.ts";
import { createDealContext, type DealContext } from "./deal-context.ts";
import { type Draft, isOfEvent, latestChannel, removePosition, type WalkItem } from "./draft.ts";
import { fitToWindow } from "./messaging-window.ts";
import { permit } from "./permission.ts";
import { createScheduledContext, type ScheduledContext } from "./scheduled.ts";
import { subscribe, unsubscribe } from "./sequence-progress.ts";
import { createShopContext, type ShopContext } from "./shop-context.ts";
import { findStepsFrom } from "./steps-from.ts";
import { renderTemplate } from "./template.ts";

/** Where in a flow the context is used: goes into messages and facts. */
export interface Place {
  readonly flow?: string;
  readonly step?: string;
  readonly values?: Readonly<Record<string, FieldValue>>;
}

const noValues: Readonly<Record<string, FieldValue>> = {};

/**
 * The hands that actions and steps work with, over a draft. A class, since each step of each decision gets its own: forty functions that
 * close over a draft were a tenth of what an event allocates.
 */
export class DraftContext implements ContactContext {
  readonly now: number;
  readonly eventId: number;
  readonly bot: BotSnapshot;
  readonly message: InboundMessage | undefined;
  protected readonly draft: Draft;
  protected readonly place: Place;

  constructor(draft: Draft, place: Place = {}) {
    this.now = draft.event.at;
    this.eventId = draft.event.id;
    this.bot = draft.bot;
    this.message = draft.message;
    this.draft = draft;
    this.place = place;
  }

  get contact(): Contact {
    return this.draft.contact;
  }
  get variables(): ContactContext["variables"] {
    return this.draft.variables;
  }
  get channelId(): number | undefined {
    return this.draft.channelId;
  }
  get values(): ContactContext["values"] {
    return this.place.values ?? noValues;
  }
  get pressedMessage(): string | undefined {
    const { event, bot, channelId } = this.draft;
    if (event.kind !== "button" || event.channelId !== channelId) return undefined;
    return bot.channelRules?.get(bot.channels.get(channelId ?? 0) ?? "")?.edits === true ? event.mid : undefined;
  }
  // Made when it is asked for: most decisions never do.
  get shop(): ShopContext {
    return createShopContext(this.draft.shop, this.draft.facts);
  }
  get deals(): DealContext {
    return dealsOf(this.draft);
  }
  get conversation(): ConversationContext {
    return createConversationContext(this.draft, this.place.flow);
  }
  get scheduled(): ScheduledContext {
    return createScheduledContext(this.draft);
  }
  get jobCount(): number {
    return this.draft.jobs.length;
  }

  render(template: string): string {
    const { contact, bot, variables, message, event } = this.draft;
    const rendered = renderTemplate(template, { contact, bot, variables, values: this.values, message }, event.at);
    if (rendered.error !== undefined) this.error("template.failed", rendered.error);
    return rendered.text;
  }

  addTag(tag: string): boolean {
    return addName(this.draft, "tags", tag, { kind: "tag_added", tag });
  }
  removeTag(tag: string): boolean {
    return removeName(this.draft, "tags", tag, { kind: "tag_removed", tag });
  }
  addLabel(label: string): boolean {
    return addName(this.draft, "labels", label, { kind: "label_added", label });
  }
  removeLabel(label: string): boolean {
    return removeName(this.draft, "labels", label, { kind: "label_removed", label });
  }
  setField(key: string, value: FieldValue | null): boolean {
    const fields = withEntry(this.draft.contact.fields, key, value);
    return fields !== undefined && change(this.draft, { fields }, { kind: "field_changed", field: key, value });
  }
  setProfile(key: ProfileKey, value: string | null): boolean {
    const profile = withEntry(this.draft.contact.profile as Record<string, string>, key, value);
    return profile !== undefined && change(this.draft, { profile }, { kind: "profile_changed", key, value });
  }
  setUtm(utm: Contact["utm"]): boolean {
    const { draft } = this;
    if (sameValue(utm, draft.contact.utm)) return false;
    draft.contact = { ...draft.contact, utm };
    return true;
  }
  addIdentity(channelId: number, externalId: string): boolean {
    return addIdentity(this.draft, channelId, externalId);
  }
  recordEntry(payload: string, ref?: string): void {
    const { draft } = this;
    const link = ref === undefined ? undefined : draft.bot.entryLinks.get(ref);
    const variables = link?.data?.variables ?? {};
    draft.contact = { ...draft.contact, entry: { link: link?.ref, payload, at: draft.event.at, variables } };
    draft.facts.push({ kind: "entry", payload, ...(link === undefined ? {} : { link: link.ref }) });
  }
  setVariable(key: string, value: FieldValue | null): boolean {
    return setVariable(this.draft, key, value);
  }
  subscribeToSequence(sequence: string): boolean {
    return subscribe(this.draft, sequence);
  }
  unsubscribeFromSequence(sequence: string): boolean {
    return unsubscribe(this.draft, sequence);
  }
  setOptedOut(optedOut: boolean, word?: string): boolean {
    const { draft } = this;
    if ((draft.contact.optedOutAt !== undefined) === optedOut) return false;
    const optedOutAt = optedOut ? draft.event.at : undefined;
    const said = word === undefined ? {} : { word };
    return change(draft, { optedOutAt }, { kind: optedOut ? "opted_out" : "opted_in", ...said });
  }
  addNote(text: string): void {
    const { flow } = this.place;
    this.draft.notes.push({ text, ...(flow === undefined ? {} : { flow }) });
    this.draft.facts.push({ kind: "note_added", text });
  }

  startFlow(flow: string, options: Parameters<ContactContext["startFlow"]>[1] = {}): boolean {
    return startFlow(this.draft, flow, { ...options, by: options.by ?? "action", values: this.values });
  }
  stopFlow(flow: string, options: Parameters<ContactContext["stopFlow"]>[1] = {}): number {
    return stopFlow(this.draft, flow, options.step);
  }
  send(content: MessageContent, options: SendOptions = {}): boolean {
    const isSent = addMessage(this.draft, content, options, this.where);
    if (isSent && options.author === "agent") noteAgent(this.draft, this.conversation);
    return isSent;
  }
  isWindowClosed(content: MessageContent): boolean {
    const { draft } = this;
    const address = addressOn(draft, draft.channelId, undefined);
    const fitted = address === undefined ? undefined : fitNow(draft, address, content);
    return fitted !== undefined && "skipped" in fitted && fitted.skipped === "window_closed";
  }
  enqueue(job: JobRequest): void {
    this.draft.jobs.push(job);
  }
  trace(lines: readonly string[]): void {
    this.draft.facts.push({ kind: "traced", lines, ...this.where });
  }
  error(code: string, message: string): void {
    this.draft.facts.push({ kind: "error", code, message, ...this.where });
  }

  /** The place as messages and facts name it. */
  protected get where(): { readonly flow?: string; readonly step?: string } {
    const { flow, step } = this.place;
    return { ...(flow === undefined ? {} : { flow }), ...(step === undefined ? {} : { step }) };
  }
}

function setVariable(draft: Draft, key: string, value: FieldValue | null): boolean {
  const variables = withEntry(draft.variables, key, value);
  if (variables === undefined) return false;
  draft.variables = variables;
  draft.variableChanges[key] = value;
  draft.facts.push({ kind: "variable_changed", variable: key, value });
  return true;
}

function dealsOf({ deals, facts, bot, event, random, contact }: Draft): DealContext {
  const agent = contact.conversation?.agent;
  return createDealContext({ deals, facts, bot, now: event.at, random, agent });
}

/**
 * Whom a channel reaches. A contact that was merged of two has two identities there: the one the event came from, else the open one that was heard last.
 */
function identityOn(draft: Draft, channelId: number | undefined): Identity | undefined {
  const { event, contact } = draft;
  const candidates = contact.identities.filter((identity) => identity.channelId === channelId);
  if (candidates.length < 2) return candidates[0];
  const own = candidates.find((identity) => isOfEvent(event, identity));
  if (own !== undefined) return own;
  const rank = ({ status, lastInboundAt = 0 }: Identity) => (status === "active" ? 1 + lastInboundAt : 0);
  return candidates.reduce((best, identity) => (rank(identity) > rank(best) ? identity : best));
}

type Address = Pick<Identity, "channelId" | "externalId" | "status" | "lastInboundAt">;

/** Where a message goes: to an address that was given, else to the contact's identity. */
function addressOn(draft: Draft, channelId: number | undefined, recipient: string | undefined): Address | undefined {
  if (recipient === undefined || channelId === undefined) return identityOn(draft, channelId);
  const known = draft.contact.identities.find(
    (identity) => identity.channelId === channelId && identity.externalId === recipient,
  );
  return known ?? { channelId, externalId: recipient, status: "active" };
}

function addMessage(
  draft: Draft,
  content: MessageContent,
  options: SendOptions,
  where: { readonly flow?: string; readonly step?: string },
): boolean {
  const seeks = options.seeksTemplates === true && isTemplateAlone(content);
  const channelId =
    options.channelId ?? (seeks ? templateChannel(draft, options.byPhone === true) : undefined) ?? draft.channelId;
  const address = addressOn(draft, channelId, options.recipient);
  const fitted = address === undefined ? undefined : fitNow(draft, address, content, options.author);
  const { author, isScheduled } = options;
  const channelKind = draft.bot.channels.get(channelId ?? 0);
  const { contact, isAsked } = draft;
  const verdict = permit({ contact, isAsked, status: address?.status, channelKind, author, isScheduled });
  if (address === undefined || fitted === undefined || "skipped" in fitted || "refusal" in verdict) {
    const closed = fitted !== undefined && "skipped" in fitted ? fitted.skipped : "no_channel";
    draft.facts.push({ kind: "message_skipped", reason: "refusal" in verdict ? verdict.refusal : closed, ...where });
    return false;
  }
  draft.messages.push({
    channelId: address.channelId,
    recipient: address.externalId,
    content: fitted.content,
    lane: options.lane ?? draft.lane,
    ...(author === undefined ? {} : { author }),
    reason: verdict.reason,
    ...where,
  });
  return true;
}

const isTemplateAlone = ({ template, text, attachments, location }: MessageContent) =>
  template !== undefined && (text ?? "").trim() === "" && attachments.length === 0 && location === undefined;

/** Where the contact was heard last of the channels that have approved templates: nowhere else can one go. Who was heard on none is met by phone, where that is wanted. */
function templateChannel(draft: Draft, byPhone: boolean): number | undefined {
  const { bot, contact, channelId } = draft;
  const hasTemplates = (id: number) => bot.channelRules?.get(bot.channels.get(id) ?? "")?.templates === true;
  if (channelId !== undefined && hasTemplates(channelId)) return channelId;
  const identities = contact.identities.filter((one) => hasTemplates(one.channelId));
  if (identities.length > 0) return latestChannel({ ...contact, identities });
  return byPhone ? meetByPhone(draft) : undefined;
}

/** Links the contact with the bot's first channel where a phone is all that it takes to be written to. A ban or an opt-out is looked at when the message is. */
function meetByPhone(draft: Draft): number | undefined {
  const { bot, contact } = draft;
  const digits = contact.profile.phone?.replace(/^\+/, "");
  const [channelId] = [...bot.channels].find(([, kind]) => bot.channelRules?.get(kind)?.phoneIds === true) ?? [];
  if (channelId === undefined || digits === undefined || digits === "") return undefined;
  addIdentity(draft, channelId, digits);
  return channelId;
}

/** The message as the channel's rules let it go out now. */
function fitNow(draft: Draft, { channelId, lastInboundAt }: Address, content: MessageContent, author?: MessageAuthor) {
  const rules = draft.bot.channelRules?.get(draft.bot.channels.get(channelId) ?? "");
  return fitToWindow(content, { rules, lastInboundAt, now: draft.event.at, author });
}

function addIdentity(draft: Draft, channelId: number, externalId: string): boolean {
  const { identities } = draft.contact;
  if (identities.some((identity) => identity.channelId === channelId && identity.externalId === externalId))
    return false;
  const channelKind = draft.bot.channels.get(channelId) ?? "";
  // The id comes when it is stored.
  const made: Identity = { id: 0, channelId, channelKind, externalId, status: "active" };
  return change(draft, { identities: [...identities, made] }, { kind: "identity_added", channelId, externalId });
}

function change(draft: Draft, part: Partial<Contact>, fact: Fact): true {
  draft.contact = { ...draft.contact, ...part };
  draft.facts.push(fact);
  return true;
}

function addName(draft: Draft, list: "tags" | "labels", name: string, fact: Fact): boolean {
  if (draft.contact[list].includes(name)) return false;
  return change(draft, { [list]: [...draft.contact[list], name] }, fact);
}

function removeName(draft: Draft, list: "tags" | "labels", name: string, fact: Fact): boolean {
  if (!draft.contact[list].includes(name)) return false;
  return change(draft, { [list]: draft.contact[list].filter((other) => other !== name) }, fact);
}

/** The record with the entry set or (null) left out; undefined where that changes nothing. */
function withEntry<V extends FieldValue>(
  record: Readonly<Record<string, V>>,
  key: string,
  value: V | null,
): Record<string, V> | undefined {
  const before = Object.hasOwn(record, key) ? record[key] : undefined;
  if (value === null) {
    if (before === undefined) return undefined;
    const { [key]: _gone, ...rest } = record;
    return rest;
  }
  return before !== undefined && sameValue(before, value) ? undefined : { ...record, [key]: value };
}

function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));
}

/**
 * Queues a flow's first (or named) step. The contact's other positions in that flow end as `restarted`: nobody walks one flow twice
 * at the same time. False: not published, or no such step.
 */
export function startFlow(
  draft: Draft,
  ref: string,
  options: {
    readonly step?: string | undefined;
    readonly by: string;
    readonly values?: Readonly<Record<string, FieldValue>> | undefined;
    readonly channelId?: number | undefined;
  },
): boolean {
  const flow = draft.bot.flows.get(ref);
  const step = options.step ?? flow?.start;
  if (flow === undefined || step === undefined || !flow.steps.has(step)) return false;
  for (const position of draft.contact.positions) {
    if (position.flow === ref) endPosition(draft, position, "restarted");
  }
  dropQueued(draft, (item) => item.flow.ref === ref, "restarted");
  draft.facts.push({ kind: "flow_started", flow: ref, step, by: options.by });
  draft.queue.push({ flow, step, values: options.values ?? {}, channelId: options.channelId ?? draft.channelId });
  return true;
}

/** Once: what comes to those steps afterwards goes out. Of a flow that is published no more, only the step itself is known. */
function stopFlow(draft: Draft, ref: string, step: string | undefined): number {
  const flow = draft.bot.flows.get(ref);
  const from = step === undefined || flow === undefined ? undefined : findStepsFrom(flow, step);
  const isMeant = (at: string) => step === undefined || at === step || from?.has(at) === true;
  const positions = draft.contact.positions.filter((position) => position.flow === ref && isMeant(position.step));
  for (const position of positions) endPosition(draft, position, "stopped");
  dropQueued(draft, (item) => item.flow.ref === ref && isMeant(item.step), "stopped");
  return positions.length;
}

/** Takes steps that this very decision was still to enter out of it. */
function dropQueued(draft: Draft, isMeant: (item: WalkItem) => boolean, reason: "restarted" | "stopped"): void {
  for (const queue of [draft.queue, draft.actionQueue]) {
    const dropped = queue.filter(isMeant);
    for (const { flow, step } of dropped) {
      draft.facts.push({ kind: "position_ended", flow: flow.ref, step, reason });
    }
    queue.splice(0, queue.length, ...queue.filter((item) => !dropped.includes(item)));
  }
}

function endPosition(
  draft: Draft,
  position: { readonly id: string; readonly flow: string; readonly step: string },
  reason: "restarted" | "stopped",
): void {
  removePosition(draft, position.id);
  draft.facts.push({ kind: "position_ended", flow: position.flow, step: position.step, reason });
}

/**
 * Who answers has read what was said; a member of the team gets the conversation, where it is nobody's; and while they talk, the bot does not talk as well. A program that writes in an agent's name is
 * nobody who talks.
 */
function noteAgent({ event: { by }, messages, bot }: Draft, conversation: ConversationContext): void {
  conversation.setRead(true);
  if (by === undefined) return;
  const isNobodys = conversation.state.agent === undefined;
  if (isNobodys && bot.assignsOnReply !== false && bot.members.has(by)) conversation.assign(by);
  const channelId = messages.at(-1)?.channelId ?? 0;
  conversation.keepStill(bot.channelPolicies?.get(channelId)?.agentPauseMinutes ?? 0);
}

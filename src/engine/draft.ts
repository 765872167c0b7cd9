import type { Contact, Identity, Position } from "../model/contact.ts";
import type { Event, InboundMessage } from "../model/event.ts";
import type { FieldValue } from "../model/field.ts";
import type { PreparedFlow } from "../model/flow.ts";
import type { OutgoingMessage } from "../model/message.ts";
import type { Answer, Fact, JobRequest, NewNote, Outcome } from "../model/outcome.ts";
import type { BotSnapshot, World } from "../model/world.ts";
import { createDealDraft, type DealDraft, toDealChanges } from "./deal-context.ts";
import { isAskedFor } from "./permission.ts";
import { seededRandom } from "./random.ts";
import { createShopDraft, type ShopDraft, toShopChanges } from "./shop-context.ts";

/** A step that is to be entered. */
export interface WalkItem {
  readonly flow: PreparedFlow;
  readonly step: string;
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly channelId: number | undefined;
}

/** The flow in which the person goes on by what they wrote, pressed or opened. */
export interface Turn {
  readonly flow: string;
  /** What waited for that; absent: it starts the flow. */
  readonly answered?: Position;
}

/**
 * The decision in the making: what `advance` changes while it walks. The contact in it is replaced, never mutated, so that the
 * world it came from stays as it was.
 */
export interface Draft {
  readonly bot: BotSnapshot;
  readonly event: Event;
  contact: Contact;
  readonly secondary: Contact | undefined;
  variables: Readonly<Record<string, FieldValue>>;
  readonly variableChanges: Record<string, FieldValue | null>;
  readonly messages: OutgoingMessage[];
  readonly jobs: JobRequest[];
  readonly facts: Fact[];
  readonly notes: NewNote[];
  readonly shop: ShopDraft;
  readonly deals: DealDraft;
  /** Steps to enter; those of action steps are taken first. */
  readonly actionQueue: WalkItem[];
  readonly queue: WalkItem[];
  /** The message at hand, for templates and conditions. */
  readonly message: InboundMessage | undefined;
  /** The channel this decision speaks on. */
  channelId: number | undefined;
  /** Where its messages wait: an answer to a person never waits behind what goes to many. */
  lane: "live" | "bulk";
  readonly random: () => number;
  turn: Turn | undefined;
  /** What follows answers what the person wrote or pressed (`permission.ts`). */
  readonly isAsked: boolean;
  /** Facts before this index have been shown to the triggers. */
  seenFacts: number;
  stepsTaken: number;
  positionsMade: number;
}

export function createDraft(world: World, event: Event): Draft {
  return {
    bot: world.bot,
    event,
    contact: world.contact,
    secondary: world.secondary,
    variables: world.variables,
    variableChanges: {},
    messages: [],
    jobs: [],
    facts: world.isNew === true ? [{ kind: "contact_created" }] : [],
    notes: [],
    shop: createShopDraft(world.shop),
    deals: createDealDraft(world.deals),
    actionQueue: [],
    queue: [],
    message: event.kind === "message" ? event.message : undefined,
    channelId: event.channelId ?? latestChannel(world.contact),
    lane: event.source === "broadcast" ? "bulk" : "live",
    random: seededRandom(event.seed),
    turn: undefined,
    isAsked: isAskedFor(world.contact, event),
    seenFacts: 0,
    stepsTaken: 0,
    positionsMade: 0,
  };
}

export function toOutcome(draft: Draft, answer: Answer): Outcome {
  const { contact, variableChanges: variables, messages, jobs, facts, notes } = draft;
  const [shop, deals] = [toShopChanges(draft.shop), toDealChanges(draft.deals)];
  return { contact, variables, messages, jobs, facts, notes, shop, deals, answer };
}

/** The channel on which the contact was last heard; of those never heard, the first that is open. */
export function latestChannel(contact: Contact): number | undefined {
  let latest: Contact["identities"][number] | undefined;
  for (const identity of contact.identities) {
    if (identity.status !== "active") continue;
    if (latest === undefined || (identity.lastInboundAt ?? 0) > (latest.lastInboundAt ?? 0)) latest = identity;
  }
  return latest?.channelId;
}

/** Whether the event came from this presence of the contact; never, where it came by no channel or does not say from whom. */
export function isOfEvent(event: Event, identity: Identity): boolean {
  return identity.channelId === event.channelId && identity.externalId === event.externalId;
}

/** Returns the new position's id. */
export function addPosition(draft: Draft, position: Omit<Position, "id" | "enteredAt">): string {
  const id = addWait(draft, draft.isAsked ? { ...position, isAsked: true } : position);
  const { flow, step, waitsFor, wakeAt: until } = position;
  draft.facts.push({ kind: "waiting", flow, step, for: waitsFor, until });
  return id;
}

/** The same without the fact: for waits that are no walk's. */
export function addWait(draft: Draft, position: Omit<Position, "id" | "enteredAt">): string {
  const id = `${draft.event.id}-${draft.positionsMade}`;
  draft.positionsMade += 1;
  const made: Position = { ...position, id, enteredAt: draft.event.at };
  draft.contact = { ...draft.contact, positions: [...draft.contact.positions, made] };
  return id;
}

/** The same wait with something changed, under a new id: ids are for ever, and what is stored of a position is never changed. */
export function replacePosition(
  draft: Draft,
  position: Position,
  change: Partial<Pick<Position, "wakeAt" | "state" | "isLeft">>,
): void {
  const id = `${draft.event.id}-${draft.positionsMade}`;
  draft.positionsMade += 1;
  const changed: Position = { ...position, ...change, id };
  const positions = draft.contact.positions.map((other) => (other === position ? changed : other));
  draft.contact = { ...draft.contact, positions };
}

export function removePosition(draft: Draft, id: string): void {
  draft.contact = { ...draft.contact, positions: draft.contact.positions.filter((position) => position.id !== id) };
}

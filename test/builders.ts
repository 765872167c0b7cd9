import { actions } from "../src/actions/index.ts";
import { prepareFlow } from "../src/engine/prepare-flow.ts";
import type { Contact } from "../src/model/contact.ts";
import type { Event, Happening } from "../src/model/event.ts";
import type { FieldDefinition, FieldKind } from "../src/model/field.ts";
import { type FlowDocumentInput, flowDocumentSchema, type PreparedFlow } from "../src/model/flow.ts";
import type { SequenceDefinition, SequenceStep } from "../src/model/sequence.ts";
import type { BotSnapshot, World } from "../src/model/world.ts";
import { steps } from "../src/steps/index.ts";

/** Friday, 20 November 2026, 12:00 UTC. */
export const noon = Date.UTC(2026, 10, 20, 12);

/** The channel of every built world. */
export const channelId = 1;

export function aContact(overrides: Partial<Contact> = {}): Contact {
  return {
    id: 1,
    cuid: "c1",
    botId: 1,
    createdAt: noon - 86_400_000,
    profile: {},
    utm: {},
    tags: [],
    labels: [],
    fields: {},
    sequences: [],
    identities: [{ id: 1, channelId, channelKind: "fake", externalId: "p1", status: "active" }],
    positions: [],
    splits: {},
    ...overrides,
  };
}

/** A published flow; `ref` defaults to `f1`, the first step to the first of the list. */
export function aFlow(
  document: Partial<FlowDocumentInput> & { readonly ref?: string; readonly id?: number },
): PreparedFlow {
  const { ref = "f1", id = 1, ...rest } = document;
  const parsed = flowDocumentSchema.parse({ name: ref, start: rest.steps?.[0]?.ref, ...rest });
  return prepareFlow({ id, ref, name: parsed.name, version: 1, document: parsed }, steps);
}

/** Field definitions by key, with the key as the name. */
export function fieldsOf(kinds: Readonly<Record<string, FieldKind>>): ReadonlyMap<string, FieldDefinition> {
  return new Map(Object.entries(kinds).map(([key, kind], index) => [key, { id: index + 1, key, name: key, kind }]));
}

export function aBot(
  overrides: Partial<Omit<BotSnapshot, "flows">> & { readonly flows?: readonly PreparedFlow[] } = {},
): BotSnapshot {
  const { flows = [], ...rest } = overrides;
  return {
    id: 1,
    ref: "bot",
    name: "Bot",
    workspaceId: 1,
    timeZone: "UTC",
    tags: new Set(),
    labels: new Set(),
    fields: new Map(),
    variableDefinitions: new Map(),
    sequences: new Map(),
    entryLinks: new Map(),
    members: new Map(),
    memberEmails: new Map(),
    closingNotes: new Map(),
    salesPlans: new Map(),
    webhooks: [],
    integrations: [],
    channels: new Map([[channelId, "fake"]]),
    ...rest,
    flows: new Map(flows.map((flow) => [flow.ref, flow])),
  };
}

export function aWorld(overrides: Partial<World> = {}): World {
  return { bot: aBot(), variables: {}, contact: aContact(), ...overrides };
}

/** A sequence, named by its ref. Steps say what differs from a message an hour after the one before. */
export function aSequence(
  ref: string,
  overrides: Partial<Omit<SequenceDefinition, "steps">> & {
    readonly steps?: readonly (Partial<SequenceStep> & { readonly ref: string })[];
  } = {},
): SequenceDefinition {
  const { steps = [], ...rest } = overrides;
  return {
    ref,
    name: ref,
    restart: "after_end",
    onReply: "go_on",
    pauseHours: 24,
    ...rest,
    steps: steps.map((step) => ({
      isOn: true,
      delay: { mode: "after", amount: 1, unit: "hours", weekdays: [] },
      content: { kind: "message", content: step.ref },
      ...step,
    })),
  };
}

export function sequencesOf(...sequences: readonly SequenceDefinition[]): ReadonlyMap<string, SequenceDefinition> {
  return new Map(sequences.map((sequence) => [sequence.ref, sequence]));
}

/** An event on the channel of the built world. */
export function anEvent(
  happening: Happening,
  overrides: Partial<Pick<Event, "id" | "at" | "seed" | "source">> = {},
): Event {
  return { id: 1, at: noon, seed: 1, source: "channel", channelId, ...happening, ...overrides };
}

export const catalogue = { steps, actions };

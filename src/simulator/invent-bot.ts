import type { FieldDefinition, FieldKind } from "../model/field.ts";
import type { FlowDocument, Trigger } from "../model/flow.ts";
import type { SequenceDefinition } from "../model/sequence.ts";
import type { BotSnapshot } from "../model/world.ts";
import { preparePublishedFlow } from "../steps/advance.ts";

export const simulatedChannelId = 1;

/**
 * A bot around one flow file. A flow names tags, fields and sequences that its workspace has; the simulator has no workspace, so
 * here everything exists that a flow can name. Fields get their kind from the question that fills them, else they are text.
 */
export function inventBot(options: {
  readonly document: FlowDocument;
  readonly channelKind: string;
  readonly timeZone: string;
}): BotSnapshot {
  const document = withStart(options.document);
  const flow = preparePublishedFlow({ id: 1, ref: "simulated", name: document.name, version: 1, document });
  const kinds = inferKinds(document);
  return {
    id: 1,
    ref: "simulated",
    name: document.name,
    workspaceId: 1,
    timeZone: options.timeZone,
    flows: new Map([[flow.ref, flow]]),
    tags: new EverySet(),
    labels: new EverySet(),
    fields: new EveryDefinition(kinds),
    variableDefinitions: new EveryDefinition(new Map()),
    sequences: new EverySequence(),
    entryLinks: new Map(),
    members: new Map(),
    memberEmails: new Map(),
    closingNotes: new Map(),
    salesPlans: new Map(),
    webhooks: [],
    integrations: [],
    channels: new Map([[simulatedChannelId, options.channelKind]]),
  };
}

/** A flow file is played from its first step, also when only a keyword starts it on a server. */
function withStart(document: FlowDocument): FlowDocument {
  const begins = (trigger: Trigger) => trigger.kind === "start" || trigger.kind === "default_reply";
  if (document.triggers.some(begins)) return document;
  return { ...document, triggers: [...document.triggers, { kind: "start" }] };
}

class EverySet extends Set<string> {
  override has(): boolean {
    return true;
  }
}

class EverySequence extends Map<string, SequenceDefinition> {
  override has(): boolean {
    return true;
  }
  override get(ref: string): SequenceDefinition {
    return { ref, name: ref, steps: [], restart: "after_end", onReply: "go_on", pauseHours: 24 };
  }
}

class EveryDefinition extends Map<string, FieldDefinition> {
  readonly #kinds: ReadonlyMap<string, FieldKind>;
  constructor(kinds: ReadonlyMap<string, FieldKind>) {
    super();
    this.#kinds = kinds;
  }
  override has(): boolean {
    return true;
  }
  override get(key: string): FieldDefinition {
    return { id: 1, key, name: key, kind: this.#kinds.get(key) ?? "text" };
  }
}

const kindsByAnswer: Readonly<Record<string, FieldKind>> = { number: "number", date: "date" };
const numberOperators = new Set(["gt", "gte", "lt", "lte"]);

/** What a flow gives away about the kinds of the fields it names: by the questions that fill them, the values set, the comparisons made. */
function inferKinds(document: FlowDocument): ReadonlyMap<string, FieldKind> {
  const kinds = new Map<string, FieldKind>();
  const note = (key: unknown, kind: FieldKind | undefined) => {
    if (typeof key === "string" && kind !== undefined && !kinds.has(key)) kinds.set(key, kind);
  };
  visit(
    document.steps.map(({ config }) => config),
    (object) => {
      const { saveTo, answer, field, value, subject, key, operator } = object as Readonly<Record<string, unknown>>;
      const question = answer as { readonly type?: string } | undefined;
      note((saveTo as { readonly field?: unknown } | undefined)?.field, kindsByAnswer[question?.type ?? ""]);
      note(field, kindOfValue(value));
      if (subject === "field" && numberOperators.has(String(operator))) note(key, "number");
    },
  );
  return kinds;
}

function kindOfValue(value: unknown): FieldKind | undefined {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  if (Array.isArray(value)) return "list";
  return typeof value === "object" && value !== null ? "json" : undefined;
}

/** Every object in a value, at any depth. */
function visit(value: unknown, see: (object: object) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) see(value);
  for (const inner of Object.values(value)) visit(inner, see);
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aBot, aContact, aSequence, catalogue, channelId, fieldsOf, noon, sequencesOf } from "../../test/builders.ts";
import {
  fieldKinds,
  flowDocument,
  flowRefs,
  happening,
  prepareDocument,
  sequenceRefs,
  variableKinds,
} from "../../test/random-flows.ts";
import type { Contact } from "../model/contact.ts";
import type { Event, Happening } from "../model/event.ts";
import type { FieldValue, Json } from "../model/field.ts";
import type { FlowDocument } from "../model/flow.ts";
import type { Outcome } from "../model/outcome.ts";
import type { World } from "../model/world.ts";
import { createAdvance } from "./advance.ts";
import { isAskedFor } from "./permission.ts";
import { maxStepsPerEvent } from "./walk.ts";

const advance = createAdvance(catalogue);

/** One turn of a random story. */
type Turn =
  | { readonly kind: "happens"; readonly happening: Happening; readonly source: "channel" | "api" }
  /** Time goes by until the next wait ends (or for an hour), and the timer goes off; twice, as two processes may have it. */
  | { readonly kind: "waits" }
  /** What the positions' jobs found, or what no job would hand in; twice, as one may run again. */
  | { readonly kind: "job_result"; readonly result: Json }
  /** A flow is published anew, or taken back. */
  | { readonly kind: "publishes"; readonly flow: string; readonly document: FlowDocument | undefined };

const turn: fc.Arbitrary<Turn> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("happens" as const),
      happening,
      source: fc.constantFrom("channel" as const, "api" as const),
    }),
  },
  { weight: 3, arbitrary: fc.constant<Turn>({ kind: "waits" }) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<Json>(
        { ok: true, result: { text: "said", count: 2 } },
        { ok: false, error: { code: "message.not_found", message: "no" } },
        1,
      )
      .map((result): Turn => ({ kind: "job_result", result })),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("publishes" as const),
      flow: fc.constantFrom(...flowRefs),
      document: fc.option(flowDocument, { nil: undefined }),
    }),
  },
);

interface Story {
  readonly flows: readonly FlowDocument[];
  readonly turns: readonly Turn[];
}

const story: fc.Arbitrary<Story> = fc.record({
  flows: fc.array(flowDocument, { minLength: 2, maxLength: 2 }),
  turns: fc.array(turn, { minLength: 1, maxLength: 14 }),
});

interface Decision {
  readonly world: World;
  readonly event: Event;
  readonly outcome: Outcome;
}

/** Plays a story and hands each decision over. */
function play({ flows, turns }: Story, look: (decision: Decision) => void): void {
  const published = new Map(flows.map((document, index) => [flowRefs[index] ?? "f1", document]));
  let at = noon;
  let version = 1;
  let contact: Contact = aContact();
  let variables: Readonly<Record<string, FieldValue>> = { counter: 1 };
  const bot = () =>
    aBot({
      flows: [...published].map(([ref, document], index) => prepareDocument(ref, index + 1, document, version)),
      fields: fieldsOf(fieldKinds),
      variableDefinitions: fieldsOf(variableKinds),
      sequences: sequencesOf(...sequenceRefs.map((ref) => aSequence(ref))),
      entryLinks: new Map([["l1", { ref: "l1", name: "Link", flow: "f2", step: undefined, data: undefined }]]),
    });
  let snapshot = bot();
  let id = 0;
  const happen = (what: Happening, source: Event["source"]) => {
    id += 1;
    at += 1;
    const event: Event = { id, at, seed: id * 7, source, ...(source === "channel" ? { channelId } : {}), ...what };
    const world = deepFreeze({ bot: snapshot, variables, contact, isNew: id === 1 });
    const outcome = advance(world, deepFreeze(event));
    look({ world, event, outcome });
    contact = outcome.contact;
    const merged = Object.entries({ ...variables, ...outcome.variables });
    variables = Object.fromEntries(merged.filter((entry): entry is [string, FieldValue] => entry[1] !== null));
  };
  const turnTakers = {
    happens: (given: Extract<Turn, { kind: "happens" }>) => happen(given.happening, given.source),
    waits: () => {
      const next = contact.positions
        .filter(({ wakeAt }) => wakeAt !== undefined)
        .sort((a, b) => (a.wakeAt ?? 0) - (b.wakeAt ?? 0))[0];
      at = Math.max(at, next?.wakeAt ?? at + 3_600_000);
      for (const positionId of [next?.id ?? "none", next?.id ?? "none"]) happen({ kind: "timer", positionId }, "timer");
    },
    job_result: ({ result }: Extract<Turn, { kind: "job_result" }>) => {
      const waiting = contact.positions.find(({ waitsFor }) => waitsFor === "job") ?? contact.positions[0];
      const positionId = waiting?.id ?? "none";
      for (const again of [result, result]) happen({ kind: "job_result", positionId, result: again }, "job");
    },
    publishes: (given: Extract<Turn, { kind: "publishes" }>) => {
      version += 1;
      if (given.document === undefined) published.delete(given.flow as "f1");
      else published.set(given.flow as "f1", given.document);
      snapshot = bot();
    },
  };
  for (const given of turns) turnTakers[given.kind](given as never);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  const inner = value instanceof Map ? value.values() : Object.values(value);
  for (const one of inner) deepFreeze(one);
  return value;
}

const runs = 3000;
const seed = Math.floor(Math.random() * 2 ** 31);
const looks: ((decision: Decision) => void)[] = [];

/** The stories are made and played once, for whatever the tests of this file look for: most of the time goes into that. */
function playAll(): readonly boolean[] {
  const isBroken = looks.map(() => false);
  for (const given of fc.sample(story, { numRuns: runs, seed })) {
    const decisions: Decision[] = [];
    let hasThrown = false;
    try {
      play(given, (decision) => void decisions.push(decision));
    } catch {
      hasThrown = true;
    }
    for (const [index, look] of looks.entries()) {
      if (isBroken[index] !== true) isBroken[index] = hasThrown || !holds(() => decisions.forEach(look));
    }
  }
  return isBroken;
}

function holds(look: () => void): boolean {
  try {
    look();
    return true;
  } catch {
    return false;
  }
}

let broken: readonly boolean[] | undefined;

/** Of every decision in all the stories; what breaks it is told by the shortest story that does. */
function forEveryDecision(look: (decision: Decision) => void): () => void {
  const index = looks.push(look) - 1;
  return () => {
    broken ??= playAll();
    if (broken[index] === false) return;
    fc.assert(
      fc.property(story, (given) => play(given, look)),
      { numRuns: runs, seed },
    );
    throw new Error(`it is broken by one of the stories of seed ${seed}`);
  };
}

const hasNoDoubles = (list: readonly unknown[]) => expect(new Set(list).size).toBe(list.length);

describe("advance", () => {
  // The input is deeply frozen: a change to it throws.
  it(
    "never throws, and leaves the world as it was",
    forEveryDecision(() => undefined),
  );

  it(
    "decides the same over the same world and event",
    forEveryDecision(({ world, event, outcome }) => expect(advance(world, event)).toEqual(outcome)),
  );

  it(
    "keeps lists without doubles",
    forEveryDecision(({ outcome: { contact } }) => {
      hasNoDoubles(contact.tags);
      hasNoDoubles(contact.labels);
      hasNoDoubles(contact.sequences);
    }),
  );

  it(
    "makes positions of its own name, at steps that exist, each with a wait that can end",
    forEveryDecision(({ world, event, outcome }) => {
      const { positions } = outcome.contact;
      hasNoDoubles(positions.map(({ id }) => id));
      for (const position of positions.filter(({ id }) => !world.contact.positions.some((old) => old.id === id))) {
        expect(position.id.startsWith(`${event.id}-`)).toBe(true);
        // A question that is left gets a new name where it stands, though its flow be unpublished by then.
        const isOld = position.isLeft === true && world.contact.positions.some(({ flow }) => flow === position.flow);
        if (!isOld) expect(world.bot.flows.get(position.flow)?.steps.has(position.step)).toBe(true);
        if (position.wakeAt !== undefined) expect(Number.isSafeInteger(position.wakeAt)).toBe(true);
        if (position.waitsFor === "time") expect(position.wakeAt).toBeTypeOf("number");
      }
    }),
  );

  it(
    "lets no position go without a fact that says what became of it",
    forEveryDecision(({ world, outcome }) => {
      const left = new Set(outcome.contact.positions.map(({ id }) => id));
      const gone = world.contact.positions.filter(({ id }) => !left.has(id));
      // Each gone one has at least one fact: it ended, went on to a step, or waits anew.
      const told = outcome.facts.filter(({ kind }) =>
        ["position_ended", "step_entered", "waiting", "question_left"].includes(kind),
      );
      expect(told.length).toBeGreaterThanOrEqual(gone.length);
    }),
  );

  it(
    "leaves no wait behind whose time has come, once its timer went off",
    forEveryDecision(({ event, outcome }) => {
      if (event.kind !== "timer") return;
      const overdue = outcome.contact.positions.find(({ id }) => id === event.positionId);
      expect(overdue?.wakeAt ?? event.at + 1).toBeGreaterThan(event.at);
    }),
  );

  it(
    `takes ${maxStepsPerEvent} steps at most for one event`,
    forEveryDecision(({ outcome }) => {
      const entered = outcome.facts.filter(({ kind }) => kind === "step_entered").length;
      expect(entered).toBeLessThanOrEqual(maxStepsPerEvent);
    }),
  );

  it(
    "writes nothing that JSON cannot hold",
    forEveryDecision(({ outcome }) => {
      const { contact, variables, messages, facts, answer } = outcome;
      const told = { contact, variables, messages, facts, answer };
      const text = JSON.stringify(told);
      expect(JSON.parse(text)).toEqual(withoutUndefined(told));
      expect(text).not.toContain("\\u0000");
    }),
  );

  it(
    "keeps every field in its kind",
    forEveryDecision(({ outcome }) => {
      const { city, size, seen, born, list } = outcome.contact.fields;
      expect(["string", "undefined"]).toContain(typeof city);
      expect(size === undefined || Number.isFinite(size)).toBe(true);
      expect(["boolean", "undefined"]).toContain(typeof seen);
      expect(born === undefined || /^\d{4}-\d{2}-\d{2}$/.test(String(born))).toBe(true);
      expect(list === undefined || Array.isArray(list)).toBe(true);
    }),
  );

  it(
    "sends only where the contact can hear it, and nothing of its own accord to one who opted out",
    forEveryDecision(({ world, event, outcome }) => {
      const open = world.contact.identities.filter(({ status }) => status === "active").length;
      if (open === 0 && event.source !== "channel") expect(outcome.messages).toEqual([]);
      if (event.source !== "channel" && outcome.contact.optedOutAt !== undefined && event.kind === "timer") {
        const optedOutBefore = world.contact.optedOutAt !== undefined;
        if (
          optedOutBefore &&
          !isAskedFor(world.contact, event) &&
          !outcome.facts.some(({ kind }) => kind === "opted_in")
        ) {
          expect(outcome.messages).toEqual([]);
        }
      }
    }),
  );

  it(
    "changes nothing where it refuses",
    forEveryDecision(({ world, outcome }) => {
      if (outcome.answer.status !== "refused") return;
      expect(outcome).toMatchObject({ variables: {}, messages: [], jobs: [], notes: [] });
      expect(outcome.contact).toEqual(world.contact);
    }),
  );
});

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutUndefined(inner)]));
}

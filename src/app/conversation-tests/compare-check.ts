import { isDeepStrictEqual } from "node:util";
import { isScheduled } from "../../engine/scheduled.ts";
import { isSequenceWait } from "../../engine/sequence-progress.ts";
import { parseFieldValue } from "../../engine/values.ts";
import type { FieldDefinition } from "../../model/field.ts";
import type { Fact } from "../../model/outcome.ts";
import type { BotSnapshot } from "../../model/world.ts";
import type { Simulation } from "../../simulator/simulation.ts";
import type { Check, ExpectedNames } from "./conversation-file.ts";
import { compareGoods } from "./goods.ts";

/** What a line brought, besides messages. */
interface Brought {
  readonly facts: readonly Fact[];
  /** `METHOD address` each. */
  readonly requests: readonly string[];
}

/** What is not as expected, a sentence each. Errors that nobody expected are among it. */
export function compareCheck(
  check: Check | undefined,
  simulation: Pick<Simulation, "contact" | "variables" | "goods">,
  bot: BotSnapshot,
  { facts, requests }: Brought,
): readonly string[] {
  const { contact, variables } = simulation;
  const positions = contact.positions
    .filter((one) => !isScheduled(one) && !isSequenceWait(one))
    .map(({ flow, step }) => `${flow}/${step}`);
  const isBlocked = contact.identities.some(({ status }) => status === "blocked");
  const notes = facts.flatMap((fact) => (fact.kind === "note_added" ? [fact.text] : []));
  const expected = check ?? {};
  return [
    ...compareErrors(expected.errors ?? [], facts),
    ...compareNames("tags", expected.tags, contact.tags),
    ...compareNames("labels", expected.labels, contact.labels),
    ...compareNames("sequences", expected.sequences, contact.sequences),
    ...compareNames("positions", expected.positions, shorten(positions, expected.positions)),
    ...compareValues("field", toStored(expected.fields, bot.fields), contact.fields),
    ...compareValues("profile", expected.profile, contact.profile),
    ...compareValues("variable", toStored(expected.variables, bot.variableDefinitions), variables),
    ...compareValues("utm", expected.utm, contact.utm),
    ...compareValues("entry", expected.entry, contact.entry?.variables ?? {}),
    ...compareLists("requests", expected.requests, requests),
    ...compareLists("notes", expected.notes, notes),
    ...compareGoods(expected, simulation.goods, bot),
    ...(expected.facts ?? [])
      .filter((wish) => !facts.some((fact) => isAtLeast(fact, wish)))
      .map((wish) => lacking(wish, facts)),
    ...compareSwitch("opted out", expected.optedOut, contact.optedOutAt !== undefined),
    ...compareSwitch("blocked", expected.blocked, isBlocked),
  ];
}

function compareErrors(expected: readonly string[], facts: readonly Fact[]): string[] {
  const errors = facts.flatMap((fact) => (fact.kind === "error" ? [fact] : []));
  const codes = errors.map(({ code }) => code);
  if (isDeepStrictEqual(sorted(codes), sorted(expected))) return [];
  const told = errors.map(({ code, message, flow, step }) => {
    const where = flow === undefined ? "" : ` (${flow}/${step ?? ""})`;
    return `${code}${where}: ${message}`;
  });
  if (expected.length === 0) return told.map((error) => `an error that the check does not name: ${error}`);
  return [`errors: expected ${list(expected)}; there were ${list(told)}`];
}

function compareNames(what: string, expected: ExpectedNames | undefined, names: readonly string[]): string[] {
  if (expected === undefined) return [];
  if (Array.isArray(expected)) {
    if (isDeepStrictEqual(sorted(expected), sorted(names))) return [];
    return [`${what}: expected ${list(expected)}; there are ${list(names)}`];
  }
  const lacking = expected.with.filter((name) => !names.includes(name));
  const extra = expected.without.filter((name) => names.includes(name));
  return [
    ...(lacking.length === 0 ? [] : [`${what}: ${list(lacking)} should be among them; there are ${list(names)}`]),
    ...(extra.length === 0 ? [] : [`${what}: ${list(extra)} should not be among them; there are ${list(names)}`]),
  ];
}

/** A step may be named without its flow. */
function shorten(positions: readonly string[], expected: ExpectedNames | undefined): readonly string[] {
  const named = Array.isArray(expected) ? expected : [...(expected?.with ?? []), ...(expected?.without ?? [])];
  return positions.map((position) => {
    const step = position.split("/")[1] ?? "";
    return named.includes(step) ? step : position;
  });
}

function compareValues(
  what: string,
  expected: object | undefined,
  actual: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(expected ?? {}).flatMap(([key, value]) => {
    const found = actual[key] ?? null;
    if (isDeepStrictEqual(found, value)) return [];
    return [`${what} ${key}: expected ${show(value)}; is ${show(found)}`];
  });
}

/** By keys, and each value as a field of that kind keeps it. */
function toStored(expected: object | undefined, definitions: ReadonlyMap<string, FieldDefinition>): object {
  return Object.fromEntries(
    Object.entries(expected ?? {}).map(([name, value]) => {
      const definition = definitions.get(name);
      const parsed = definition === undefined || value === null ? undefined : parseFieldValue(definition.kind, value);
      return [definition?.key ?? name, parsed?.ok === true ? parsed.value : value];
    }),
  );
}

function compareLists(what: string, expected: readonly string[] | undefined, actual: readonly string[]): string[] {
  if (expected === undefined || isDeepStrictEqual([...expected], [...actual])) return [];
  return [`${what}: expected ${list(expected)}; there were ${list(actual)}`];
}

function compareSwitch(what: string, expected: boolean | undefined, actual: boolean): string[] {
  if (expected === undefined || expected === actual) return [];
  return [`expected the contact ${expected ? "to be" : "not to be"} ${what}`];
}

function isAtLeast(fact: Fact, wish: object): boolean {
  return Object.entries(wish).every(([key, value]) => isDeepStrictEqual((fact as never)[key], value));
}

function lacking(wish: { readonly kind: string }, facts: readonly Fact[]): string {
  const alike = facts.filter(({ kind }) => kind === wish.kind).map(show);
  const instead = alike.length > 0 ? alike : [...new Set(facts.map(({ kind }) => kind))];
  return `no fact ${show(wish)}; there were ${list(instead)}`;
}

const sorted = (names: readonly string[]) => [...names].sort();
const list = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));
const show = (value: unknown) => (value === null ? "no value" : JSON.stringify(value));

import { createContext } from "react";
import type { FlowDocument, StoredStep } from "../../../src/model/flow.ts";
import { findLookup, type lookups } from "./lookups.ts";
import { keyOf, type Subject, valueNames } from "./rules.ts";

export type ThingKind = keyof typeof lookups | "step";

/** What a thing is called that a setting names by its key, ref or id; undefined: there is none, or it is not known yet. */
export type ThingNames = (kind: ThingKind, value: string) => string | undefined;

export const noNames: ThingNames = () => undefined;

/** Of what the flow at hand names. */
export const ThingNamesContext = createContext<ThingNames>(noNames);

interface NamedThing {
  readonly kind: ThingKind;
  readonly value: string;
}

/** A setting that names a thing; `beside`: what is set in the same place. A step of another flow is called as that flow's settings have it: not known here. */
export function findThing(
  owner: string,
  key: string,
  value: unknown,
  beside: Readonly<Record<string, unknown>> = {},
): NamedThing | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const kind = findLookup(owner, key);
  if (kind === undefined || (kind === "step" && beside.flow !== undefined)) return undefined;
  return { kind, value: String(value) };
}

/** What a rule's key names. */
export function findThingOfRule(subject: string, key: unknown): NamedThing | undefined {
  const kind = keyOf[subject as Subject];
  return typeof kind === "string" && kind !== "word" && typeof key === "string" ? { kind, value: key } : undefined;
}

/** What a rule's value names. */
export function findThingOfValue(subject: string, value: unknown): NamedThing | undefined {
  const kind = valueNames[subject as Subject];
  return kind === undefined || typeof value === "object" ? undefined : { kind, value: String(value) };
}

/** Whatever settings name, however deep. */
function collect(owner: string, settings: unknown, found: NamedThing[]): void {
  if (typeof settings !== "object" || settings === null) return;
  const record = settings as Readonly<Record<string, unknown>>;
  if (typeof record.subject === "string" && "operator" in record) {
    const ofValue = [record.value].flat().map((value) => findThingOfValue(String(record.subject), value));
    for (const one of [findThingOfRule(record.subject, record.key), ...ofValue]) if (one !== undefined) found.push(one);
    return;
  }
  for (const [key, value] of Object.entries(record)) {
    const inner = key === "args" && typeof record.action === "string" ? record.action : owner;
    const things = Array.isArray(value) ? value : [value];
    for (const one of things) {
      const thing = findThing(owner, key, one, record);
      if (thing !== undefined) found.push(thing);
    }
    collect(inner, value, found);
  }
}

const ofSteps = new WeakMap<StoredStep, readonly NamedThing[]>();

function listThingsOfStep(step: StoredStep): readonly NamedThing[] {
  const known = ofSteps.get(step);
  if (known !== undefined) return known;
  const found: NamedThing[] = [];
  collect(step.kind, step.config, found);
  ofSteps.set(step, found);
  return found;
}

/** Everything that a flow's steps and triggers name by key, ref or id. A step that stays the same object is looked through once. */
export function listThings({ steps, triggers }: Pick<FlowDocument, "steps" | "triggers">): readonly NamedThing[] {
  const found: NamedThing[] = [];
  for (const trigger of triggers) collect("trigger", trigger, found);
  return [...steps.flatMap(listThingsOfStep), ...found];
}

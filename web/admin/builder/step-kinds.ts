import { z } from "zod";
import type { StepOutput, StepType } from "../../../src/engine/step-type.ts";
import type { ConditionGroup } from "../../../src/model/condition.ts";
import type { FlowDocument, StoredStep } from "../../../src/model/flow.ts";
import { steps } from "../../../src/steps/index.ts";
import type { JsonSchema } from "./json-schema.ts";

/** The very step types that the server runs. */
const catalogue: Readonly<Record<string, unknown>> = steps;

/** What most flows are made of comes first; the others in the registry's order. */
const first: readonly string[] = ["message", "question", "condition", "delay", "action"];
const rankOf = (kind: string) => (first.includes(kind) ? first.indexOf(kind) : first.length);

export const stepKinds: readonly StepType[] = Object.values(steps)
  .map((type) => type as unknown as StepType)
  .toSorted((a, b) => rankOf(a.kind) - rankOf(b.kind));

export function findStepType(kind: string): StepType | undefined {
  return Object.hasOwn(catalogue, kind) ? (catalogue[kind] as StepType) : undefined;
}

const schemas = new Map<string, JsonSchema>();

/** A kind's settings as the form draws them. */
export function schemaOf(type: StepType): JsonSchema {
  const known = schemas.get(type.kind);
  if (known !== undefined) return known;
  const made = z.toJSONSchema(type.config, { io: "input", unrepresentable: "any", reused: "inline" }) as JsonSchema;
  schemas.set(type.kind, made);
  return made;
}

const outputs = new WeakMap<StoredStep, readonly StepOutput[]>();

/** The outputs of a step as far as its settings can be read; while they are half typed, those that every setting has. Read once of each step as it is. */
export function outputsOf(step: StoredStep): readonly StepOutput[] {
  const known = outputs.get(step) ?? readOutputs(step);
  outputs.set(step, known);
  return known;
}

function readOutputs({ kind, config }: StoredStep): readonly StepOutput[] {
  const type = findStepType(kind);
  if (type === undefined) return [];
  const parsed = type.config.safeParse(config);
  if (parsed.success) return type.outputs(parsed.data);
  const filled = type.config.safeParse(fillTexts(config, parsed.error.issues));
  try {
    return type.outputs(filled.success ? filled.data : (config as never));
  } catch {
    return [];
  }
}

/** A button whose title is still to be typed has an output all the same, and the lines of the others stay. */
function fillTexts(config: StoredStep["config"], issues: readonly z.core.$ZodIssue[]): unknown {
  const filled = structuredClone(config);
  for (const issue of issues) {
    const key = issue.path.at(-1);
    if (issue.code !== "too_small" || issue.origin !== "string" || key === undefined) continue;
    const around = issue.path
      .slice(0, -1)
      .reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown>)[part], filled);
    (around as Record<PropertyKey, unknown>)[key] = "…";
  }
  return filled;
}

/** Where a flow does not usually go on. */
const rare: readonly string[] = ["not_allowed"];

/**
 * The output that a step which is added next is connected to: the first that leads nowhere. Buttons go before everything else, and where there are some,
 * nothing else is meant: what leads on from `next` does not wait for a press.
 */
export function findFreeOutput(step: StoredStep, edges: FlowDocument["edges"]): string | undefined {
  const names = outputsOf(step).map(({ name }) => name);
  const buttons = names.filter((name) => name.startsWith("button:"));
  const usual = buttons.length > 0 ? buttons : names.filter((name) => !rare.includes(name));
  return usual.find((name) => !edges.some(({ from, output }) => from === step.ref && output === name));
}

interface RuleWords {
  /** Which of the subject's things is meant. */
  key(subject: string, key: string): string;
  /** What a thing is called that is compared with; undefined: it is no thing. */
  value(subject: string, value: unknown): string | undefined;
  subject(subject: string): string;
  operator(operator: string): string;
  /** A comparison of this subject that says by itself what is looked at: `has the tag`. */
  phrase(subject: string, operator: string): string | undefined;
}

/** What a summary calls things by. */
export interface SummaryWords extends RuleWords {
  action(name: string): string;
  /** How long a delay takes; undefined: that is not set yet. */
  delay(config: StoredStep["config"]): string | undefined;
  option(key: string, value: string): string;
  /** What a thing is called that a setting names; `beside`: what is set in the same place. */
  thing(owner: string, key: string, value: unknown, beside: Readonly<Record<string, unknown>>): string | undefined;
}

/** The first lines of what a step says or does, for its box on the canvas. */
export function summarize({ kind, config }: StoredStep, words: SummaryWords): string {
  if (kind === "action") {
    // One that is not chosen yet is called by nothing.
    return listOfActions(config, words)
      .filter((text) => text !== "")
      .join(", ");
  }
  if (kind === "question") return summarizeQuestion(config, words).join(" · ");
  if (kind === "delay") {
    const said = words.delay(config);
    if (said !== undefined) return said;
  }
  const texts: string[] = [];
  collect(config, texts, { owner: kind, words, key: "", depth: 0, beside: {} });
  return texts.join(" · ");
}

function listOfActions(config: Readonly<Record<string, unknown>>, words: SummaryWords): string[] {
  const calls = Array.isArray(config.actions) ? config.actions : [];
  return calls.map((call: { action?: string; args?: Record<string, unknown> }) => {
    const { action = "", args = {} } = call;
    const said = Object.entries(args).find(([, one]) => typeof one === "string" || typeof one === "number");
    if (said === undefined) return words.action(action);
    const [key, value] = said;
    return `${words.action(action)}: ${words.thing(action, key, value, args) ?? value}`;
  });
}

/** What is asked, what is wanted for an answer, and where that is kept. */
function summarizeQuestion(config: Readonly<Record<string, unknown>>, words: SummaryWords): string[] {
  const { text = "", answer = {}, saveTo = {} } = config;
  const { type = "" } = answer as { readonly type?: unknown };
  const [saved] = Object.entries(saveTo as object);
  const texts = [String(text).trim(), type === "" ? "" : words.option("type", String(type))];
  if (saved !== undefined && typeof saved[1] === "string" && saved[1] !== "") {
    const [key, value] = saved;
    const what = key === "profile" ? words.option(key, value) : (words.thing("question", key, value, {}) ?? value);
    texts.push((words.phrase("said", "saved") ?? "{{what}}").replace("{{what}}", what));
  }
  return texts.filter((one) => one !== "");
}

const most = 4;
/** Settings that are one of a few words, and not what somebody wrote. */
const choices = new Set(["mode", "unit", "type", "kind", "query", "from", "profile"]);

/** How something is done says nothing of what. */
const silent = new Set(["match", "keyboard", "request", "latitude", "longitude"]);

interface Place {
  readonly owner: string;
  readonly words: SummaryWords;
  readonly key: string;
  readonly depth: number;
  /** The settings that the value stands among. */
  readonly beside: Readonly<Record<string, unknown>>;
}

function collect(value: unknown, texts: string[], place: Place): void {
  const { owner, words, key, depth, beside } = place;
  if (texts.length >= most || depth > 5 || silent.has(key)) return;
  if (typeof value === "string" && value.trim() !== "") {
    const text = choices.has(key) ? words.option(key, value) : value.trim();
    texts.push(words.thing(owner, key, value, beside) ?? text);
  } else if (typeof value === "number") texts.push(words.thing(owner, key, value, beside) ?? String(value));
  else if (typeof value === "object" && value !== null) collectParts(value, texts, place);
}

function collectParts(value: object, texts: string[], place: Place): void {
  if ("subject" in value && "operator" in value) {
    texts.push(describeRule(value, place.words));
    return;
  }
  const isList = Array.isArray(value);
  const depth = place.depth + 1;
  for (const [inner, one] of Object.entries(value)) {
    if (isList) collect(one, texts, { ...place, depth });
    else if (inner !== "id") collect(one, texts, { ...place, key: inner, depth, beside: { ...value } });
  }
}

/** `Field goal contains x and (has the tag vip or has the tag new)` */
export function describeCondition(
  { match, rules }: ConditionGroup,
  joints: Readonly<Record<ConditionGroup["match"], string>>,
  words: RuleWords,
): string {
  const parts = rules.map((rule) =>
    "rules" in rule ? `(${describeCondition(rule, joints, words)})` : describeRule(rule, words),
  );
  return parts.join(` ${joints[match]} `);
}

/** `Field goal contains x`, `has the tag vip` */
export function describeRule(rule: object, words: RuleWords): string {
  const { key, operator, value, ...rest } = rule as Readonly<Record<string, unknown>>;
  const subject = String(rest.subject);
  const which = typeof key === "string" ? words.key(subject, key) : key;
  const values = [value].flat().map((one) => words.value(subject, one) ?? one);
  const phrase = words.phrase(subject, String(operator));
  const said = words.phrase("said", String(operator))?.replace("{{days}}", String(value ?? "…"));
  const compared = said === undefined ? [words.operator(String(operator)).toLowerCase(), values] : [said];
  const parts = phrase === undefined ? [words.subject(subject), which, ...compared] : [phrase, which, values];
  return parts
    .flat()
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
}

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

/** The outputs of a step as far as its settings can be read; while they are half typed, those that every setting has. */
export function outputsOf(step: StoredStep): readonly StepOutput[] {
  const type = findStepType(step.kind);
  if (type === undefined) return [];
  const parsed = type.config.safeParse(step.config);
  try {
    return type.outputs(parsed.success ? parsed.data : (step.config as never));
  } catch {
    return [];
  }
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
  key?(subject: string, key: string): string;
  subject(subject: string): string;
  operator(operator: string): string;
  /** A comparison of this subject that says by itself what is looked at: `has the tag`. */
  phrase?(subject: string, operator: string): string | undefined;
}

/** What a summary calls things by. */
export interface SummaryWords extends RuleWords {
  action(name: string): string;
  option(key: string, value: string): string;
}

/** The first lines of what a step says or does, for its box on the canvas. */
export function summarize({ kind, config }: StoredStep, words: SummaryWords): string {
  if (kind === "action") return listOfActions(config, words).join(", ");
  const texts: string[] = [];
  collect(config, texts, { words, key: "", depth: 0 });
  return texts.join(" · ");
}

function listOfActions(config: Readonly<Record<string, unknown>>, words: SummaryWords): string[] {
  const calls = Array.isArray(config.actions) ? config.actions : [];
  return calls.map((call: { action?: string; args?: Record<string, unknown> }) => {
    const [value] = Object.values(call.args ?? {}).filter((one) => typeof one === "string" || typeof one === "number");
    return `${words.action(call.action ?? "")}${value === undefined ? "" : `: ${value}`}`;
  });
}

const most = 4;
/** Settings that are one of a few words, and not what somebody wrote. */
const choices = new Set(["mode", "unit", "type", "kind", "query", "from", "profile"]);

/** How something is done says nothing of what. */
const silent = new Set(["match", "keyboard", "request", "latitude", "longitude"]);

interface Place {
  readonly words: SummaryWords;
  readonly key: string;
  readonly depth: number;
}

function collect(value: unknown, texts: string[], { words, key, depth }: Place): void {
  if (texts.length >= most || depth > 5 || silent.has(key)) return;
  if (typeof value === "string" && value.trim() !== "") {
    texts.push(choices.has(key) ? words.option(key, value) : value.trim());
  } else if (typeof value === "number") texts.push(String(value));
  else if (typeof value === "object" && value !== null) collectParts(value, texts, { words, key, depth });
}

function collectParts(value: object, texts: string[], { words, key, depth }: Place): void {
  if ("subject" in value && "operator" in value) {
    texts.push(describeRule(value, words));
    return;
  }
  for (const [inner, one] of Object.entries(value)) {
    if (inner !== "id") collect(one, texts, { words, key: Array.isArray(value) ? key : inner, depth: depth + 1 });
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
function describeRule(rule: object, words: RuleWords): string {
  const { subject, key, operator, value } = rule as Readonly<Record<string, unknown>>;
  const which = typeof key === "string" ? (words.key?.(String(subject), key) ?? key) : key;
  const phrase = words.phrase?.(String(subject), String(operator));
  const said = words.phrase?.("said", String(operator))?.replace("{{days}}", String(value ?? "…"));
  const compared = said === undefined ? [words.operator(String(operator)).toLowerCase(), value] : [said];
  const parts = phrase === undefined ? [words.subject(String(subject)), which, ...compared] : [phrase, which, value];
  return parts
    .flat()
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
}

import { z } from "zod";
import type { StepOutput, StepType } from "../../../src/engine/step-type.ts";
import type { StoredStep } from "../../../src/model/flow.ts";
import { steps } from "../../../src/steps/index.ts";
import type { JsonSchema } from "./json-schema.ts";

/** The very step types that the server runs. */
const catalogue: Readonly<Record<string, unknown>> = steps;

export const stepKinds: readonly StepType[] = Object.values(steps).map((type) => type as unknown as StepType);

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

/** The first lines of what a step says or does, for its box on the canvas. */
export function summarize({ kind, config }: StoredStep): string {
  const texts: string[] = [];
  collect(config, texts, 0);
  if (kind === "action") return listOfActions(config).join(", ");
  return texts.join(" · ");
}

function listOfActions(config: Readonly<Record<string, unknown>>): string[] {
  const calls = Array.isArray(config.actions) ? config.actions : [];
  return calls.map((call: { action?: string; args?: Record<string, unknown> }) => {
    const [value] = Object.values(call.args ?? {}).filter((one) => typeof one === "string" || typeof one === "number");
    return `${(call.action ?? "").replaceAll("_", " ")}${value === undefined ? "" : `: ${value}`}`;
  });
}

const most = 4;

function collect(value: unknown, texts: string[], depth: number): void {
  if (texts.length >= most || depth > 5) return;
  if (typeof value === "string" && value.trim() !== "") texts.push(value.trim());
  else if (typeof value === "number") texts.push(String(value));
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) if (key !== "id") collect(inner, texts, depth + 1);
  }
}

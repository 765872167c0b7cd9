import { type FlowDocument, triggerSchema } from "../../../src/model/flow.ts";
import type { JsonSchema } from "./json-schema.ts";

const isFinished = (trigger: unknown) => triggerSchema.safeParse(trigger).success;

/** Whether one of the ways to start the flow still lacks something that it cannot be without. */
export const hasUnfinished = ({ triggers }: FlowDocument): boolean => !triggers.every(isFinished);

/** As the server can take it; the same document where all of it can be taken. */
export function withoutUnfinished(document: FlowDocument): FlowDocument {
  return hasUnfinished(document) ? { ...document, triggers: document.triggers.filter(isFinished) } : document;
}

/** A setting of a trigger without which it cannot be, and which is not there yet. */
export function findMissing(
  owner: string,
  key: string,
  value: unknown,
  isRequired: boolean,
): "words" | "tag" | "field" | undefined {
  if (owner !== "trigger" || !isRequired || !(key === "words" || key === "tag" || key === "field")) return undefined;
  const isEmpty = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  return isEmpty ? key : undefined;
}

/** What a choice begins with in the builder, where that is not its schema's default: somebody who writes "help" means it, also where a question waits. */
export function beginWith(owner: string, schema: JsonSchema, value: unknown): unknown {
  const isKeyword = owner === "trigger" && schema.properties?.kind?.const === "keyword";
  return isKeyword ? { ...(value as object), interrupts: true } : value;
}

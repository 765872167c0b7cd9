import type { FieldKind } from "../../../src/model/field.ts";

/** A value as it is shown and typed: a list one a line, JSON as JSON. */
export function showVariable(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join("\n");
  return JSON.stringify(value);
}

/** What was typed, for the server to check; null clears. */
export function toVariableValue(kind: FieldKind, text: string): unknown {
  if (text.trim() === "") return null;
  if (kind === "list") return text.split("\n").filter((line) => line.trim() !== "");
  if (kind === "boolean") return text === "true";
  return text;
}

import type { FlowDocument } from "../../../src/model/flow.ts";

/** Keys of the values that steps of a flow leave for its later steps: answers and parts of answers that are kept in a variable. */
export function findLocalNames({ steps }: Pick<FlowDocument, "steps">): readonly string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "variable" && typeof inner === "string" && inner !== "") found.add(inner);
      else look(inner);
    }
  };
  // Where steps and actions keep what they found; `variable` elsewhere is one of the bot's.
  const seek = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "saveTo" || key === "save") look(inner);
      else if (key !== "args") seek(inner);
    }
  };
  for (const { config } of steps) seek(config);
  return [...found].sort();
}

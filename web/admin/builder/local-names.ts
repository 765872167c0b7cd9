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
  for (const { config } of steps) {
    // Where steps keep what they found; `variable` elsewhere is one of the bot's.
    look((config as { saveTo?: unknown }).saveTo);
    look((config as { save?: unknown }).save);
  }
  return [...found].sort();
}

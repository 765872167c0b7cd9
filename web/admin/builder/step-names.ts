import type { StoredStep } from "../../../src/model/flow.ts";
import type { Catalogue } from "./catalogue.ts";
import { lookOf } from "./look.ts";
import { lastOf, splitTemplate } from "./variables.ts";

/** So much of its text tells a step from others. */
const mostLetters = 30;

/** What a step is called where its box is not in sight: its name, or its kind and how its text begins. */
export function callStep(step: StoredStep, catalogue: Catalogue): string {
  const { title, summary } = lookOf(step, catalogue);
  if (step.name !== undefined && step.name !== "") return step.name;
  const text = cut(readable(summary));
  return text === "" ? title : `${title}: ${text}`;
}

/** All steps by their refs. Of several that would be called the same, the later ones are numbered. */
export function callSteps(steps: readonly StoredStep[], catalogue: Catalogue): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  return new Map(
    steps.map((step) => {
      const name = callStep(step, catalogue);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return [step.ref, count === 1 ? name : `${name} (${count})`];
    }),
  );
}

/** On one line, with variables by their names. */
function readable(text: string): string {
  const parts = splitTemplate(text).map((part) => (part.kind === "text" ? part.text : `{${lastOf(part.path)}}`));
  return parts.join("").replace(/\s+/g, " ").trim();
}

/** By characters as people count them: half an emoji would show as a box. */
function cut(text: string): string {
  const letters = [...text];
  return letters.length <= mostLetters ? text : `${letters.slice(0, mostLetters).join("").trimEnd()}…`;
}

import type { StoredStep } from "../../../src/model/flow.ts";
import type { Catalogue } from "./catalogue.ts";
import { outputsOf } from "./step-kinds.ts";
import type { StepNodeType } from "./step-node.tsx";

export type Look = Pick<StepNodeType["data"], "kind" | "title" | "summary" | "outputs">;

/** Kept as long as the step is the same, by language. */
const looks = new WeakMap<Catalogue, WeakMap<StoredStep, Look>>();

/** What of a box is read off its step. */
export function lookOf(step: StoredStep, catalogue: Catalogue): Look {
  const inLanguage = looks.get(catalogue) ?? new WeakMap<StoredStep, Look>();
  looks.set(catalogue, inLanguage);
  const known = inLanguage.get(step);
  if (known !== undefined) return known;
  const look = {
    kind: step.kind,
    title: catalogue.nameOf(step),
    summary: catalogue.summary(step),
    outputs: outputsOf(step).map(({ name, title }) => ({ name, title: catalogue.output({ name, title }) })),
  };
  inLanguage.set(step, look);
  return look;
}

import type { FlowDocument } from "../../../src/model/flow.ts";
import { arrange } from "../builder/lay-out.ts";
import { outputsOf } from "../builder/step-kinds.ts";

/** A ready flow with a place for each step, as the builder's own *Arrange* finds it. */
export function placeTemplate(document: FlowDocument): FlowDocument {
  const outputs = new Map(document.steps.map((step) => [step.ref, outputsOf(step).map(({ name }) => name)]));
  return arrange(document, (ref) => outputs.get(ref) ?? []);
}

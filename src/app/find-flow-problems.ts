import type { FlowDocument } from "../model/flow.ts";
import { preparePublishedFlow } from "../steps/advance.ts";

/** Why a flow cannot be published, as sentences. */
export function findFlowProblems(document: FlowDocument): readonly string[] {
  const flow = preparePublishedFlow({ id: 0, ref: "checked", name: document.name, version: 0, document });
  const problems = [...flow.steps.values()]
    .filter(({ problem }) => problem !== undefined)
    .map(({ ref, problem }) => `step "${ref}": ${problem}`);
  if (flow.start === undefined || !flow.steps.has(flow.start)) problems.unshift("the flow has no first step");
  return problems;
}

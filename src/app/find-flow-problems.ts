import { actions } from "../actions/index.ts";
import { validateFlow } from "../engine/validate-flow.ts";
import type { FlowDocument } from "../model/flow.ts";
import { steps } from "../steps/index.ts";

/** Why a flow cannot be published, as sentences: the errors that the editor and the API show too. */
export function findFlowProblems(document: FlowDocument): readonly string[] {
  return validateFlow(document, { steps, actions })
    .filter(({ severity }) => severity === "error")
    .map(({ step, message }) => (step === undefined ? message : `step "${step}": ${message}`));
}

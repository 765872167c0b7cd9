import type { Edge, FlowDocument, PreparedFlow, PreparedStep, StoredStep } from "../model/flow.ts";
import type { StepCatalogue, StepType } from "./step-type.ts";

/** What a published flow is made of. */
export interface PublishedFlow {
  readonly id: number;
  readonly ref: string;
  readonly name: string;
  readonly version: number;
  readonly document: FlowDocument;
}

/**
 * Prepares a published flow for walking: configs parsed once, edges turned into look-ups, action steps before the others where an
 * output leads to several. Never fails: a step that cannot run is kept with its `problem`, and only those who meet it notice.
 */
export function prepareFlow(flow: PublishedFlow, steps: StepCatalogue): PreparedFlow {
  const { document } = flow;
  const kinds = new Map(document.steps.map((step) => [step.ref, step.kind]));
  const runsFirst = (ref: string) => steps[kinds.get(ref) ?? ""]?.category === "action";
  return {
    id: flow.id,
    ref: flow.ref,
    name: flow.name,
    version: flow.version,
    start: document.start,
    triggers: document.triggers,
    steps: new Map(document.steps.map((step) => [step.ref, prepareStep(step, document.edges, steps, runsFirst)])),
  };
}

function prepareStep(
  step: StoredStep,
  edges: readonly Edge[],
  steps: StepCatalogue,
  runsFirst: (ref: string) => boolean,
): PreparedStep {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    if (edge.from !== step.ref) continue;
    next.set(edge.output, [...(next.get(edge.output) ?? []), edge.to]);
  }
  for (const targets of next.values()) targets.sort((a, b) => Number(runsFirst(b)) - Number(runsFirst(a)));
  // The registry hides each type's config behind `never`; only the type's own schema decides what its `run` gets.
  const type = steps[step.kind] as StepType | undefined;
  const parsed = type?.config.safeParse(step.config);
  return {
    ref: step.ref,
    kind: step.kind,
    name: step.name,
    config: parsed?.data,
    problem: parsed === undefined ? `there is no step kind "${step.kind}"` : parsed.error?.issues[0]?.message,
    next,
  };
}

import type { PreparedFlow, StoredStep } from "../model/flow.ts";

/** Where a step goes without an edge; undefined: nowhere. Without a flow it stays in its own, without a step it begins there anew. */
export function readJump({ kind, config }: Pick<StoredStep, "kind"> & { readonly config: unknown }) {
  return kind === "go_to" ? (config as { readonly flow?: string; readonly step?: string }) : undefined;
}

/** The step and all that can be come to from it within the flow, by edges and jumps. */
export function findStepsFrom(flow: PreparedFlow, ref: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [ref];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const step = flow.steps.get(at);
    if (step === undefined || found.has(at)) continue;
    found.add(at);
    for (const targets of step.next.values()) open.push(...targets);
    const jump = step.config === undefined ? undefined : readJump(step);
    const target = jump?.step ?? flow.start;
    if (jump !== undefined && (jump.flow ?? flow.ref) === flow.ref && target !== undefined) open.push(target);
  }
  return found;
}

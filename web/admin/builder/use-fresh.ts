import { useEffect, useMemo, useRef, useState } from "react";
import type { FlowDocument } from "../../../src/model/flow.ts";
import type { FlowProblem } from "./flow-types.ts";

/** `isFresh`: of a step that somebody is only beginning to set up, so that it is no fault of theirs yet. */
export type ShownProblem = FlowProblem & { readonly isFresh?: boolean };

/** The same list where no step is fresh. */
export function markFresh(
  problems: readonly FlowProblem[],
  isFresh: (ref: string) => boolean,
): readonly ShownProblem[] {
  // What the step itself warns of is mostly what is still to be filled in.
  const isLack = ({ severity, code }: FlowProblem) => severity === "error" || code === "step.warning";
  const isOfFresh = (problem: FlowProblem) => isLack(problem) && problem.step !== undefined && isFresh(problem.step);
  return problems.some(isOfFresh)
    ? problems.map((problem) => (isOfFresh(problem) ? { ...problem, isFresh: true } : problem))
    : problems;
}

/**
 * What is wrong with the flow, with what new steps lack told apart from faults: until a step's settings were left once, or somebody wanted to publish.
 * `open`: ref of the step whose settings are open.
 */
export function useFresh(
  initial: FlowDocument,
  open: string | undefined,
  problems: readonly FlowProblem[],
): { readonly problems: readonly ShownProblem[]; readonly onPublish: () => void } {
  const [seen, setSeen] = useState<ReadonlySet<string> | "all">(() => new Set(initial.steps.map(({ ref }) => ref)));
  const before = useRef(open);
  useEffect(() => {
    const left = before.current;
    before.current = open;
    if (left !== undefined && left !== open) setSeen((old) => (old === "all" ? old : new Set(old).add(left)));
  }, [open]);
  return {
    problems: useMemo(() => markFresh(problems, (ref) => seen !== "all" && !seen.has(ref)), [problems, seen]),
    onPublish: () => setSeen("all"),
  };
}

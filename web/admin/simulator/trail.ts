import type { Position } from "../../../src/model/contact.ts";
import type { Turn } from "../../../src/simulator/simulation.ts";

/** The way that somebody took through one flow. */
export interface Trail {
  readonly steps: ReadonlySet<string>;
  /** Outputs that were gone through, as `step output`. */
  readonly outputs: ReadonlySet<string>;
  /** Steps where they stand now. */
  readonly here: ReadonlySet<string>;
  /** The step that was entered last; undefined: none yet. */
  readonly last: string | undefined;
}

export function toOutputKey(step: string, output: string): string {
  return `${step} ${output}`;
}

export function traceFlow(flow: string, turns: readonly Turn[], positions: readonly Position[]): Trail {
  const steps = new Set<string>();
  const outputs = new Set<string>();
  let last: string | undefined;
  for (const { facts, passages } of turns) {
    for (const fact of facts) {
      if (fact.kind !== "step_entered" || fact.flow !== flow) continue;
      steps.add(fact.step);
      last = fact.step;
    }
    for (const passage of passages) {
      if (passage.flow === flow) outputs.add(toOutputKey(passage.step, passage.output));
    }
  }
  const here = new Set(positions.filter((position) => position.flow === flow).map(({ step }) => step));
  return { steps, outputs, here, last };
}

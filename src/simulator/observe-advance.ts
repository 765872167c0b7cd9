import { actions } from "../actions/index.ts";
import { type Advance, createAdvance } from "../engine/advance.ts";
import { MustRead } from "../engine/must-read.ts";
import type { AnyStep, StepContext, StepResult } from "../engine/step-type.ts";
import { toError } from "../engine/to-error.ts";
import { steps } from "../steps/index.ts";

/** An output that somebody went through. */
export interface Passage {
  readonly flow: string;
  readonly step: string;
  readonly output: string;
}

/** A step threw what no step should: a bug, and where it showed. */
export class BrokenStep extends Error {
  override readonly name = "BrokenStep";
  readonly flow: string;
  readonly step: string;

  constructor({ flow, step }: { readonly flow: string; readonly step: string }, cause: unknown) {
    super(toError(cause).message, { cause });
    this.flow = flow;
    this.step = step;
  }
}

/** The engine with every step and action, telling which outputs it takes: events tell of steps alone, and two edges may lead to the same. */
export function observeAdvance(see: (passage: Passage) => void): Advance {
  const observed = Object.entries(steps).map(([kind, type]) => [kind, observe(type, see)]);
  return createAdvance({ steps: Object.fromEntries(observed), actions });
}

function observe(type: AnyStep, see: (passage: Passage) => void): AnyStep {
  const tell = (context: StepContext<never>, take: () => StepResult): StepResult => {
    const { flow, step } = context;
    const result = locate(context, take);
    const output = outputsOf(result).find((name) => context.isConnected(name));
    if (output !== undefined) see({ flow, step, output });
    return result;
  };
  const { resume } = type;
  return {
    ...type,
    run: (context) => tell(context, () => type.run(context)),
    ...(resume === undefined ? {} : { resume: (context, signal) => tell(context, () => resume(context, signal)) }),
  };
}

function locate(place: { readonly flow: string; readonly step: string }, take: () => StepResult): StepResult {
  try {
    return take();
  } catch (thrown) {
    if (thrown instanceof MustRead) throw thrown;
    throw new BrokenStep(place, thrown);
  }
}

/** As the walk takes them: the first that leads somewhere. */
function outputsOf(result: StepResult): readonly string[] {
  if ("go" in result) return typeof result.go === "string" ? [result.go] : result.go;
  return "fail" in result ? ["error"] : [];
}

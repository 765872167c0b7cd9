import type { FlowDocument, StoredStep } from "../../../src/model/flow.ts";
import { outputsOf } from "./step-kinds.ts";

type IsLed = (output: string) => boolean;

/** Outputs by which the flow does not end although they lead nowhere; `isLed`: whether an output leads somewhere. */
const goesOn: Readonly<Record<string, (step: StoredStep, output: string, isLed: IsLed) => boolean>> = {
  // With something to press, it waits for that.
  message: (step, output) => output === "next" && outputsOf(step).some(({ name }) => name.startsWith("button:")),
  question({ config }, output, isLed) {
    if (output === "timeout") return config.timeout === undefined;
    // Where a choice of its own leads nowhere, that is what ends.
    if (output === "answered") return (config.answer as { type?: unknown } | undefined)?.type === "choice";
    return output.startsWith("choice:") && isLed("answered");
  },
  request: (_step, output, isLed) =>
    output !== "success" && (isLed("error") || (output === "timeout" && isLed("failure"))),
  query: (_step, output, isLed) => output === "failed" && isLed("error"),
  script: (_step, output, isLed) => output === "failed" && isLed("error"),
};

/** Outputs at which the flow ends for whoever comes by them: they lead nowhere, and nothing else is done or waited for. */
export function findEnds(step: StoredStep, edges: FlowDocument["edges"]): readonly string[] {
  const led = new Set(edges.flatMap(({ from, output }) => (from === step.ref ? [output] : [])));
  const isLed = (output: string) => led.has(output);
  return (
    outputsOf(step)
      .map(({ name }) => name)
      .filter((name) => !led.has(name))
      // One is only left by it where it leads somewhere.
      .filter((name) => name !== "not_allowed" && goesOn[step.kind]?.(step, name, isLed) !== true)
  );
}

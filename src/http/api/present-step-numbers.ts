import type { StepMetric } from "../../store/step-metric-store.ts";
import type { StepNumbersBody } from "../contract/flows.ts";

const plain = ["entered", "sent", "delivered", "read", "failed"] as const;
const buttonPrefix = "button:";

/** One line a step. */
export function presentStepNumbers(
  metrics: readonly StepMetric[],
  waiting: readonly { readonly step: string; readonly count: number }[],
): StepNumbersBody[] {
  const lines = new Map<string, StepNumbersBody>();
  const lineOf = (step: string): StepNumbersBody => {
    const known = lines.get(step);
    if (known !== undefined) return known;
    const none = { entered: 0, waiting: 0, sent: 0, delivered: 0, read: 0, failed: 0, clicked: 0 };
    const line = { step, ...none, buttons: {} };
    lines.set(step, line);
    return line;
  };
  for (const { step, metric, count } of metrics) {
    const line = lineOf(step);
    const name = plain.find((known) => known === metric);
    if (name !== undefined) line[name] += count;
    else if (metric.startsWith(buttonPrefix)) {
      line.clicked += count;
      line.buttons[metric.slice(buttonPrefix.length)] = count;
    }
  }
  for (const { step, count } of waiting) lineOf(step).waiting = count;
  return [...lines.values()];
}

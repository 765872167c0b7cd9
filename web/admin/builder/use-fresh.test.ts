import { expect, it } from "vitest";
import type { FlowProblem } from "./flow-types.ts";
import { markFresh } from "./use-fresh.ts";

const problem = (severity: FlowProblem["severity"], step?: string): FlowProblem => ({
  severity,
  code: "step.bad_config",
  message: "Text: has to be filled in",
  ...(step === undefined ? {} : { step }),
});

it("tells what a new step lacks from what is wrong", () => {
  const problems = [problem("error", "new"), problem("warning", "new"), problem("error", "old"), problem("error")];
  expect(markFresh(problems, (ref) => ref === "new").map(({ isFresh }) => isFresh === true)).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(markFresh(problems, () => false)).toBe(problems);
  const own = [{ ...problem("warning", "new"), code: "step.warning" }];
  expect(markFresh(own, () => true)).toMatchObject([{ isFresh: true }]);
});

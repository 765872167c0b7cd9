import { z } from "zod";
import { defineStep } from "../../engine/step-type.ts";
import { refSchema } from "../../model/flow.ts";
import { say } from "../../model/sentence.ts";

export const goTo = defineStep({
  kind: "go_to",
  title: "Go to",
  category: "flow",
  description: "Goes on at another step, or in another flow.",
  config: z.object({ flow: refSchema.optional(), step: refSchema.optional() }),
  example: { step: "s1" },
  outputs: () => [],
  problems: ({ flow, step }) =>
    flow === undefined && step === undefined ? [say`say which step or flow to go to`] : [],
  warnings({ flow, step }, bot) {
    if (flow === undefined || step === undefined) return [];
    const found = bot.flows.get(flow);
    return found === undefined || found.steps.has(step)
      ? []
      : [say`the flow "${{ flow }}" has no step "${{ step }}" to go to`];
  },
  run: ({ config: { flow, step } }) => ({ jump: { flow, step } }),
});

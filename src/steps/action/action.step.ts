import { z } from "zod";
import { defineStep } from "../../engine/step-type.ts";
import { actionCallSchema } from "../../model/action-call.ts";

export const action = defineStep({
  kind: "action",
  title: "Actions",
  category: "action",
  description: "Behind the scenes: adds a tag, fills in a field, calls a colleague.",
  config: z.object({ actions: z.array(actionCallSchema).min(1).max(50) }),
  example: { actions: [{ action: "add_tag", args: { tag: "lead" } }] },
  outputs: () => [{ name: "next", title: "Next" }],
  run(context) {
    context.runActions(context.config.actions);
    return { go: "next" };
  },
});

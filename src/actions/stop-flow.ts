import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { refSchema } from "../model/flow.ts";

export const stopFlow = defineAction({
  name: "stop_flow",
  title: "Stop a flow",
  group: "flows",
  description:
    "Ends the contact's walk through a flow; with `step` only where it has come to that step or further. It counts once: what is started there afterwards goes out. Other contacts go on.",
  args: z.object({ flow: refSchema, step: refSchema.optional() }),
  example: { flow: "f1" },
  apply: (context, { flow, step }) => ok({ stopped: context.stopFlow(flow, { step }) }),
});

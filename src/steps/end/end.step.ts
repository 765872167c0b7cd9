import { z } from "zod";
import { defineStep } from "../../engine/step-type.ts";

export const end = defineStep({
  kind: "end",
  title: "End",
  category: "flow",
  description: "Ends this walk through the flow.",
  config: z.object({}),
  example: {},
  outputs: () => [],
  run: () => ({ end: true }),
});

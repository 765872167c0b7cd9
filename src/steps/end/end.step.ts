import { z } from "zod";
import { defineStep } from "../../engine/step-type.ts";

export const end = defineStep({
  kind: "end",
  title: "End",
  category: "flow",
  description: "Nothing more comes after this.",
  config: z.object({}),
  example: {},
  outputs: () => [],
  run: () => ({ end: true }),
});

import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const optIn = defineAction({
  name: "opt_in",
  title: "Allow messages again",
  group: "consent",
  description: "Records that the contact wants messages again.",
  args: z.object({}),
  example: {},
  apply: (context) => ok({ changed: context.setOptedOut(false) }),
});

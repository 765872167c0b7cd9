import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const optOut = defineAction({
  name: "opt_out",
  title: "Stop messages",
  group: "consent",
  description:
    "Records that the contact wants no more messages: from then on they get only what they ask for themselves.",
  args: z.object({}),
  example: {},
  apply: (context) => ok({ changed: context.setOptedOut(true) }),
});

import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const unban = defineAction({
  name: "unban",
  title: "Lift the ban",
  group: "conversation",
  description: "Ends a ban; waits that ended meanwhile go on at once.",
  args: z.object({}),
  example: {},
  apply: ({ conversation }) => ok({ changed: conversation.setBanned(false) }),
});

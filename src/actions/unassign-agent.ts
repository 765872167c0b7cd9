import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const unassignAgent = defineAction({
  name: "unassign_agent",
  title: "Take the conversation from its agent",
  group: "conversation",
  description: "Takes the conversation from the member that it was given to.",
  args: z.object({}),
  example: {},
  apply: ({ conversation }) => ok({ changed: conversation.assign(undefined) }),
});

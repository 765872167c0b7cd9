import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const markRead = defineAction({
  name: "mark_read",
  title: "Mark the conversation as read",
  group: "conversation",
  description: "Says that what the contact wrote so far has been read.",
  args: z.object({}),
  example: {},
  apply: ({ conversation }) => ok({ changed: conversation.setRead(true) }),
});

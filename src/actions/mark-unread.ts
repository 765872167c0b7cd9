import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const markUnread = defineAction({
  name: "mark_unread",
  title: "Mark the conversation as unread",
  group: "conversation",
  description: "Puts the conversation among the unread ones; only where the contact has written before.",
  args: z.object({}),
  example: {},
  apply: ({ conversation }) => ok({ changed: conversation.setRead(false) }),
});

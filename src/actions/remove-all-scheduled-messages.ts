import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const removeAllScheduledMessages = defineAction({
  name: "remove_all_scheduled_messages",
  title: "Remove all scheduled messages",
  group: "messages",
  description: "Removes the messages that wait for their time. Gives how many.",
  args: z.object({}),
  example: {},
  apply: ({ scheduled }) => ok({ deleted: scheduled.removeAll() }),
});

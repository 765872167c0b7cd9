import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { say } from "../model/sentence.ts";

export const removeScheduledMessage = defineAction({
  name: "remove_scheduled_message",
  title: "Remove a scheduled message",
  group: "messages",
  description: "Removes one message that waits for its time.",
  args: z.object({ id: z.string().min(1).max(60) }),
  example: { id: "1-0" },
  apply: ({ scheduled }, { id }) =>
    scheduled.remove(id)
      ? ok()
      : refuse("message.not_found", say`there is no such scheduled message; it may have been sent`),
});

import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { forever } from "../model/conversation.ts";

export const pauseBot = defineAction({
  name: "pause_bot",
  title: "Pause the bot",
  group: "conversation",
  description:
    "Keeps the bot still while a person talks: messages are stored and shown, but start and answer nothing; waits that end meanwhile wait on. For some minutes, or until it is resumed. What doors and agents start runs all the same.",
  args: z.object({ minutes: z.number().int().min(1).max(525_600).optional() }),
  example: { minutes: 30 },
  apply({ conversation, now }, { minutes }) {
    conversation.pause(minutes === undefined ? forever : now + minutes * 60_000);
    return ok();
  },
});

import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const resumeBot = defineAction({
  name: "resume_bot",
  title: "Resume the bot",
  group: "conversation",
  description: "Lets a paused bot speak again; waits that ended meanwhile go on at once.",
  args: z.object({}),
  example: {},
  apply: ({ conversation }) => ok({ changed: conversation.resume() }),
});

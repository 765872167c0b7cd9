import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { say } from "../model/sentence.ts";

export const assignAgent = defineAction({
  name: "assign_agent",
  title: "Assign the conversation to an agent",
  group: "conversation",
  description: "Gives the conversation to a member of the team.",
  args: z.object({ agent: z.number().int().positive() }),
  example: { agent: 1 },
  check(bot, { agent }) {
    if (bot.members.has(agent)) return undefined;
    return { code: "member.not_found", ...say`there is no member ${{ agent }} in the workspace` };
  },
  apply: ({ conversation }, { agent }) => ok({ changed: conversation.assign(agent) }),
});

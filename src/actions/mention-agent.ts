import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { say } from "../model/sentence.ts";
import type { BotSnapshot } from "../model/world.ts";

export const mentionAgent = defineAction({
  name: "mention_agent",
  title: "Mention an agent",
  group: "conversation",
  description:
    "Draws the attention of a member of the team, named by id or e-mail, to the conversation: it stands among the agent's mentions until the agent opens it. The comment is a template.",
  args: z.object({
    agent: z.union([z.number().int().positive(), z.email().max(254)]),
    comment: z.string().max(5000).default(""),
  }),
  example: { agent: 1, comment: "{{ contact.first_name }} asks for a discount" },
  check(bot, { agent }) {
    if (findMember(bot, agent) !== undefined) return undefined;
    return { code: "member.not_found", ...say`there is no member ${{ agent }} in the workspace` };
  },
  apply(context, { agent, comment }) {
    const member = findMember(context.bot, agent);
    if (member === undefined) return refuse("member.not_found", say`there is no member ${{ agent }} in the workspace`);
    context.conversation.mention(member, context.render(comment).trim());
    return ok();
  },
});

function findMember(bot: BotSnapshot, agent: number | string): number | undefined {
  if (typeof agent === "string") return bot.memberEmails.get(agent.toLowerCase());
  return bot.members.has(agent) ? agent : undefined;
}

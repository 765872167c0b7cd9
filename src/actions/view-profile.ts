import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { say } from "../model/sentence.ts";

export const viewProfile = defineAction({
  name: "view_profile",
  title: "Tell that the profile was viewed",
  group: "conversation",
  isForCallers: true,
  description:
    "Tells webhooks that a member of the team looked at the contact's profile. Without `agent`: somebody else.",
  args: z.object({ agent: z.number().int().positive().optional() }),
  example: { agent: 1 },
  check(bot, { agent }) {
    if (agent === undefined || bot.members.has(agent)) return undefined;
    return { code: "member.not_found", ...say`there is no member ${{ agent }} in the workspace` };
  },
  apply({ conversation }, { agent = null }) {
    conversation.noteView(agent);
    return ok();
  },
});

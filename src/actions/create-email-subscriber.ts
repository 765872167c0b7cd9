import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { findEmailAddress, findEmailChannel } from "../engine/email-address.ts";
import { findTriggers } from "../engine/triggers.ts";
import { refSchema } from "../model/flow.ts";
import { say } from "../model/sentence.ts";

export const createEmailSubscriber = defineAction({
  name: "create_email_subscriber",
  title: "Subscribe to e-mail",
  group: "contact",
  description:
    "Links the contact with its address on an e-mail channel (the bot's first one where none is named), records the entry, and starts the flow there. Without a flow the channel's default flow is recorded, and nothing is sent. `email` is a template; absent: the contact's own address.",
  args: z.object({
    channelId: z.number().int().positive().optional(),
    email: z.string().min(1).max(500).optional(),
    flow: refSchema.optional(),
    step: z.string().max(60).optional(),
    /** An entry link of the bot, by ref: recorded with what is stored with it. */
    link: z.string().min(1).max(64).optional(),
  }),
  example: { email: "{{ contact.email }}", flow: "f1" },
  check(bot, { channelId, flow, step, link }) {
    const channel = findEmailChannel(bot, channelId);
    if (typeof channel !== "number") return channel;
    const found = flow === undefined ? undefined : bot.flows.get(flow);
    if (flow !== undefined && found?.start === undefined) {
      return { code: "flow.not_published", ...say`there is no published flow with the ref "${{ flow }}"` };
    }
    if (step !== undefined && found?.steps.has(step) !== true) {
      return {
        code: "step.not_found",
        ...say`the flow "${{ flow: flow ?? "" }}" has no step with the ref "${{ step }}"`,
      };
    }
    if (link !== undefined && !bot.entryLinks.has(link)) {
      return { code: "entry_link.not_found", ...say`the bot has no entry link with the ref "${{ link }}"` };
    }
    return undefined;
  },
  apply(context, { channelId, email, flow, step, link }) {
    const channel = findEmailChannel(context.bot, channelId);
    if (typeof channel !== "number") return { ok: false, error: channel };
    const address = findEmailAddress(context, channel, email);
    if (typeof address !== "string") return { ok: false, error: address };
    const created = context.addIdentity(channel, address);
    if (context.contact.profile.email === undefined) context.setProfile("email", address);
    const entered = flow ?? defaultFlow(context.bot, link);
    const payload = link ?? entered;
    if (payload !== undefined) context.recordEntry(payload, link);
    if (flow !== undefined && !context.startFlow(flow, { step, by: "action", channelId: channel })) {
      return refuse("flow.not_published", say`there is no published flow "${{ flow }}" with that step`);
    }
    return ok({ email: address, channelId: channel, created, flow: entered ?? null });
  },
});

/** What somebody who comes to the channel by themselves would start. */
function defaultFlow(bot: Parameters<typeof findTriggers>[0], link: string | undefined): string | undefined {
  const ofLink = link === undefined ? undefined : bot.entryLinks.get(link)?.flow;
  const triggered = findTriggers(bot, "start", "email")[0] ?? findTriggers(bot, "default_reply", "email")[0];
  return ofLink ?? triggered?.flow.ref;
}

import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { refSchema } from "../model/flow.ts";
import { say } from "../model/sentence.ts";

export const startFlow = defineAction({
  name: "start_flow",
  title: "Start a flow",
  group: "flows",
  description:
    "Starts a flow at its first step, or at the step with the given ref. With `fallbackToStart` a step that is not there means the first one.",
  args: z.object({ flow: refSchema, step: z.string().max(60).optional(), fallbackToStart: z.boolean().default(false) }),
  example: { flow: "f1", fallbackToStart: false },
  check(bot, { flow, step, fallbackToStart }) {
    const found = bot.flows.get(flow);
    if (found?.start === undefined) {
      return { code: "flow.not_published", ...say`there is no published flow with the ref "${{ flow }}"` };
    }
    if (step === undefined || fallbackToStart || found.steps.has(step)) return undefined;
    return { code: "step.not_found", ...say`the flow "${{ flow }}" has no step with the ref "${{ step }}"` };
  },
  apply(context, { flow, step, fallbackToStart }) {
    if (context.contact.bannedAt !== undefined) return refuse("contact.banned", say`the contact is banned`);
    if (context.startFlow(flow, { step })) return ok({ step: step ?? context.bot.flows.get(flow)?.start ?? null });
    if (fallbackToStart && context.startFlow(flow)) return ok({ step: context.bot.flows.get(flow)?.start ?? null });
    return refuse("flow.not_published", say`there is no published flow "${{ flow }}" with that step`);
  },
});

import { z } from "zod";
import { checkCondition } from "../../engine/check-condition.ts";
import { evaluateCondition } from "../../engine/condition.ts";
import { defineStep } from "../../engine/step-type.ts";
import { conditionSchema } from "../../model/condition.ts";

export const condition = defineStep({
  kind: "condition",
  title: "Condition",
  category: "logic",
  description: "Two ways: one for those with a certain tag, field or channel, one for all others.",
  config: z.object({ condition: conditionSchema }),
  example: { condition: { match: "all", rules: [{ subject: "tag", key: "buyer", operator: "has" }] } },
  outputs: () => [
    { name: "yes", title: "Yes" },
    { name: "no", title: "No" },
  ],
  problems: ({ condition }) => checkCondition(condition),
  run(context) {
    const { contact, bot, variables, values, message, now, channelId } = context;
    const deals = () => context.deals.list();
    const scope = { contact, bot, variables, values, message, now, channelId, deals };
    return { go: evaluateCondition(context.config.condition, scope) ? "yes" : "no" };
  },
});

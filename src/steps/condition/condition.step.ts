import { z } from "zod";
import { checkCondition } from "../../engine/check-condition.ts";
import { evaluateCondition } from "../../engine/condition.ts";
import { defineStep } from "../../engine/step-type.ts";
import { type ConditionGroup, conditionSchema } from "../../model/condition.ts";

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
  warnings({ condition }, bot) {
    const problems = new Set(checkCondition(condition).map(({ message }) => message));
    return checkCondition(withoutMarks(condition), bot).filter(({ message }) => !problems.has(message));
  },
  run(context) {
    const { contact, bot, variables, values, message, now, channelId } = context;
    const deals = () => context.deals.list();
    const scope = { contact, bot, variables, values, message, now, channelId, deals };
    return { go: evaluateCondition(context.config.condition, scope) ? "yes" : "no" };
  },
});

/** Tags and labels are made by the first action that gives one: that there is none yet says nothing. */
function withoutMarks(group: ConditionGroup): ConditionGroup {
  const rules = group.rules
    .filter((rule) => "rules" in rule || (rule.subject !== "tag" && rule.subject !== "label"))
    .map((rule) => ("rules" in rule ? withoutMarks(rule) : rule));
  return { ...group, rules };
}

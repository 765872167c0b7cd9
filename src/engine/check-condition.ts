import { type Comparison, type ConditionGroup, operators } from "../model/condition.ts";
import { type ProfileKey, profileKeys, type Utm, utmKeys } from "../model/contact.ts";
import { type Sentence, say, toSentence } from "../model/sentence.ts";
import type { BotSnapshot } from "../model/world.ts";
import { findTest, guessedKinds, type OperatorKind } from "./operators.ts";
import { compilePattern } from "./pattern.ts";
import { findPlan, findStatus } from "./sales-plans.ts";
import { parseTimeOfDay } from "./time.ts";
import { parseFieldValue } from "./values.ts";

/** What is wrong with a condition. With the bot at hand, fields' and variables' kinds are known, and names the bot lacks are told. */
export function checkCondition(condition: ConditionGroup, bot?: BotSnapshot): Sentence[] {
  return condition.rules.flatMap((rule) => ("rules" in rule ? checkCondition(rule, bot) : checkComparison(rule, bot)));
}

const needsKey = new Set<Comparison["subject"]>([
  "field",
  "variable",
  "entry_variable",
  "profile",
  "utm",
  "tag",
  "label",
  "sequence",
  "sales_plan",
  "deal_status",
  "deal_sum",
]);

function checkComparison(comparison: Comparison, bot: BotSnapshot | undefined): Sentence[] {
  const { subject, key = "", operator } = comparison;
  if (needsKey.has(subject) && key === "") return [say`choose which ${{ subject }} to look at`];
  if (subject === "time_of_day") return checkTimes(comparison);
  if (subject === "weekday") return checkWeekdays(comparison);
  if (subject === "deal_status") return checkDealStatus(comparison, bot);
  if (subject === "profile" && !profileKeys.includes(key as ProfileKey)) return [say`the profile has no "${{ key }}"`];
  if (subject === "utm" && !utmKeys.includes(key as keyof Utm)) return [say`there is no UTM value "${{ key }}"`];
  const what = key === "" ? say`${{ subject }}` : say`${{ subject }} ${{ key }}`;
  const kinds = kindsOf(comparison, bot);
  const kind = kinds.find((candidate) => findTest(candidate, operator) !== undefined);
  if (kind === undefined) {
    const [kindName = "value"] = kinds.length === 1 ? kinds : [];
    return [say`a ${{ kind: kindName }} (${{ what }}) cannot be compared by "${{ operator }}"`];
  }
  const isKnown = bot === undefined || knows(bot, comparison);
  return [
    ...(isKnown ? [] : [say`there is no ${{ subject: nouns[subject] ?? subject }} "${{ key }}"`]),
    ...checkOperands(comparison, kind, what),
  ];
}

const nouns: Readonly<Partial<Record<Comparison["subject"], string>>> = {
  sales_plan: "sales plan",
  deal_sum: "sales plan",
};

/** A status is looked for where the plan is known and it is no template. */
function checkDealStatus({ key = "", operator, value }: Comparison, bot: BotSnapshot | undefined): Sentence[] {
  const operands = Array.isArray(value) ? value : value === undefined ? [] : [value];
  if (!statusOperators.includes(operator))
    return [say`the status of a deal (${{ key }}) cannot be compared by "${{ operator }}"`];
  const isCountRight = /in$/.test(operator) ? operands.length > 0 : operands.length === 1;
  if (!isCountRight)
    return [
      say`"${{ operator }}" (deal_status ${{ key }}) needs ${{ count: /in$/.test(operator) ? say`at least one value` : say`one value` }}`,
    ];
  if (bot === undefined) return [];
  const plan = findPlan(bot.salesPlans.values(), key);
  if (plan === undefined) return [say`there is no sales plan "${{ key }}"`];
  const named = operands.map(String).filter((operand) => !/\{[{%]/.test(operand));
  return named.flatMap((name) =>
    findStatus(plan, name.trim()) === undefined
      ? [say`the sales plan "${{ plan: plan.name }}" has no status "${{ name }}"`]
      : [],
  );
}

const statusOperators: readonly string[] = operators.status;

/** Values of the walk need no declaration, so any variable may be one. */
function knows(bot: BotSnapshot, { subject, key = "" }: Comparison): boolean {
  if (subject === "field") return bot.fields.has(key);
  if (subject === "tag") return bot.tags.has(key);
  if (subject === "label") return bot.labels.has(key);
  if (subject === "sales_plan" || subject === "deal_sum") {
    return findPlan(bot.salesPlans.values(), key) !== undefined;
  }
  if (subject !== "sequence" || bot.sequences.has(key)) return true;
  return [...bot.sequences.values()].some(({ name }) => name === key);
}

const needNoValue = /^(is_set|is_not_set|is_true|is_false|is_empty|is_not_empty|has|has_not|finished|not_finished)$/;

function checkOperands({ operator, value }: Comparison, kind: OperatorKind, what: Sentence): Sentence[] {
  if (needNoValue.test(operator)) return [];
  const operands = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const isCountRight = operator === "in" ? operands.length > 0 : operands.length === (operator === "between" ? 2 : 1);
  if (!isCountRight)
    return [say`"${{ operator }}" (${{ what }}) needs ${{ count: counts[operator] ?? say`one value` }}`];
  // What a template comes to is only known when it is rendered.
  const plain = operands.filter((operand) => typeof operand !== "string" || !/\{[{%]/.test(operand));
  if (operator === "matches") {
    const patterns = plain.map((source) => compilePattern(String(source), { ignoreCase: false }));
    return patterns.flatMap((pattern) => (pattern.ok ? [] : [toSentence(pattern)]));
  }
  const read = /^within_/.test(operator) ? "number" : kind;
  if (read !== "number" && read !== "date" && read !== "datetime") return [];
  return plain.flatMap((operand) => {
    const parsed = parseFieldValue(read, operand);
    return parsed.ok
      ? []
      : [say`the value "${{ operand: String(operand) }}" (${{ what }}) ${{ why: toSentence(parsed) }}`];
  });
}

const counts: Readonly<Record<string, Sentence>> = { between: say`two values`, in: say`at least one value` };

function checkTimes({ operator, value }: Comparison): Sentence[] {
  const times = Array.isArray(value) ? value.map((time) => parseTimeOfDay(String(time))) : [];
  return operator === "between" && times.length === 2 && times.every((time) => time !== undefined)
    ? []
    : [say`a time of day is compared by between, with two times such as 09:00 and 18:00`];
}

function checkWeekdays({ operator, value }: Comparison): Sentence[] {
  const days = (Array.isArray(value) ? value : [value]).map(Number);
  const areDays = days.length > 0 && days.every((day) => Number.isInteger(day) && day >= 1 && day <= 7);
  return (operator === "in" || operator === "not_in") && areDays
    ? []
    : [say`a weekday is compared by in or not_in, with numbers from 1 (Monday) to 7`];
}

/** The kinds a subject may have; several where it is only known when it is looked at. */
function kindsOf({ subject, key = "" }: Comparison, bot: BotSnapshot | undefined): readonly OperatorKind[] {
  if (subject === "tag" || subject === "label" || subject === "sales_plan") return ["membership"];
  if (subject === "sequence") return ["subscription"];
  if (subject === "deal_sum") return ["number"];
  if (subject === "opted_out") return ["boolean"];
  if (subject === "created_at" || subject === "last_inbound_at") return ["datetime"];
  if (subject === "entry_variable") return guessedKinds;
  if (subject !== "field" && subject !== "variable") return ["text"];
  const definition = subject === "field" ? bot?.fields.get(key) : bot?.variableDefinitions.get(key);
  return definition === undefined ? guessedKinds : [definition.kind];
}

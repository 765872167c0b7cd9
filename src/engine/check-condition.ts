import { type Comparison, type ConditionGroup, operators } from "../model/condition.ts";
import { type ProfileKey, profileKeys, type Utm, utmKeys } from "../model/contact.ts";
import type { BotSnapshot } from "../model/world.ts";
import { findTest, guessedKinds, type OperatorKind } from "./operators.ts";
import { compilePattern } from "./pattern.ts";
import { findPlan, findStatus } from "./sales-plans.ts";
import { parseTimeOfDay } from "./time.ts";
import { parseFieldValue } from "./values.ts";

/** What is wrong with a condition, as sentences. With the bot at hand, fields' and variables' kinds are known, and names the bot lacks are told. */
export function checkCondition(condition: ConditionGroup, bot?: BotSnapshot): string[] {
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

function checkComparison(comparison: Comparison, bot: BotSnapshot | undefined): string[] {
  const { subject, key = "", operator } = comparison;
  if (needsKey.has(subject) && key === "") return [`a comparison of a ${subject} has to say which`];
  if (subject === "time_of_day") return checkTimes(comparison);
  if (subject === "weekday") return checkWeekdays(comparison);
  if (subject === "deal_status") return checkDealStatus(comparison, bot);
  if (subject === "profile" && !profileKeys.includes(key as ProfileKey)) return [`the profile has no "${key}"`];
  if (subject === "utm" && !utmKeys.includes(key as keyof Utm)) return [`there is no UTM value "${key}"`];
  const what = `${subject}${key === "" ? "" : ` ${key}`}`;
  const kinds = kindsOf(comparison, bot);
  const kind = kinds.find((candidate) => findTest(candidate, operator) !== undefined);
  if (kind === undefined) {
    const [only] = kinds.length === 1 ? kinds : ["value"];
    return [`a ${only} (${what}) cannot be compared by "${operator}"`];
  }
  const isKnown = bot === undefined || knows(bot, comparison);
  return [
    ...(isKnown ? [] : [`there is no ${nouns[subject] ?? subject} "${key}"`]),
    ...checkOperands(comparison, kind, what),
  ];
}

const nouns: Readonly<Partial<Record<Comparison["subject"], string>>> = {
  sales_plan: "sales plan",
  deal_sum: "sales plan",
};

/** A status is looked for where the plan is known and it is no template. */
function checkDealStatus({ key = "", operator, value }: Comparison, bot: BotSnapshot | undefined): string[] {
  const operands = Array.isArray(value) ? value : value === undefined ? [] : [value];
  if (!statusOperators.includes(operator)) return [`the status of a deal (${key}) cannot be compared by "${operator}"`];
  const isCountRight = /in$/.test(operator) ? operands.length > 0 : operands.length === 1;
  if (!isCountRight)
    return [`"${operator}" (deal_status ${key}) needs ${/in$/.test(operator) ? "at least one value" : "one value"}`];
  if (bot === undefined) return [];
  const plan = findPlan(bot.salesPlans.values(), key);
  if (plan === undefined) return [`there is no sales plan "${key}"`];
  const named = operands.map(String).filter((operand) => !/\{[{%]/.test(operand));
  return named.flatMap((name) =>
    findStatus(plan, name.trim()) === undefined ? [`the sales plan "${plan.name}" has no status "${name}"`] : [],
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
  return subject !== "sequence" || bot.sequences.has(key) || [...bot.sequences.values()].includes(key);
}

const needNoValue = /^(is_set|is_not_set|is_true|is_false|is_empty|is_not_empty|has|has_not)$/;

function checkOperands({ operator, value }: Comparison, kind: OperatorKind, what: string): string[] {
  if (needNoValue.test(operator)) return [];
  const operands = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const isCountRight = operator === "in" ? operands.length > 0 : operands.length === (operator === "between" ? 2 : 1);
  if (!isCountRight) return [`"${operator}" (${what}) needs ${counts[operator] ?? "one value"}`];
  // What a template comes to is only known when it is rendered.
  const plain = operands.filter((operand) => typeof operand !== "string" || !/\{[{%]/.test(operand));
  if (operator === "matches") {
    const patterns = plain.map((source) => compilePattern(String(source), { ignoreCase: false }));
    return patterns.flatMap((pattern) => (pattern.ok ? [] : [pattern.message]));
  }
  const read = /^within_/.test(operator) ? "number" : kind;
  if (read !== "number" && read !== "date" && read !== "datetime") return [];
  return plain.flatMap((operand) => {
    const parsed = parseFieldValue(read, operand);
    return parsed.ok ? [] : [`the value "${operand}" (${what}) ${parsed.message}`];
  });
}

const counts: Readonly<Record<string, string>> = { between: "two values", in: "at least one value" };

function checkTimes({ operator, value }: Comparison): string[] {
  const times = Array.isArray(value) ? value.map((time) => parseTimeOfDay(String(time))) : [];
  return operator === "between" && times.length === 2 && times.every((time) => time !== undefined)
    ? []
    : ["a time of day is compared by between, with two times such as 09:00 and 18:00"];
}

function checkWeekdays({ operator, value }: Comparison): string[] {
  const days = (Array.isArray(value) ? value : [value]).map(Number);
  const areDays = days.length > 0 && days.every((day) => Number.isInteger(day) && day >= 1 && day <= 7);
  return (operator === "in" || operator === "not_in") && areDays
    ? []
    : ["a weekday is compared by in or not_in, with numbers from 1 (Monday) to 7"];
}

/** The kinds a subject may have; several where it is only known when it is looked at. */
function kindsOf({ subject, key = "" }: Comparison, bot: BotSnapshot | undefined): readonly OperatorKind[] {
  if (subject === "tag" || subject === "label" || subject === "sequence") return ["membership"];
  if (subject === "sales_plan") return ["membership"];
  if (subject === "deal_sum") return ["number"];
  if (subject === "opted_out") return ["boolean"];
  if (subject === "created_at" || subject === "last_inbound_at") return ["datetime"];
  if (subject === "entry_variable") return guessedKinds;
  if (subject !== "field" && subject !== "variable") return ["text"];
  const definition = subject === "field" ? bot?.fields.get(key) : bot?.variableDefinitions.get(key);
  return definition === undefined ? guessedKinds : [definition.kind];
}

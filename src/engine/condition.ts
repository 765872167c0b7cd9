import type { Comparison, ConditionGroup } from "../model/condition.ts";
import type { FieldValue } from "../model/field.ts";
import type { Deal } from "../model/sales-plan.ts";
import { decimalsOf } from "./money.ts";
import { findTest, guessedKinds, type Operand, type OperatorKind } from "./operators.ts";
import { findPlan, findStatusRefs, sumOpenDeals } from "./sales-plans.ts";
import { renderTemplate, type TemplateScope, variablesOf } from "./template.ts";
import { localTime, parseTimeOfDay, zoneOf } from "./time.ts";

/** What a condition is asked about. */
export interface ConditionScope extends TemplateScope {
  /** Unix milliseconds. */
  readonly now: number;
  readonly channelId: number | undefined;
  /** The contact's deals, read only where a comparison asks; absent: it has none. */
  readonly deals?: (() => readonly Deal[]) | undefined;
}

/** Whether the condition looks at deals, so that they have to be at hand. */
export function asksForDeals({ rules }: ConditionGroup): boolean {
  return rules.some((rule) => ("rules" in rule ? asksForDeals(rule) : dealSubjects.has(rule.subject)));
}

const dealSubjects: ReadonlySet<Comparison["subject"]> = new Set(["sales_plan", "deal_status", "deal_sum"]);

/** What a subject is at the moment: its kinds decide which operators it has. */
interface Subject {
  readonly kinds: readonly OperatorKind[];
  readonly value: FieldValue | undefined;
}

/** Whether the condition holds. A comparison whose operator does not fit its subject does not hold (`check-condition.ts` tells). */
export function evaluateCondition(condition: ConditionGroup, scope: ConditionScope): boolean {
  const holds = (rule: ConditionGroup | Comparison) =>
    "rules" in rule ? evaluateCondition(rule, scope) : evaluateComparison(rule, scope);
  return condition.match === "all" ? condition.rules.every(holds) : condition.rules.some(holds);
}

function evaluateComparison(comparison: Comparison, scope: ConditionScope): boolean {
  const { subject: name, operator } = comparison;
  if (name === "time_of_day") return isTimeBetween(comparison, scope);
  if (name === "weekday") return isWeekday(comparison, scope);
  if (name === "deal_status") return isInDealStatus(comparison, scope);
  const { kinds, value } = subjects[name](scope, comparison.key ?? "");
  const test = kinds.map((kind) => findTest(kind, operator)).find((found) => found !== undefined);
  if (test === undefined) return false;
  return test(value, renderOperands(comparison, scope), { now: scope.now, zone: zoneOf(scope.contact, scope.bot) });
}

function renderOperands({ value }: Comparison, scope: ConditionScope): Operand[] {
  return (Array.isArray(value) ? value : [value]).map((operand) =>
    typeof operand === "string" ? renderTemplate(operand, scope, scope.now).text : operand,
  );
}

/** Those that no operators of a kind compare. */
type OtherSubject = "time_of_day" | "weekday" | "deal_status";
type SubjectName = Exclude<Comparison["subject"], OtherSubject>;

const text = (value: string | undefined): Subject => ({ kinds: ["text"], value: value === "" ? undefined : value });
const membership = (is: boolean): Subject => ({ kinds: ["membership"], value: is });
const moment = (at: number | undefined): Subject => ({
  kinds: ["datetime"],
  value: at === undefined ? undefined : new Date(at).toISOString(),
});
/** The kind that was declared; where none was, that of the value, and then any whose operator is asked for. */
const valued = (declared: OperatorKind | undefined, value: FieldValue | undefined): Subject => ({
  kinds: declared === undefined ? [kindOf(value), ...guessedKinds] : [declared],
  value,
});

/** Keys come from people: one such as `constructor` must find nothing. */
function entryOf<V>(record: Readonly<Record<string, V>> | undefined, key: string): V | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

const subjects: { readonly [S in SubjectName]: (scope: ConditionScope, key: string) => Subject } = {
  field: ({ bot, contact }, key) => {
    const definition = bot.fields.get(key);
    return valued(definition?.kind, entryOf(contact.fields, definition?.key ?? key));
  },
  variable: (scope, key) => valued(scope.bot.variableDefinitions.get(key)?.kind, variableOf(scope, key)),
  entry_variable: ({ contact }, key) => valued(undefined, entryOf(contact.entry?.variables, key)),
  profile: ({ contact }, key) => text(entryOf<string | undefined>(contact.profile, key)),
  utm: ({ contact }, key) => text(entryOf<string | undefined>(contact.utm, key)),
  tag: ({ contact }, key) => membership(contact.tags.includes(key)),
  label: ({ contact }, key) => membership(contact.labels.includes(key)),
  sequence: ({ bot, contact }, key) => {
    const isNamed = (ref: string) => ref === key || bot.sequences.get(ref)?.name === key;
    const past = Object.entries(contact.pastSequences ?? {});
    return {
      kinds: ["subscription"],
      value: [
        ...(contact.sequences.some(isNamed) ? ["subscribed"] : []),
        ...(past.some(([ref, { end }]) => end === "finished" && isNamed(ref)) ? ["finished"] : []),
      ],
    };
  },
  channel: ({ bot, channelId }) => text(channelId === undefined ? undefined : bot.channels.get(channelId)),
  entry_link: ({ contact }) =>
    text(contact.entry === undefined ? undefined : (contact.entry.link ?? contact.entry.payload)),
  message: ({ message }) => text(message?.text),
  opted_out: ({ contact }) => ({ kinds: ["boolean"], value: contact.optedOutAt !== undefined }),
  created_at: ({ contact }) => moment(contact.createdAt),
  last_inbound_at: ({ contact }) => moment(contact.lastInboundAt),
  sales_plan: (scope, key) => membership(dealsIn(scope, key).some(({ closedAt }) => closedAt === undefined)),
  deal_sum: (scope, key) => {
    const currency = findPlan(scope.bot.salesPlans.values(), key)?.currency ?? "";
    const sum = sumOpenDeals(dealsIn(scope, key), currency);
    return { kinds: ["number"], value: sum === undefined ? undefined : sum / 10 ** decimalsOf(currency) };
  },
};

/** The contact's deals in a plan, named by ref or name. */
function dealsIn({ bot, deals }: ConditionScope, key: string): readonly Deal[] {
  const plan = findPlan(bot.salesPlans.values(), key);
  return plan === undefined ? [] : (deals?.() ?? []).filter((deal) => deal.plan === plan.id);
}

/** Whether any deal of the plan, open or not, is in (one of) the status that is named. */
function isInDealStatus(comparison: Comparison, scope: ConditionScope): boolean {
  const { key = "", operator } = comparison;
  const plan = findPlan(scope.bot.salesPlans.values(), key);
  const refs = plan === undefined ? [] : findStatusRefs(plan, operator, renderOperands(comparison, scope));
  const isIn = dealsIn(scope, key).some(({ status }) => refs.includes(status));
  if (operator === "is" || operator === "in") return isIn;
  return (operator === "is_not" || operator === "not_in") && !isIn;
}

/** By key or, as a variable of the bot, by its name. */
function variableOf(scope: ConditionScope, key: string): FieldValue | undefined {
  const values = variablesOf(scope);
  return entryOf(values, key) ?? entryOf(values, scope.bot.variableDefinitions.get(key)?.key ?? key);
}

function kindOf(value: FieldValue | undefined): OperatorKind {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  return Array.isArray(value) ? "list" : "text";
}

/** `between` two times of day in the contact's zone, the first included; from a later to an earlier time it spans midnight. */
function isTimeBetween({ operator, value }: Comparison, scope: ConditionScope): boolean {
  const [from, to] = (Array.isArray(value) ? value : []).map((time) => parseTimeOfDay(String(time)));
  if (operator !== "between" || from === undefined || to === undefined) return false;
  const { minutes } = localTime(scope.now, zoneOf(scope.contact, scope.bot));
  return from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}

function isWeekday({ operator, value }: Comparison, scope: ConditionScope): boolean {
  const days = (Array.isArray(value) ? value : [value]).map(Number);
  const isIn = days.includes(localTime(scope.now, zoneOf(scope.contact, scope.bot)).weekday);
  return operator === "in" ? isIn : operator === "not_in" && !isIn;
}

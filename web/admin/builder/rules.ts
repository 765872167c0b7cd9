import { parseTimeOfDay } from "../../../src/engine/time.ts";
import { parseFieldValue } from "../../../src/engine/values.ts";
import { type Comparison, type ConditionGroup, operators } from "../../../src/model/condition.ts";
import { profileKeys, utmKeys } from "../../../src/model/contact.ts";
import type { lookups } from "./lookups.ts";

export type Subject = Comparison["subject"];
export type RuleKind = keyof typeof operators;

/** What a rule can look at, as people look for it. */
export const subjectGroups = {
  person: ["tag", "label", "field", "profile", "opted_out", "created_at", "last_inbound_at"],
  origin: ["channel", "entry_link", "entry_variable", "utm"],
  path: ["sequence", "sales_plan", "deal_status", "deal_sum"],
  moment: ["message", "variable", "time_of_day", "weekday"],
} as const satisfies Readonly<Record<string, readonly Subject[]>>;

/** Of a list of contacts nothing is asked that holds for a moment alone. */
export const momentary: ReadonlySet<Subject> = new Set(["message", "time_of_day", "weekday"]);

/** What a subject's key names: one of the workspace's things, one of a fixed list, or a word. */
export const keyOf: Readonly<Partial<Record<Subject, keyof typeof lookups | readonly string[] | "word">>> = {
  field: "field",
  variable: "variable",
  profile: profileKeys,
  utm: utmKeys,
  tag: "tag",
  label: "label",
  sequence: "sequence",
  entry_variable: "word",
  sales_plan: "plan",
  deal_status: "plan",
  deal_sum: "plan",
};
export const valueNames: Readonly<Partial<Record<Subject, keyof typeof lookups>>> = {
  channel: "channelKind",
  deal_status: "dealStatus",
  entry_link: "entryLink",
};

const ownOperators: Readonly<Partial<Record<Subject, readonly string[]>>> = {
  channel: ["is", "is_not", "in"],
  entry_link: ["is", "is_not", "is_set", "is_not_set"],
  time_of_day: ["between"],
  weekday: ["in", "not_in"],
  opted_out: ["is_true", "is_false"],
};
const kinds: Readonly<Partial<Record<Subject, RuleKind>>> = {
  profile: "text",
  utm: "text",
  message: "text",
  tag: "membership",
  label: "membership",
  sales_plan: "membership",
  sequence: "subscription",
  deal_status: "status",
  deal_sum: "number",
  opted_out: "boolean",
  created_at: "datetime",
  last_inbound_at: "datetime",
};
/** Of every kind: what a value holds that steps keep is only known when somebody comes by. */
const anyOperator: readonly string[] = [
  ...new Set([...operators.text, ...operators.number, ...operators.date, ...operators.boolean, ...operators.list]),
];

/** What kind of thing a rule compares; `defined`: of the field or variable that it names. Undefined: it is known when somebody comes by. */
export function kindOf({ subject }: Pick<Comparison, "subject">, defined?: RuleKind): RuleKind | undefined {
  return kinds[subject] ?? defined;
}

export function operatorsOf({ subject }: Pick<Comparison, "subject">, kind: RuleKind | undefined): readonly string[] {
  return ownOperators[subject] ?? (kind === undefined ? anyOperator : operators[kind]);
}

/** Has, has not: what is had is named after it. */
export const isOfHaving = ({ subject }: Pick<Comparison, "subject">): boolean =>
  kinds[subject] === "membership" || kinds[subject] === "subscription";

const needsNoValue = /^(has|has_not|finished|not_finished|is_set|is_not_set|is_true|is_false|is_empty|is_not_empty)$/;
export const hasValue = ({ operator }: Pick<Comparison, "operator">): boolean => !needsNoValue.test(operator);
export const takesSeveral = ({ operator }: Pick<Comparison, "operator">): boolean => /^(in|not_in)$/.test(operator);

/** How a rule's value is typed. */
export type ValueType = "text" | "number" | "date" | "days" | "time" | "weekdays" | "choice";

export function valueTypeOf(rule: Pick<Comparison, "subject" | "operator">, kind: RuleKind | undefined): ValueType {
  if (rule.subject === "weekday") return "weekdays";
  if (rule.subject === "time_of_day") return "time";
  if (valueNames[rule.subject] !== undefined) return "choice";
  if (/^within_/.test(rule.operator)) return "days";
  if (kind === "number") return "number";
  return kind === "date" || kind === "datetime" ? "date" : "text";
}

export const valuesOf = ({ value }: Pick<Comparison, "value">): readonly (string | number | boolean)[] =>
  value === undefined ? [] : [value].flat();

/** What a template comes to is known when it is rendered. */
export const isTemplate = (value: unknown): boolean => typeof value === "string" && /\{[{%]/.test(value);

const isGood: Readonly<Record<ValueType, (text: string) => boolean>> = {
  text: () => true,
  choice: () => true,
  weekdays: () => true,
  number: (text) => parseFieldValue("number", text).ok,
  days: (text) => parseFieldValue("number", text).ok,
  date: (text) => parseFieldValue("datetime", text).ok,
  time: (text) => parseTimeOfDay(text) !== undefined,
};

/** What a rule still needs: what it is about, or what it is compared with; undefined: it is finished. */
export function findGap(rule: Comparison, kind: RuleKind | undefined): "key" | ValueType | undefined {
  if (keyOf[rule.subject] !== undefined && (rule.key ?? "").trim() === "") return "key";
  if (!hasValue(rule)) return undefined;
  const type = valueTypeOf(rule, kind);
  const texts = valuesOf(rule).map((value) => String(value).trim());
  const good = texts.filter((text) => text !== "" && (isTemplate(text) || isGood[type](text)));
  const wanted = rule.operator === "between" ? 2 : 1;
  const isRight = takesSeveral(rule) ? good.length > 0 : good.length === wanted;
  return isRight && good.length === texts.length ? undefined : type;
}

/** Without what is not finished, and without groups that nothing is left of: an empty "any of" would hold for nobody. */
export function withoutGaps(
  { match, rules }: ConditionGroup,
  kindOfRule: (rule: Comparison) => RuleKind | undefined,
): ConditionGroup {
  const kept = rules.flatMap((rule): ConditionGroup["rules"] => {
    if (!("rules" in rule)) return findGap(rule, kindOfRule(rule)) === undefined ? [rule] : [];
    const inner = withoutGaps(rule, kindOfRule);
    return inner.rules.length === 0 ? [] : [inner];
  });
  return { match, rules: kept };
}

/** A rule that looks at something else now. */
export function ruleAbout(subject: Subject): Comparison {
  const [operator = "is"] = operatorsOf({ subject }, kinds[subject]);
  return { subject, operator, ...(keyOf[subject] === undefined ? {} : { key: "" }) };
}

/** A rule that names another field: a comparison that it does not have gives way to its first. */
export function fitted(rule: Comparison, kind: RuleKind | undefined): Comparison {
  const offered = operatorsOf(rule, kind);
  const [first = "is"] = offered;
  if (offered.includes(rule.operator)) return rule;
  const { value: _value, ...rest } = rule;
  return { ...rest, operator: first };
}

/** The rule compared otherwise; its value stays where it can be one still. */
export function compareBy(rule: Comparison, operator: string): Comparison {
  const { value, ...rest } = rule;
  const next = { ...rest, operator };
  if (!hasValue(next)) return next;
  const values = valuesOf(rule);
  if (takesSeveral(next) || operator === "between") return values.length === 0 ? next : { ...next, value: [...values] };
  const [first] = values;
  return first === undefined ? next : { ...next, value: first };
}

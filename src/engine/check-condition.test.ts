import { describe, expect, it } from "vitest";
import { aBot, aSequence, fieldsOf, sequencesOf } from "../../test/builders.ts";
import { type Comparison, operators } from "../model/condition.ts";
import { fieldKinds } from "../model/field.ts";
import { checkCondition } from "./check-condition.ts";
import { findTest, type OperatorKind } from "./operators.ts";

const bot = aBot({
  fields: fieldsOf(Object.fromEntries(fieldKinds.map((kind) => [`a_${kind}`, kind]))),
  variableDefinitions: fieldsOf({ price: "number" }),
  tags: new Set(["vip"]),
  labels: new Set(["hot"]),
  sequences: sequencesOf(aSequence("q1", { name: "Warm-up" })),
});
const check = (rule: Comparison, given = bot) => checkCondition({ match: "any", rules: [rule] }, given);

const fitting: Readonly<Record<string, Comparison["value"]>> = {
  in: ["a"],
  gt: 1,
  gte: 1,
  lt: 1,
  lte: 1,
  before: "2026-01-01",
  after: "2026-01-01",
  within_last_days: 1,
  within_next_days: 1,
};
const between: Readonly<Record<string, Comparison["value"]>> = {
  number: [1, 2],
  date: ["2026-01-01", "2026-02-01"],
  datetime: ["2026-01-01 10:00", "2026-02-01"],
};
const is: Readonly<Record<string, Comparison["value"]>> = { text: "a", number: "1,5", date: "31.12.2026" };

function valueFor(kind: OperatorKind, operator: string): Comparison["value"] {
  if (operator === "between") return between[kind];
  return operator.startsWith("is") ? is[kind] : (fitting[operator] ?? "a");
}

describe("a condition's check", () => {
  const all = fieldKinds.flatMap((kind) => operators[kind].map((operator) => [kind, operator] as const));

  it.each(all)("lets a %s be compared by %s, which evaluation knows too", (kind, operator) => {
    expect(check({ subject: "field", key: `a_${kind}`, operator, value: valueFor(kind, operator) })).toEqual([]);
    expect(findTest(kind, operator)).toBeTypeOf("function");
  });

  it.each<[Comparison, string]>([
    [{ subject: "field", operator: "is", value: 1 }, "choose which field to look at"],
    [{ subject: "tag", key: "", operator: "has" }, "choose which tag to look at"],
    [{ subject: "profile", key: "shoeSize", operator: "is_set" }, 'the profile has no "shoeSize"'],
    [{ subject: "utm", key: "sauce", operator: "is_set" }, 'there is no UTM value "sauce"'],
    [
      { subject: "field", key: "a_number", operator: "contains", value: "1" },
      'a number (field a_number) cannot be compared by "contains"',
    ],
    [
      { subject: "field", key: "a_text", operator: "constructor", value: "1" },
      'a text (field a_text) cannot be compared by "constructor"',
    ],
    [
      { subject: "variable", key: "price", operator: "starts_with", value: "1" },
      'a number (variable price) cannot be compared by "starts_with"',
    ],
    [{ subject: "opted_out", operator: "is", value: true }, 'a boolean (opted_out) cannot be compared by "is"'],
    [{ subject: "created_at", operator: "is", value: 1 }, 'a datetime (created_at) cannot be compared by "is"'],
    [
      { subject: "entry_variable", key: "n", operator: "like" },
      'a value (entry_variable n) cannot be compared by "like"',
    ],
    [{ subject: "message", operator: "contains" }, '"contains" (message) needs one value'],
    [{ subject: "message", operator: "is", value: ["a", "b"] }, '"is" (message) needs one value'],
    [{ subject: "message", operator: "in", value: [] }, '"in" (message) needs at least one value'],
    [
      { subject: "field", key: "a_number", operator: "between", value: [1] },
      '"between" (field a_number) needs two values',
    ],
    [
      { subject: "field", key: "a_number", operator: "gt", value: "many" },
      'the value "many" (field a_number) has to be a number',
    ],
    [
      { subject: "created_at", operator: "within_last_days", value: "week" },
      'the value "week" (created_at) has to be a number',
    ],
    [
      { subject: "field", key: "a_date", operator: "after", value: "soon" },
      'the value "soon" (field a_date) has to be a date such as 2026-12-31',
    ],
    [
      { subject: "time_of_day", operator: "between", value: ["09:00", "25:00"] },
      "a time of day is compared by between, with two times such as 09:00 and 18:00",
    ],
    [
      { subject: "weekday", operator: "in", value: [0] },
      "a weekday is compared by in or not_in, with numbers from 1 (Monday) to 7",
    ],
    [
      { subject: "weekday", operator: "in", value: [] },
      "a weekday is compared by in or not_in, with numbers from 1 (Monday) to 7",
    ],
    [{ subject: "field", key: "gone", operator: "is", value: "x" }, 'there is no field "gone"'],
    [{ subject: "tag", key: "lead", operator: "has" }, 'there is no tag "lead"'],
    [{ subject: "label", key: "cold", operator: "has" }, 'there is no label "cold"'],
    [{ subject: "sequence", key: "q2", operator: "has" }, 'there is no sequence "q2"'],
  ])("%j: %s", (rule, problem) => {
    expect(check(rule).map(({ message }) => message)).toEqual([problem]);
  });

  it.each<Comparison>([
    { subject: "tag", key: "vip", operator: "has" },
    { subject: "label", key: "hot", operator: "has_not" },
    { subject: "sequence", key: "Warm-up", operator: "has" },
    { subject: "variable", key: "answer", operator: "between", value: [1, 2] },
    { subject: "entry_variable", key: "n", operator: "is_empty" },
    { subject: "entry_link", operator: "is_set" },
    { subject: "channel", operator: "in", value: ["telegram"] },
    { subject: "field", key: "a_number", operator: "gt", value: "{{ vars.limit }}" },
    { subject: "message", operator: "matches", value: "{{ vars.pattern }}(" },
    { subject: "time_of_day", operator: "between", value: ["22:00", "6:00"] },
    { subject: "weekday", operator: "not_in", value: ["6", 7] },
  ])("lets %j be", (rule) => {
    expect(check(rule)).toEqual([]);
  });

  it("knows no names and no kinds where no bot is at hand", () => {
    const rules: Comparison[] = [
      { subject: "field", key: "any", operator: "gt", value: 1 },
      { subject: "field", key: "any", operator: "contains", value: "x" },
      { subject: "tag", key: "any", operator: "has" },
    ];
    expect(checkCondition({ match: "all", rules })).toEqual([]);
  });

  it("tells of a pattern that cannot be used, however deep the group", () => {
    const rule: Comparison = { subject: "message", operator: "matches", value: "(" };
    const deep = { match: "all" as const, rules: [{ match: "any" as const, rules: [rule] }] };
    expect(checkCondition(deep)).toMatchObject([{ message: expect.stringContaining("the pattern cannot be used") }]);
  });
});

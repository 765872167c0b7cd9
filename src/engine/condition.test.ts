import { describe, expect, it } from "vitest";
import { aBot, aContact, aSequence, fieldsOf, noon, sequencesOf } from "../../test/builders.ts";
import { type Comparison, conditionSchema, operators } from "../model/condition.ts";
import type { FieldKind, FieldValue } from "../model/field.ts";
import { type ConditionScope, evaluateCondition } from "./condition.ts";

const kinds = {
  city: "text",
  age: "number",
  paid: "boolean",
  birthday: "date",
  visit: "datetime",
  likes: "list",
  raw: "json",
} as const satisfies Record<string, FieldKind>;

const bot = aBot({
  fields: fieldsOf(kinds),
  variableDefinitions: fieldsOf({ price: "number" }),
  tags: new Set(["vip"]),
  labels: new Set(["hot"]),
  sequences: sequencesOf(aSequence("q1", { name: "Warm-up" }), aSequence("q3", { name: "Course" })),
});

function scopeWith(overrides: Partial<ConditionScope> = {}): ConditionScope {
  return {
    contact: aContact(),
    bot,
    variables: {},
    values: {},
    message: undefined,
    now: noon,
    channelId: 1,
    ...overrides,
  };
}

function holds(rule: Comparison, scope: Partial<ConditionScope> = {}): boolean {
  return evaluateCondition({ match: "all", rules: [rule] }, scopeWith(scope));
}

/** What a field's comparison gives for a value; undefined: the field is not set. */
function compares(
  key: keyof typeof kinds,
  value: FieldValue | undefined,
  operator: string,
  operand?: Comparison["value"],
) {
  const contact = aContact({ fields: value === undefined ? {} : { [key]: value } });
  return holds({ subject: "field", key, operator, value: operand }, { contact });
}

type Row = readonly [
  kind: keyof typeof kinds,
  value: FieldValue | undefined,
  operator: string,
  operand: Comparison["value"],
  expected: boolean,
];

/** Every operator of every kind: where it holds, where it does not, and what it says of a field that is not set. */
const table: readonly Row[] = [
  ["city", "Moscow ", "is", " moscow", true],
  ["city", "Moscow", "is", "Mos", false],
  ["city", undefined, "is", "", false],
  ["city", "Tver", "is_not", "Moscow", true],
  ["city", "moscow", "is_not", "Moscow", false],
  ["city", undefined, "is_not", "Moscow", true],
  ["city", "New York", "contains", "w y", true],
  ["city", "New York", "contains", "x", false],
  ["city", "New York", "contains", "", false],
  ["city", undefined, "contains", "x", false],
  ["city", "New York", "not_contains", "YORK", false],
  ["city", "New York", "not_contains", "x", true],
  ["city", undefined, "not_contains", "x", true],
  ["city", "New York", "starts_with", "new", true],
  ["city", "New York", "starts_with", "york", false],
  ["city", "New York", "ends_with", "york", true],
  ["city", "New York", "ends_with", "new", false],
  ["city", "AB-12", "matches", "^[A-Z]{2}-\\d+$", true],
  ["city", "ab-12", "matches", "^[A-Z]{2}-\\d+$", false],
  ["city", "AB-12", "matches", "(", false],
  ["city", undefined, "matches", ".*", false],
  ["city", "Tver", "in", ["Moscow", "tver"], true],
  ["city", "Tver", "in", ["Moscow"], false],
  ["city", "Tver", "in", [], false],
  ["city", undefined, "in", ["Moscow"], false],
  ["city", "Tver", "is_set", undefined, true],
  ["city", "", "is_set", undefined, false],
  ["city", undefined, "is_set", undefined, false],
  ["city", undefined, "is_not_set", undefined, true],
  ["city", "Tver", "is_not_set", undefined, false],

  ["age", 18, "is", 18, true],
  ["age", 18, "is", "18", true],
  ["age", 18, "is", "18,0", true],
  ["age", 18, "is", "eighteen", false],
  ["age", 18, "is_not", 19, true],
  ["age", 18, "is_not", 18, false],
  ["age", undefined, "is_not", 18, true],
  ["age", 18, "gt", 17.9, true],
  ["age", 18, "gt", 18, false],
  ["age", undefined, "gt", -1, false],
  ["age", 18, "gte", 18, true],
  ["age", 18, "gte", 19, false],
  ["age", 18, "lt", 19, true],
  ["age", 18, "lt", 18, false],
  ["age", undefined, "lt", 19, false],
  ["age", 18, "lte", 18, true],
  ["age", 18, "lte", 17, false],
  ["age", 18, "between", [18, 20], true],
  ["age", 20, "between", [18, 20], true],
  ["age", 21, "between", [18, 20], false],
  ["age", 21, "between", [18], false],
  ["age", 0, "is_set", undefined, true],
  ["age", undefined, "is_not_set", undefined, true],

  ["paid", true, "is_true", undefined, true],
  ["paid", false, "is_true", undefined, false],
  ["paid", undefined, "is_true", undefined, false],
  ["paid", false, "is_false", undefined, true],
  ["paid", undefined, "is_false", undefined, false],
  ["paid", false, "is_set", undefined, true],
  ["paid", undefined, "is_not_set", undefined, true],

  ["birthday", "2026-11-20", "is", "20.11.2026", true],
  ["birthday", "2026-11-21", "is", "2026-11-20", false],
  ["birthday", undefined, "is", "2026-11-20", false],
  ["birthday", "2026-11-19", "before", "2026-11-20", true],
  ["birthday", "2026-11-20", "before", "2026-11-20", false],
  ["birthday", "2026-11-21", "after", "2026-11-20", true],
  ["birthday", "2026-11-20", "after", "2026-11-20", false],
  ["birthday", undefined, "after", "2026-11-20", false],
  ["birthday", "2026-11-20", "between", ["2026-11-01", "2026-11-20"], true],
  ["birthday", "2026-11-21", "between", ["2026-11-01", "2026-11-20"], false],
  ["birthday", "2026-11-20", "between", ["2026-11-01"], false],
  ["birthday", "2026-11-20", "within_last_days", 0, true],
  ["birthday", "2026-11-19", "within_last_days", 1, true],
  ["birthday", "2026-11-18", "within_last_days", 1, false],
  ["birthday", "2026-11-21", "within_last_days", 7, false],
  ["birthday", undefined, "within_last_days", 7, false],
  ["birthday", "2026-11-20", "within_next_days", 0, true],
  ["birthday", "2026-11-21", "within_next_days", 1, true],
  ["birthday", "2026-11-22", "within_next_days", 1, false],
  ["birthday", "2026-11-19", "within_next_days", 7, false],
  ["birthday", "2026-11-20", "is_set", undefined, true],
  ["birthday", undefined, "is_not_set", undefined, true],

  ["visit", "2026-11-20T11:59:59.000Z", "before", "2026-11-20 12:00", true],
  ["visit", "2026-11-20T12:00:00.000Z", "before", "2026-11-20 12:00", false],
  ["visit", "2026-11-20T12:00:01.000Z", "after", "2026-11-20 12:00", true],
  ["visit", "2026-11-20T12:00:00.000Z", "after", "2026-11-20 12:00", false],
  ["visit", "2026-11-22T23:59:59.000Z", "between", ["2026-11-20", "2026-11-22"], true],
  ["visit", "2026-11-23T00:00:00.000Z", "between", ["2026-11-20", "2026-11-22"], false],
  ["visit", "2026-11-22T18:00:01.000Z", "between", ["2026-11-20", "2026-11-22 18:00"], false],
  ["visit", "2026-11-19T12:00:00.000Z", "within_last_days", 1, true],
  ["visit", "2026-11-19T11:59:59.000Z", "within_last_days", 1, false],
  ["visit", "2026-11-20T12:00:01.000Z", "within_last_days", 1, false],
  ["visit", "2026-11-21T12:00:00.000Z", "within_next_days", 1, true],
  ["visit", "2026-11-21T12:00:01.000Z", "within_next_days", 1, false],
  ["visit", "2026-11-20T12:00:00.000Z", "is_set", undefined, true],
  ["visit", undefined, "is_not_set", undefined, true],

  ["likes", ["Tea", 7], "contains", "tea", true],
  ["likes", ["Tea", 7], "contains", 7, true],
  ["likes", ["Teapot"], "contains", "tea", false],
  ["likes", undefined, "contains", "tea", false],
  ["likes", ["Tea"], "not_contains", "coffee", true],
  ["likes", ["Tea"], "not_contains", "tea", false],
  ["likes", undefined, "not_contains", "tea", true],
  ["likes", [], "is_empty", undefined, true],
  ["likes", undefined, "is_empty", undefined, true],
  ["likes", ["Tea"], "is_empty", undefined, false],
  ["likes", ["Tea"], "is_not_empty", undefined, true],
  ["likes", undefined, "is_not_empty", undefined, false],

  ["raw", { a: 1 }, "is_set", undefined, true],
  ["raw", undefined, "is_set", undefined, false],
  ["raw", undefined, "is_not_set", undefined, true],
];

describe("a comparison of a field", () => {
  it.each(table)("%s %j %s %j: %s", (key, value, operator, operand, expected) => {
    expect(compares(key, value, operator, operand)).toBe(expected);
  });

  it.each(Object.entries(kinds))("is tested, for %s (%s), with every operator of the kind, both ways", (key, kind) => {
    const rows = table.filter(([of]) => of === key);
    for (const operator of operators[kind]) {
      expect(rows.some(([, , name]) => name === operator)).toBe(true);
    }
    expect(new Set(rows.map(([, , , , expected]) => expected))).toEqual(new Set([true, false]));
  });

  it.each(["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__", "gt", "IS", ""])(
    "by %j, which texts do not have, does not hold",
    (operator) => {
      expect(compares("city", "Tver", operator, "Tver")).toBe(false);
    },
  );

  it("finds the field by its name as well", () => {
    const fields = new Map([["Город", { id: 1, key: "city", name: "Город", kind: "text" as const }]]);
    const contact = aContact({ fields: { city: "Tver" } });
    const rule = { subject: "field", key: "Город", operator: "is", value: "tver" } as const;
    expect(holds(rule, { contact, bot: aBot({ fields }) })).toBe(true);
  });

  it("means days and times without a zone in the contact's zone", () => {
    const contact = aContact({
      profile: { timeZone: "Asia/Vladivostok" },
      fields: { birthday: "2026-11-21", visit: "2026-11-20T13:30:00.000Z" },
    });
    // 12:00 UTC is 22:00 in Vladivostok; at 14:00 UTC a new day begins there.
    const isToday = { subject: "field", key: "birthday", operator: "within_last_days", value: 0 } as const;
    expect(holds(isToday, { contact })).toBe(false);
    expect(holds(isToday, { contact, now: noon + 2 * 3_600_000 })).toBe(true);
    expect(holds({ subject: "field", key: "visit", operator: "before", value: "2026-11-20 23:45" }, { contact })).toBe(
      true,
    );
    expect(holds({ subject: "field", key: "visit", operator: "before", value: "2026-11-20 23:15" }, { contact })).toBe(
      false,
    );
  });

  it("takes templates as values", () => {
    const contact = aContact({ fields: { city: "Tver", age: 20 } });
    const scope = { contact, values: { from: "TVER", limit: 19 } };
    expect(holds({ subject: "field", key: "city", operator: "is", value: "{{ vars.from }}" }, scope)).toBe(true);
    expect(holds({ subject: "field", key: "city", operator: "in", value: ["x", "{{ vars.from }}"] }, scope)).toBe(true);
    expect(holds({ subject: "field", key: "age", operator: "gt", value: "{{ vars.limit }}" }, scope)).toBe(true);
    expect(holds({ subject: "field", key: "city", operator: "contains", value: "{{ vars.nothing }}" }, scope)).toBe(
      false,
    );
  });
});

describe("a comparison of another subject", () => {
  const contact = aContact({
    tags: ["vip"],
    labels: ["hot"],
    sequences: ["q1"],
    pastSequences: {
      q3: { end: "finished", at: noon, passed: ["a"], next: null },
      q4: { end: "unsubscribed", at: noon, passed: ["a"], next: "b" },
    },
    profile: { email: "ann@example.com", firstName: "" },
    utm: { source: "vk" },
    entry: { link: "spring", payload: "p1", at: noon, variables: { n: "5", ok: "yes", list: ["a"] } },
    createdAt: noon - 2 * 86_400_000,
    lastInboundAt: noon - 3_600_000,
    optedOutAt: noon,
  });
  const message = { text: "I want tea", attachments: [] };
  const scope = { contact, message, variables: { price: 990 }, values: { name: "Ann" } };

  it.each<[Comparison, boolean]>([
    [{ subject: "tag", key: "vip", operator: "has" }, true],
    [{ subject: "tag", key: "lead", operator: "has" }, false],
    [{ subject: "tag", key: "lead", operator: "has_not" }, true],
    [{ subject: "label", key: "hot", operator: "has" }, true],
    [{ subject: "label", key: "hot", operator: "has_not" }, false],
    [{ subject: "sequence", key: "q1", operator: "has" }, true],
    [{ subject: "sequence", key: "Warm-up", operator: "has" }, true],
    [{ subject: "sequence", key: "q2", operator: "has_not" }, true],
    [{ subject: "sequence", key: "q1", operator: "finished" }, false],
    [{ subject: "sequence", key: "q1", operator: "not_finished" }, true],
    [{ subject: "sequence", key: "q3", operator: "finished" }, true],
    [{ subject: "sequence", key: "Course", operator: "finished" }, true],
    [{ subject: "sequence", key: "q3", operator: "has" }, false],
    [{ subject: "sequence", key: "q4", operator: "finished" }, false],
    [{ subject: "sequence", key: "q4", operator: "not_finished" }, true],
    [{ subject: "sequence", key: "constructor", operator: "finished" }, false],
    [{ subject: "profile", key: "email", operator: "ends_with", value: "@example.com" }, true],
    [{ subject: "profile", key: "firstName", operator: "is_set" }, false],
    [{ subject: "profile", key: "constructor", operator: "is_set" }, false],
    [{ subject: "utm", key: "source", operator: "is", value: "VK" }, true],
    [{ subject: "utm", key: "toString", operator: "is_set" }, false],
    [{ subject: "channel", operator: "is", value: "fake" }, true],
    [{ subject: "channel", operator: "is", value: "telegram" }, false],
    [{ subject: "entry_link", operator: "is", value: "spring" }, true],
    [{ subject: "entry_link", operator: "is_set" }, true],
    [{ subject: "entry_variable", key: "n", operator: "is", value: 5 }, true],
    [{ subject: "entry_variable", key: "n", operator: "gt", value: 4 }, true],
    [{ subject: "entry_variable", key: "n", operator: "gt", value: 5 }, false],
    [{ subject: "entry_variable", key: "ok", operator: "is_true" }, true],
    [{ subject: "entry_variable", key: "list", operator: "contains", value: "A" }, true],
    [{ subject: "entry_variable", key: "constructor", operator: "is_set" }, false],
    [{ subject: "variable", key: "price", operator: "gte", value: 990 }, true],
    [{ subject: "variable", key: "price", operator: "contains", value: "9" }, false],
    [{ subject: "variable", key: "name", operator: "is", value: "ann" }, true],
    [{ subject: "variable", key: "nothing", operator: "is_empty" }, true],
    [{ subject: "variable", key: "constructor", operator: "is_not_set" }, true],
    [{ subject: "message", operator: "contains", value: "TEA" }, true],
    [{ subject: "opted_out", operator: "is_true" }, true],
    [{ subject: "opted_out", operator: "is_false" }, false],
    [{ subject: "created_at", operator: "within_last_days", value: 2 }, true],
    [{ subject: "created_at", operator: "within_last_days", value: 1 }, false],
    [{ subject: "last_inbound_at", operator: "after", value: "2026-11-20 10:30" }, true],
  ])("%j: %s", (rule, expected) => {
    expect(holds(rule, scope)).toBe(expected);
  });

  it("does not hold where there is no message, channel, entry link or earlier message", () => {
    const bare = { contact: aContact(), channelId: undefined };
    for (const subject of ["message", "channel", "entry_link", "last_inbound_at"] as const) {
      expect(holds({ subject, operator: "is_set" }, bare)).toBe(false);
      expect(holds({ subject, operator: "is_not_set" }, bare)).toBe(true);
    }
  });

  it("takes the payload for the link where no link is known", () => {
    const entry = { payload: "vk-7", at: noon, variables: {} };
    expect(holds({ subject: "entry_link", operator: "is", value: "vk-7" }, { contact: aContact({ entry }) })).toBe(
      true,
    );
  });
});

describe("a comparison of the clock", () => {
  const at = (time: string) => Date.parse(`2026-11-20T${time}Z`);

  it.each([
    [["09:00", "18:00"], "08:59", false],
    [["09:00", "18:00"], "09:00", true],
    [["09:00", "18:00"], "17:59", true],
    [["09:00", "18:00"], "18:00", false],
    [["22:00", "06:00"], "21:59", false],
    [["22:00", "06:00"], "22:00", true],
    [["22:00", "06:00"], "23:59", true],
    [["22:00", "06:00"], "00:00", true],
    [["22:00", "06:00"], "05:59", true],
    [["22:00", "06:00"], "06:00", false],
    [["9:00", "nonsense"], "09:00", false],
  ])("between %j at %s: %s", (value, time, expected) => {
    expect(holds({ subject: "time_of_day", operator: "between", value }, { now: at(time) })).toBe(expected);
  });

  it("goes by the contact's zone, else the bot's", () => {
    const rule: Comparison = { subject: "time_of_day", operator: "between", value: ["14:00", "16:00"] };
    const inMoscow = aContact({ profile: { timeZone: "Europe/Moscow" } });
    expect(holds(rule, { contact: inMoscow })).toBe(true);
    expect(holds(rule, { bot: aBot({ timeZone: "Europe/Moscow" }) })).toBe(true);
    expect(holds(rule)).toBe(false);
  });

  it("counts weekdays from Monday, in the contact's zone", () => {
    const friday: Comparison = { subject: "weekday", operator: "in", value: [5] };
    const inAuckland = aContact({ profile: { timeZone: "Pacific/Auckland" } });
    expect(holds(friday)).toBe(true);
    expect(holds(friday, { contact: inAuckland })).toBe(false);
    expect(holds({ ...friday, value: [6, 7] }, { contact: inAuckland })).toBe(true);
    expect(holds({ subject: "weekday", operator: "not_in", value: [6, 7] })).toBe(true);
    expect(holds({ subject: "weekday", operator: "not_in", value: [5] })).toBe(false);
    expect(holds({ subject: "weekday", operator: "is", value: 5 })).toBe(false);
  });
});

describe("a group", () => {
  const yes = { subject: "opted_out", operator: "is_false" } as const;
  const no = { subject: "opted_out", operator: "is_true" } as const;
  it.each([
    [{ match: "all", rules: [] }, true],
    [{ match: "any", rules: [] }, false],
    [{ match: "all", rules: [yes, no] }, false],
    [{ match: "any", rules: [no, yes] }, true],
    [{ match: "all", rules: [yes, { match: "any", rules: [no, { match: "all", rules: [yes] }] }] }, true],
  ])("%j: %s", (condition, expected) => {
    expect(evaluateCondition(conditionSchema.parse(condition), scopeWith())).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";
import { comparisonSchema, operators } from "../../../src/model/condition.ts";
import { builderWords as enBuilder } from "../words/en/builder.ts";
import { catalogueWords as en } from "../words/en/catalogue.ts";
import { catalogueWords as ru } from "../words/ru/catalogue.ts";
import { catalogueIn } from "./catalogue.ts";
import {
  compareBy,
  findGap,
  fitted,
  keyOf,
  kindOf,
  operatorsOf,
  ruleAbout,
  subjectGroups,
  valueTypeOf,
  withoutGaps,
} from "./rules.ts";

const subjects = comparisonSchema.shape.subject.options;
const kindOfRule = (rule: Parameters<typeof kindOf>[0]) => kindOf(rule);

describe("what a rule can look at", () => {
  it("is every subject once, in one of the groups", () => {
    expect(Object.values(subjectGroups).flat().toSorted()).toEqual([...subjects].toSorted());
  });

  it("has a word for what has to be chosen of it", () => {
    const { keys, missing } = enBuilder.rules;
    expect(Object.keys(keys).toSorted()).toEqual(Object.keys(keyOf).toSorted());
    expect(Object.keys(missing).toSorted()).toEqual(Object.keys(keyOf).toSorted());
  });
});

describe("the comparisons of a rule", () => {
  it("are those of the kind of its field", () => {
    const rule = { subject: "field" as const };
    expect(operatorsOf(rule, kindOf(rule, "number"))).toEqual(operators.number);
    expect(operatorsOf(rule, kindOf(rule, "date"))).toEqual(operators.date);
    expect(operatorsOf(rule, kindOf(rule, "boolean"))).toEqual(operators.boolean);
    expect(operatorsOf({ subject: "opted_out" }, "boolean")).toEqual(["is_true", "is_false"]);
    // What a step keeps may be of any kind.
    expect(operatorsOf({ subject: "variable" }, undefined)).toEqual(
      expect.arrayContaining(["contains", "gt", "before"]),
    );
  });

  it("ask for a value of their type", () => {
    expect(valueTypeOf({ subject: "field", operator: "gt" }, "number")).toBe("number");
    expect(valueTypeOf({ subject: "field", operator: "before" }, "date")).toBe("date");
    expect(valueTypeOf({ subject: "created_at", operator: "within_last_days" }, "datetime")).toBe("days");
    expect(valueTypeOf({ subject: "time_of_day", operator: "between" }, undefined)).toBe("time");
    expect(valueTypeOf({ subject: "channel", operator: "is" }, undefined)).toBe("choice");
  });

  it("give way to another where the field is changed to one of another kind", () => {
    const rule = { subject: "field" as const, key: "born", operator: "gt", value: 18 };
    expect(fitted(rule, "date")).toEqual({ subject: "field", key: "born", operator: "is" });
    expect(fitted(rule, "number")).toBe(rule);
  });

  it("keep a value that fits the next one too", () => {
    const rule = { subject: "field" as const, key: "age", operator: "gt", value: 18 };
    expect(compareBy(rule, "between")).toMatchObject({ operator: "between", value: [18] });
    expect(compareBy(compareBy(rule, "between"), "lt")).toMatchObject({ operator: "lt", value: 18 });
    expect(compareBy(rule, "is_set")).toEqual({ subject: "field", key: "age", operator: "is_set" });
  });
});

describe("a rule that is not finished", () => {
  it("says what it needs", () => {
    for (const subject of subjects) {
      const gap = findGap(ruleAbout(subject), kindOf({ subject }));
      if (keyOf[subject] !== undefined) expect(gap).toBe("key");
      else expect([subject, gap]).not.toEqual([subject, "key"]);
    }
    const age = { subject: "field" as const, key: "age", operator: "gt" };
    expect(findGap(age, "number")).toBe("number");
    expect(findGap({ ...age, value: "many" }, "number")).toBe("number");
    expect(findGap({ ...age, value: "1 000,5" }, "number")).toBeUndefined();
    expect(findGap({ ...age, value: "{{ vars.limit }}" }, "number")).toBeUndefined();
    expect(findGap({ ...age, operator: "between", value: [18, ""] }, "number")).toBe("number");
    expect(findGap({ subject: "created_at", operator: "before", value: "soon" }, "datetime")).toBe("date");
    expect(findGap({ subject: "tag", key: "vip", operator: "has" }, "membership")).toBeUndefined();
  });

  it("is left out, with the group that it alone stood in", () => {
    const vip = { subject: "tag" as const, key: "vip", operator: "has" };
    const condition = {
      match: "all" as const,
      rules: [
        vip,
        ruleAbout("field"),
        { match: "any" as const, rules: [ruleAbout("tag")] },
        { match: "any" as const, rules: [] },
      ],
    };
    expect(withoutGaps(condition, kindOfRule)).toEqual({ match: "all", rules: [vip] });
  });
});

describe("a comparison in words", () => {
  const joints = { all: "and", any: "or" };
  const said = (rule: object, words = en as Parameters<typeof catalogueIn>[0]) =>
    catalogueIn(words).condition({ match: "all", rules: [comparisonSchema.parse(rule)] }, joints);

  it("is one that people say", () => {
    expect(said({ subject: "tag", key: "vip", operator: "has" })).toBe("has the tag vip");
    expect(said({ subject: "tag", key: "vip", operator: "has_not" }, ru)).toBe("нет тега vip");
    expect(said({ subject: "opted_out", operator: "is_true" })).toBe("wants no messages");
    expect(said({ subject: "last_inbound_at", operator: "within_last_days", value: 7 })).toBe(
      "Last wrote is within the last 7 days",
    );
    expect(said({ subject: "field", key: "age", operator: "gt", value: 18 })).toBe("Field age is more than 18");
  });

  it("is said so in every language, of subjects and kinds that there are", () => {
    expect(Object.keys(ru.comparisons).toSorted()).toEqual(Object.keys(en.comparisons).toSorted());
    const owners: readonly string[] = [...subjects, ...Object.keys(operators), "said"];
    expect(Object.keys(en.comparisons).filter((key) => !owners.includes(key.split(".")[0] ?? ""))).toEqual([]);
  });
});

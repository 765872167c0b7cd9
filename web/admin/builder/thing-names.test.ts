import { describe, expect, it } from "vitest";
import { flowDocumentSchema, storedStepSchema } from "../../../src/model/flow.ts";
import { say } from "../../../src/model/sentence.ts";
import { catalogueWords as en } from "../words/en/catalogue.ts";
import { catalogueWords as ru } from "../words/ru/catalogue.ts";
import { sentenceWords } from "../words/ru/sentences.ts";
import { sayIn } from "../words/sentences.ts";
import { catalogueIn } from "./catalogue.ts";
import { nameThings } from "./name-things.ts";
import { listThings, type ThingNames } from "./thing-names.ts";

const known: Readonly<Record<string, string>> = {
  "field city": "Home town",
  "sequence x7k2": "Welcome series",
  "flow f9": "Order",
  "step s2": "Ask again",
  "plan p1": "Courses",
  "dealStatus won": "Paid",
  "channelKind telegram": "Telegram",
  "variable rate": "Exchange rate",
};
const names: ThingNames = (kind, value) => known[`${kind} ${value}`];
const step = (kind: string, config: object) => storedStepSchema.parse({ ref: "a", kind, config });
const rule = (subject: string, rest: object) =>
  step("condition", { condition: { match: "all", rules: [{ subject, ...rest }] } });

describe("what a step's box says of things", () => {
  const { summary } = catalogueIn(en, names);

  it.each([
    [rule("field", { key: "city", operator: "is", value: "Rome" }), "Field Home town is Rome"],
    [rule("field", { key: "gone", operator: "is_set" }), "Field gone has a value"],
    [rule("sequence", { key: "x7k2", operator: "has" }), "is subscribed to the sequence Welcome series"],
    [
      rule("deal_status", { key: "p1", operator: "in", value: ["won", "lost"] }),
      "Deal status Courses is one of Paid lost",
    ],
    [rule("channel", { operator: "is", value: "telegram" }), "writes by Telegram"],
    [rule("profile", { key: "firstName", operator: "is_set" }), "Profile First name has a value"],
    [
      step("question", { text: "Where?", answer: { type: "text" }, saveTo: { field: "city" } }),
      "Where? · Text · saved to: Home town",
    ],
    [
      step("action", {
        actions: [
          { action: "set_field", args: { field: "city", value: "Rome" } },
          { action: "subscribe_sequence", args: { sequence: "x7k2" } },
        ],
      }),
      "Set a field: Home town, Subscribe to a sequence: Welcome series",
    ],
    [step("go_to", { flow: "f9" }), "Order"],
    [step("go_to", { step: "s2" }), "Ask again"],
    // A ref of another flow's step may be that of one here.
    [step("go_to", { flow: "f9", step: "s2" }), "Order · s2"],
  ])("is what they are called: %#", (stored, text) => {
    expect(summary(stored)).toBe(text);
  });

  it("is said the same where versions are compared", () => {
    const { value } = catalogueIn(ru, names);
    expect(value("condition", "rules", { subject: "field", key: "city", operator: "is", value: "Рим" })).toBe(
      "Поле Home town равно Рим",
    );
    expect(value("question", "field", "city")).toBe("Home town");
    expect(value("question", "text", "city")).toBeUndefined();
  });

  it("finds whatever a flow names, in steps and in what starts it", () => {
    const document = flowDocumentSchema.parse({
      name: "F",
      triggers: [{ kind: "field_changed", field: "city", channels: ["telegram"] }],
      steps: [
        rule("sales_plan", { key: "p1", operator: "has" }),
        step("action", { actions: [{ action: "subscribe_sequence", args: { sequence: "x7k2" } }] }),
      ],
    });
    expect(listThings(document).map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      "plan p1",
      "sequence x7k2",
      "field city",
      "channelKind telegram",
    ]);
  });
});

describe("a problem", () => {
  it("calls things by their names, in both languages and however deep", () => {
    const flow = nameThings(say`the flow "${{ flow: "f9" }}" to go to is not published`, names);
    expect(flow.message).toBe('the flow "Order" to go to is not published');
    expect(sayIn(sentenceWords, flow)).toContain("«Order»");
    const what = say`${{ subject: "field" }} ${{ key: "city" }}`;
    const needs = nameThings(say`"${{ operator: "is" }}" (${{ what }}) needs ${{ count: say`one value` }}`, names);
    expect(needs.message).toBe('"is" (field Home town) needs one value');
    expect(sayIn(sentenceWords, needs)).toBe("для «равно» (Поле Home town) нужно одно значение");
  });

  it("keeps the key of what there is not", () => {
    const gone = nameThings({ ...say`there is no field "${{ field: "gone" }}"`, code: "field.not_found" }, names);
    expect(gone).toMatchObject({ code: "field.not_found", message: 'there is no field "gone"' });
  });
});

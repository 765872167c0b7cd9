import i18next from "i18next";
import { describe, expect, it } from "vitest";
import { flowDocumentSchema, triggerSchema } from "../../../src/model/flow.ts";
import { builderWords as en } from "../words/en/builder.ts";
import { builderWords as ru } from "../words/ru/builder.ts";
import { arrange } from "./lay-out.ts";
import { beginAt, describeTrigger, describeUses, isOfStart, type StartNames } from "./starts.ts";

const names: StartNames = {
  link: (ref) => (ref === "spring" ? "Spring sale" : undefined),
  field: (key) => (key === "city" ? "Home town" : undefined),
  plan: () => "Courses",
  dealStatus: () => "Won",
  orderStatus: () => "Paid",
  channel: (kind) => (kind === "telegram" ? "Telegram" : undefined),
  step: () => "Menu",
};
const i18n = i18next.createInstance();
await i18n.init({
  lng: "en",
  resources: { en: { translation: en }, ru: { translation: ru } },
  interpolation: { escapeValue: false },
});
const sayIn = (language: string) => {
  const t = i18n.getFixedT(language) as unknown as (word: string, values: object) => string;
  return (word: string, values: object = {}) => t(`starts.${word}`, values);
};
const said = (trigger: object, language = "en") =>
  describeTrigger(triggerSchema.parse(trigger), sayIn(language), names);

describe("what starts a flow, in words", () => {
  it("calls things by their names, and by their refs where they have none", () => {
    expect(said({ kind: "entry_link", link: "spring" })).toBe("The person comes by the link “Spring sale”");
    expect(said({ kind: "entry_link", link: "gone" })).toBe("The person comes by the link “gone”");
    expect(said({ kind: "field_changed", field: "city" })).toBe("The field “Home town” changes");
    expect(said({ kind: "deal_status", plan: "p", status: "w" })).toBe(
      "A deal comes to the status “Won” in the plan “Courses”",
    );
  });

  it("says on which channels, and at which step it starts where that is not the first", () => {
    const trigger = { kind: "keyword", words: ["price", "cost"], channels: ["telegram", "vk"], step: "menu" };
    expect(said(trigger)).toBe("The person writes “price” or “cost” (Telegram, vk) → Menu");
    expect(said(trigger, "ru")).toBe("Человек пишет «price» или «cost» (Telegram, vk) → Menu");
  });

  it("has words for every kind, with something chosen and with nothing, in every language", () => {
    for (const { shape } of triggerSchema.options) {
      const [kind] = shape.kind.values;
      const full = { kind, words: ["x"], tag: "x", field: "x", link: "x", page: "x", status: "paid", plan: "x" };
      const bare = { kind, words: ["x"], tag: "x", field: "x" };
      for (const trigger of [full, bare]) {
        for (const language of ["en", "ru"]) expect(said(trigger, language)).not.toMatch(/^starts\.|\{\{/);
      }
    }
  });

  it("says what is not finished as such", () => {
    const say = (trigger: Parameters<typeof describeTrigger>[0]) => describeTrigger(trigger, sayIn("en"), names);
    expect(say({ kind: "keyword", words: [] })).toBe("The person writes …");
    expect(say({ kind: "tag_added", tag: "" })).toBe("The tag “…” is added");
    expect(say({ kind: "field_changed", field: "" })).toBe("The field “…” changes");
  });

  it("counts what starts the flow from outside, but for what is switched off or a draft", () => {
    const uses = {
      flows: [
        { ref: "a", name: "Menu", steps: [], published: true },
        { ref: "b", name: "Sketch", steps: [], published: false },
      ],
      entryLinks: [{ ref: "l", name: "Spring" }],
      inboundWebhooks: [{ id: 1, name: "Till", active: false }],
      sequences: [],
      broadcasts: [],
    };
    expect(describeUses(uses, sayIn("en"))).toEqual([
      "The person comes by the link “Spring”",
      "The flow “Menu” leads here",
    ]);
  });

  it("takes to itself what is wrong with triggers alone", () => {
    const problem = { severity: "warning" as const, message: "", code: "trigger.shared" };
    expect(isOfStart(problem)).toBe(true);
    expect(isOfStart({ ...problem, code: "flow.no_start" })).toBe(false);
    expect(isOfStart({ ...problem, step: "a", code: "trigger.x" })).toBe(false);
  });
});

describe("the step that comes first", () => {
  const document = flowDocumentSchema.parse({
    name: "Loop",
    start: "b",
    steps: ["a", "b", "c"].map((ref) => ({ ref, kind: "message" })),
    edges: [
      { from: "a", output: "next", to: "b" },
      { from: "b", output: "next", to: "c" },
      { from: "c", output: "next", to: "a" },
    ],
  });

  it("is another one then, of those that there are", () => {
    expect(beginAt(document, "c").start).toBe("c");
    expect(beginAt(document, "b")).toBe(document);
    expect(beginAt(document, "nobody")).toBe(document);
  });

  it("stands left of all others once they are arranged, also where something leads back to it", () => {
    const at = new Map(arrange(document, () => ["next"]).steps.map(({ ref, at: place }) => [ref, place?.x ?? 0]));
    expect(at.get("b")).toBeLessThan(at.get("c") ?? 0);
    expect(at.get("c")).toBeLessThan(at.get("a") ?? 0);
  });
});

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { actions } from "../../../src/actions/index.ts";
import type { ActionType } from "../../../src/engine/action-type.ts";
import type { StepType } from "../../../src/engine/step-type.ts";
import { triggerSchema } from "../../../src/model/flow.ts";
import { queryNames } from "../../../src/model/query.ts";
import { steps } from "../../../src/steps/index.ts";
import type { CatalogueWords } from "../words/catalogue.ts";
import { catalogueWords as en } from "../words/en/catalogue.ts";
import { catalogueWords as ru } from "../words/ru/catalogue.ts";
import { offeredActions } from "./action-call-editor.tsx";
import { catalogueIn } from "./catalogue.ts";
import { choicesOf, discriminatorOf, type JsonSchema, primitivesOf } from "./json-schema.ts";
import { lookupOfSetting } from "./lookups.ts";
import { schemaOfQuery } from "./query-args.tsx";
import { nameOfChoice } from "./schema-form.tsx";

const toSchema = (type: z.ZodType) =>
  z.toJSONSchema(type, { io: "input", unrepresentable: "any", reused: "inline" }) as JsonSchema;
const stepTypes = Object.values(steps) as unknown as readonly StepType[];
const actionTypes = Object.values(actions) as unknown as readonly ActionType[];
/** Everything that the builder draws a form of, by whose settings they are. */
const forms = new Map<string, JsonSchema>([
  ...stepTypes.map((type) => [type.kind, toSchema(type.config)] as const),
  ...actionTypes.map((type) => [type.name, toSchema(type.args)] as const),
  ...queryNames.map((name) => [name, schemaOfQuery(name)] as const),
  ["trigger", { type: "object", properties: { triggers: toSchema(z.array(triggerSchema)) } }],
]);

interface Found {
  readonly labels: Set<string>;
  readonly options: Set<string>;
  readonly lists: Set<string>;
  readonly hints: Set<string>;
}

/** What a form shows of a schema that somebody has to have a word for, each as `owner.key…`. */
function collect(owner: string, key: string, schema: JsonSchema, found: Found): void {
  // Conditions have an editor of their own.
  if (key === "condition") return;
  if (schema.description !== undefined) found.hints.add(schema.description);
  for (const one of schema.enum ?? []) found.options.add(`${owner}|${key}|${one}`);
  for (const [inner, property] of Object.entries(schema.properties ?? {})) {
    const isDrawn = property.const === undefined && !(inner === "id" && key !== "" && key !== "args");
    if (isDrawn) found.labels.add(`${owner}|${inner}`);
    collect(owner, inner, property, found);
  }
  const isList = schema.type === "array" && schema.items?.type !== "string" && key !== "weekdays";
  const isMap = schema.type === "object" && schema.properties === undefined;
  if (isList || isMap) found.lists.add(key);
  if (schema.items !== undefined) collect(owner, key, schema.items, found);
  collectChoices(owner, key, schema, found);
}

function collectChoices(owner: string, key: string, schema: JsonSchema, found: Found): void {
  const choices = choicesOf(schema) ?? [];
  const primitives = primitivesOf(schema);
  if (primitives !== undefined) {
    if (primitives.has("null")) found.options.add(`${owner}|${key}|null`);
    return;
  }
  const by = discriminatorOf(choices);
  for (const choice of choices) {
    const option =
      by === undefined ? `${key}|${nameOfChoice(choice, choices)}` : `${by}|${choice.properties?.[by]?.const}`;
    found.options.add(`${owner}|${option}`);
    collect(owner, key, choice, found);
  }
}

const found: Found = { labels: new Set(), options: new Set(), lists: new Set(), hints: new Set() };
for (const [owner, schema] of forms) collect(owner, "", schema, found);

const has = (words: Readonly<Record<string, unknown>>, ...keys: readonly string[]) =>
  keys.some((key) => Object.hasOwn(words, key));
const missing = (all: ReadonlySet<string>, isThere: (parts: readonly string[]) => boolean) =>
  [...all].filter((one) => !isThere(one.split("|")));

describe("the Russian of the registries", () => {
  it("has a label for each setting", () => {
    expect(missing(found.labels, ([owner, key = ""]) => has(ru.labels, `${owner}.${key}`, key))).toEqual([]);
  });

  it("has a word for each choice", () => {
    const isThere = ([owner, key, value = ""]: readonly string[]) =>
      has(ru.options, `${owner}.${key}.${value}`, `${key}.${value}`, value);
    expect(missing(found.options, isThere)).toEqual([]);
  });

  it("has a word for one of each list", () => {
    expect(missing(found.lists, ([key = ""]) => has(ru.items, key))).toEqual([]);
  });

  it("has what each button says that adds to a list, as the English has", () => {
    for (const words of [en, ru]) {
      expect(missing(found.lists, ([key = ""]) => has(words.adds, key))).toEqual([]);
      expect(Object.values(words.adds).filter((text) => text.includes(":"))).toEqual([]);
    }
    expect(Object.keys(ru.adds).sort()).toEqual(Object.keys(en.adds).sort());
  });

  it("has each hint, and none that nobody gives any more", () => {
    expect(Object.keys(ru.hints).sort()).toEqual([...found.hints].sort());
  });
});

const textsOf = (words: CatalogueWords) => [
  ...Object.values(words.labels),
  ...Object.values(words.options),
  ...Object.values(words.subjects),
  ...Object.values(words.operators),
];

describe("the words of the registries", () => {
  it("are written out: no key shows through", () => {
    expect(textsOf(en).filter((text) => /[a-z][A-Z]|_/.test(text.replaceAll("amoCRM", "")))).toEqual([]);
    expect(textsOf(ru).filter((text) => text === "")).toEqual([]);
  });

  it("call every output that a kind of step always has as its type does", () => {
    const fixed = stepTypes
      .flatMap((type) => type.outputs(type.example))
      .filter(({ name }) => !name.includes(":") && Object.hasOwn(en.outputs, name));
    expect(fixed.length).toBeGreaterThan(10);
    for (const { name, title } of fixed) expect(en.outputs[name]).toBe(title);
    expect(Object.keys(ru.outputs).sort()).toEqual(Object.keys(en.outputs).sort());
  });

  it("leave what people named as they named it", () => {
    const { output } = catalogueIn(ru);
    expect(output({ name: "next", title: "Next" })).toBe("Дальше");
    expect(output({ name: "button:x", title: "Next" })).toBe("Next");
    expect(output({ name: "next", title: "My own" })).toBe("My own");
  });

  it("say what an action does as marketers do: no names of parameters, no code", () => {
    const technical = /`|\{\{|\b(cuid|ref|id|sku|JSON|template|walks?)\b|[a-z]_[a-z]|[a-z][A-Z](?<!amoC)/;
    for (const words of [en, ru]) {
      const texts = Object.values(words.actions).flatMap(({ title, about }) => [title, about]);
      expect(texts.filter((text) => technical.test(text.replaceAll("GetCourse", "")))).toEqual([]);
      expect(Object.values(words.hints).filter((text) => text.includes("`"))).toEqual([]);
    }
  });

  it("call an action as its type does, and have no hints that nobody gives any more", () => {
    for (const { name, title } of actionTypes) expect(en.actions[name as keyof typeof en.actions].title).toBe(title);
    expect(Object.keys(en.hints).filter((hint) => !found.hints.has(hint))).toEqual([]);
  });

  it("offer for a flow what does something, by what it is about, and nothing twice", () => {
    const names = (words: CatalogueWords) => offeredActions(catalogueIn(words)).flatMap(({ items }) => items);
    const values = names(en).map(({ value }) => value);
    expect(values).not.toEqual(expect.arrayContaining(["has_tag"]));
    expect(values.filter((value) => /^(list|has)_/.test(value))).toEqual([]);
    expect(values).toHaveLength(actionTypes.filter(({ isForCallers }) => isForCallers !== true).length);
    for (const words of [en, ru]) expect(new Set(names(words).map(({ label }) => label)).size).toBe(values.length);
    expect(offeredActions(catalogueIn(en))[0]?.group).toBe("Tags and labels");
  });

  it("differ by whose setting it is", () => {
    const { label, option } = catalogueIn(ru);
    expect([label("pause_bot", "minutes"), label("schedule_message", "minutes")]).toEqual([
      "На сколько минут",
      "Через сколько минут",
    ]);
    expect(option("trigger", "match", "exact")).toBe("Всё сообщение целиком");
    const { label: labelInEnglish } = catalogueIn(en);
    expect(["channelId", "email", "link"].map((key) => labelInEnglish("create_email_subscriber", key))).toEqual([
      "Channel (empty: the bot's first for e-mail)",
      "E-mail (empty: the contact's own)",
      "Entry link by which they count as come (empty: none)",
    ]);
    expect(catalogueIn(en).label("message", "quickReplies")).toBe("Quick replies");
  });
});

describe("the lookups", () => {
  it("are of settings that there are", () => {
    const keys = new Set([...found.labels].flatMap((one) => [one.replace("|", "."), one.split("|")[1] ?? ""]));
    expect(Object.keys(lookupOfSetting).filter((setting) => !keys.has(setting))).toEqual([]);
  });
});

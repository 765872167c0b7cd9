import { describe, expect, it } from "vitest";
import { shownKeys } from "./form-keys.ts";
import { findStepType, schemaOf } from "./step-kinds.ts";

const propertiesOf = (kind: string, ...path: string[]) => {
  const type = findStepType(kind);
  if (type === undefined) throw new Error(kind);
  const schema = path.reduce(
    (inner, key) => (key === "items" ? inner.items : inner.properties?.[key]) ?? {},
    schemaOf(type),
  );
  return schema.properties ?? {};
};

describe("what of a form is shown", () => {
  const ofMessage = propertiesOf("message", "messages", "items");
  const ownParts = ["subject", "preheader", "tracksLinks"];
  const shown = (settings: object, mayMail: boolean) => shownKeys(ofMessage, { ...settings }, mayMail ? ownParts : []);

  it("begins with a message's text; an e-mail's own settings come last, where there is e-mail or they are set", () => {
    expect(shown({}, false)).toEqual(["text", "attachments", "buttons", "location", "template"]);
    expect(shown({ subject: "Hi" }, false)).toEqual([
      "text",
      "attachments",
      "buttons",
      "location",
      "template",
      "subject",
    ]);
    expect(shown({}, true)).toEqual([
      "text",
      "attachments",
      "buttons",
      "location",
      "template",
      "subject",
      "preheader",
      "tracksLinks",
    ]);
  });

  it("is of an answer what its type asks for, and what is set", () => {
    const keys = propertiesOf("question", "answer");
    const ofType = (type: string, more: object = {}) => shownKeys(keys, { type, options: [], ...more }, []);
    expect(ofType("text")).toEqual(["type", "minLength", "maxLength", "pattern"]);
    expect(ofType("number")).toEqual(["type", "min", "max"]);
    expect(ofType("choice")).toEqual(["type", "options"]);
    expect(ofType("phone")).toEqual(["type", "pattern", "shareTitle"]);
    expect(ofType("location")).toEqual(["type", "shareTitle"]);
    expect(ofType("date")).toEqual(["type"]);
    expect(ofType("date", { min: 5, options: [{ id: "a", title: "A" }] })).toEqual(["type", "min", "options"]);
  });

  it("is everything of what has no rule of its own", () => {
    const keys = propertiesOf("request");
    expect(shownKeys(keys, {}, [])).toEqual(Object.keys(keys));
    expect(shownKeys(propertiesOf("question"), {}, [])).toEqual(Object.keys(propertiesOf("question")));
  });
});

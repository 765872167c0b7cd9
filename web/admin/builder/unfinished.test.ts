import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type FlowDocument, flowDocumentSchema, triggerSchema } from "../../../src/model/flow.ts";
import { choicesOf, emptyValue, type JsonSchema } from "./json-schema.ts";
import { beginWith, findMissing, hasUnfinished, withoutUnfinished } from "./unfinished.ts";

const finished = flowDocumentSchema.parse({ name: "F", triggers: [{ kind: "keyword", words: ["help"] }] });
const begun = { ...finished, triggers: [{ kind: "keyword", words: [] }, ...finished.triggers] } as FlowDocument;
const choices = choicesOf(z.toJSONSchema(triggerSchema, { io: "input", reused: "inline" }) as JsonSchema) ?? [];

describe("a trigger that was only begun", () => {
  it("does not keep the others from being saved", () => {
    expect([hasUnfinished(begun), hasUnfinished(finished)]).toEqual([true, false]);
    expect(withoutUnfinished(begun)).toEqual(finished);
    expect(withoutUnfinished(finished)).toBe(finished);
  });

  it("has a word for whatever any kind of trigger may lack", () => {
    for (const schema of choices) {
      const value = emptyValue(schema) as Readonly<Record<string, unknown>>;
      if (triggerSchema.safeParse(value).success) continue;
      const missing = Object.keys(value).filter((key) => findMissing("trigger", key, value[key], true) !== undefined);
      expect(missing, String(value.kind)).toHaveLength(1);
    }
  });

  it("works where a question waits, if it is of words", () => {
    const begin = (kind: string) => {
      const schema = choices.find(({ properties }) => properties?.kind?.const === kind) ?? {};
      return beginWith("trigger", schema, emptyValue(schema));
    };
    expect(begin("keyword")).toEqual({ kind: "keyword", words: [], interrupts: true });
    expect(begin("tag_added")).toEqual({ kind: "tag_added", tag: "" });
  });
});

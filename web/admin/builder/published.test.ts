import { expect, it } from "vitest";
import { type FlowDocument, flowDocumentSchema, type Trigger } from "../../../src/model/flow.ts";
import { hasNews } from "../../../src/steps/has-news.ts";
import { withoutUnfinished } from "./unfinished.ts";

const differs = (published: FlowDocument, draft: FlowDocument) => hasNews(published, withoutUnfinished(draft));

const document = flowDocumentSchema.parse({
  name: "F",
  start: "a",
  steps: [{ ref: "a", kind: "message", config: { messages: [{ text: "Hi" }] }, at: { x: 0, y: 0 } }],
});
const [step] = document.steps;

it("tells what people would notice from what the team alone sees", () => {
  if (step === undefined) throw new Error("there is a step");
  expect(differs(document, document)).toBe(false);
  expect(differs(document, { ...document, folder: "Sales", steps: [{ ...step, at: { x: 50, y: 0 } }] })).toBe(false);
  expect(differs(document, { ...document, triggers: [{ kind: "tag_added", tag: "" }] })).toBe(false);
  expect(differs(document, { ...document, triggers: [{ kind: "tag_added", tag: "vip" }] })).toBe(true);
  // As the form has it after its kind was changed, and as the server has filled it in.
  const typed = { kind: "keyword", words: ["help"], interrupts: true, field: "left" } as unknown as Trigger;
  const kept = flowDocumentSchema.parse({ ...document, triggers: [typed] });
  expect(differs(kept, { ...document, triggers: [typed] })).toBe(false);
  expect(differs(document, { ...document, steps: [{ ...step, config: { messages: [{ text: "Hello" }] } }] })).toBe(
    true,
  );
});

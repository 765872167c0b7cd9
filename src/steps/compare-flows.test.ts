import { describe, expect, it } from "vitest";
import { type FlowDocumentInput, flowDocumentSchema } from "../model/flow.ts";
import { compareFlows } from "./compare-flows.ts";

const flow = (document: Partial<FlowDocumentInput>) => flowDocumentSchema.parse({ name: "Flow", ...document });
const message = (ref: string, text: string, more: object = {}) => ({
  ref,
  kind: "message",
  config: { messages: [{ text, ...more }] },
});

describe("the difference of two flows", () => {
  it("is nothing where only what goes without saying is written down", () => {
    const short = flow({ start: "a", steps: [message("a", "hi")] });
    const long = flow({ start: "a", steps: [message("a", "hi", { attachments: [], buttons: [] })] });
    expect(compareFlows(short, long)).toEqual([]);
  });

  it("tells steps, settings, edges and what starts it, by the names that people see", () => {
    const before = flow({
      start: "a",
      triggers: [{ kind: "keyword", words: ["price"] }],
      steps: [{ ...message("a", "hi", { buttons: [{ id: "x", title: "Go" }] }), name: "Hello" }, message("b", "bye")],
      edges: [{ from: "a", output: "button:x", to: "b" }],
    });
    const after = flow({
      start: "c",
      triggers: [{ kind: "start" }],
      steps: [
        { ...message("a", "hello", { buttons: [{ id: "x", title: "Go", url: "https://a.example" }] }), name: "Hello" },
        { ref: "c", kind: "end" },
      ],
      edges: [{ from: "a", output: "next", to: "c" }],
    });
    expect(compareFlows(before, after)).toEqual([
      { kind: "setting_of_flow", setting: "start", from: "Hello (a)", to: "End (c)" },
      { kind: "trigger_added", trigger: "start" },
      { kind: "trigger_removed", trigger: 'keyword: exact; ["price"]' },
      { kind: "step_added", step: "End (c)" },
      { kind: "step_removed", step: "Message (b)" },
      { kind: "setting_changed", step: "Hello (a)", setting: "messages › 1 › text", from: "hi", to: "hello" },
      {
        kind: "setting_added",
        step: "Hello (a)",
        setting: "messages › 1 › buttons › Go › url",
        value: "https://a.example",
      },
      { kind: "edge_added", from: "Hello (a)", output: "Next", to: "End (c)" },
      { kind: "edge_removed", from: "Hello (a)", output: "Go", to: "Message (b)" },
    ]);
  });

  it("says things by their names, and a comparison as a whole, where there are words for them", () => {
    const condition = (value: string) => ({
      condition: { match: "all", rules: [{ subject: "field", key: "city", operator: "is", value }] },
    });
    const asks = (field: string) => ({ text: "?", answer: { type: "text" }, saveTo: { field } });
    const drawn = (value: string, field: string) =>
      flow({
        steps: [
          { ref: "a", kind: "condition", config: condition(value) },
          { ref: "b", kind: "question", config: asks(field) },
        ],
      });
    const words = {
      nameOf: ({ kind }: { kind: string }) => kind,
      output: ({ title }: { title: string }) => title,
      trigger: () => "",
      setting: (_owner: string, key: string) => key,
      value: (_owner: string, key: string, value: unknown) =>
        key === "field"
          ? `the field ${value}`
          : key === "rules" && !Array.isArray(value)
            ? `is ${(value as { value: string }).value}`
            : undefined,
    };
    expect(compareFlows(drawn("Rome", "city"), drawn("Paris", "town"), words)).toMatchObject([
      { kind: "setting_changed", setting: "condition › rules › 1", from: "is Rome", to: "is Paris" },
      { kind: "setting_changed", setting: "saveTo › field", from: "the field city", to: "the field town" },
    ]);
  });

  it("counts steps that were only moved", () => {
    const at = (x: number) => flow({ start: "a", steps: [{ ...message("a", "hi"), at: { x, y: 0 } }] });
    expect(compareFlows(at(0), at(10))).toEqual([{ kind: "steps_moved", count: 1 }]);
  });
});

import { type FlowDocument, flowDocumentSchema } from "../src/model/flow.ts";

const text = (said: string) => ({ messages: [{ text: said }] });

/** Says hello, waits an hour, says bye. */
export function aFlowDocument(change: Partial<FlowDocument> = {}): FlowDocument {
  return flowDocumentSchema.parse({
    name: "Welcome",
    start: "hello",
    steps: [
      { ref: "hello", kind: "message", config: text("Hello!") },
      { ref: "pause", kind: "delay", config: { mode: "duration", amount: 1, unit: "hours" } },
      { ref: "bye", kind: "message", config: text("Bye!") },
    ],
    edges: [
      { from: "hello", output: "next", to: "pause" },
      { from: "pause", output: "next", to: "bye" },
    ],
    ...change,
  });
}

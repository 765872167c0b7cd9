import { expect, it } from "vitest";
import { flowDocumentSchema } from "../../../src/model/flow.ts";
import { findEnds } from "./ends.ts";

/** The outputs that end of a step of this kind, with lines from some of them. */
function endsOf(kind: string, config: object, ...led: readonly string[]): readonly string[] {
  const { steps, edges } = flowDocumentSchema.parse({
    name: "F",
    start: "it",
    steps: [
      { ref: "it", kind, config },
      { ref: "on", kind: "end" },
    ],
    edges: led.map((output) => ({ from: "it", output, to: "on" })),
  });
  const [step] = steps;
  return step === undefined ? [] : findEnds(step, edges);
}
const says = (...buttons: readonly string[]) => ({
  messages: [{ text: "Hi", buttons: buttons.map((id) => ({ id, title: id })) }],
});
const asks = (type: string, more: object = {}) => ({
  text: "Which?",
  answer: { type, ...(type === "choice" ? { options: [{ id: "a", title: "A" }] } : {}) },
  ...more,
});
const rule = { condition: { match: "all", rules: [{ subject: "tag", key: "vip", operator: "has" }] } };
const request = { url: "https://example.com" };

it.each([
  ["condition", rule, ["yes"], ["no"]],
  ["message", says(), [], ["next"]],
  ["message", says("a", "b"), ["button:a"], ["button:b"]],
  ["question", asks("text"), ["answered"], ["invalid"]],
  ["question", asks("text", { timeout: { amount: 1, unit: "days" } }), ["answered", "invalid"], ["timeout"]],
  ["question", asks("choice"), [], ["choice:a", "invalid"]],
  ["question", asks("choice"), ["answered"], ["invalid"]],
  ["request", request, [], ["success", "failure", "timeout"]],
  ["request", request, ["failure"], ["success"]],
  ["request", request, ["error"], ["success"]],
] as const)("%s %j with lines from %j ends at %j", (kind, config, led, ends) => {
  expect(endsOf(kind, config, ...led)).toEqual(ends);
});

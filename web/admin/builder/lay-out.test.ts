import { expect, it } from "vitest";
import { flowDocumentSchema } from "../../../src/model/flow.ts";
import { arrange } from "./lay-out.ts";

const outputs: Readonly<Record<string, readonly string[]>> = {
  ask: ["yes", "no", "later"],
  again: ["yes", "no"],
};
const documentOf = (edges: readonly (readonly [from: string, output: string, to: string])[]) =>
  flowDocumentSchema.parse({
    name: "F",
    start: "ask",
    steps: [...new Set(["no", "later", "yes", ...edges.flatMap(([from, , to]) => [from, to])])].map((ref) => ({
      ref,
      kind: "end",
    })),
    edges: edges.map(([from, output, to]) => ({ from, output, to })),
  });
const heightsOf = (edges: Parameters<typeof documentOf>[0]) => {
  const { steps } = arrange(documentOf(edges), (ref) => outputs[ref] ?? ["next"]);
  return (ref: string) => steps.find((step) => step.ref === ref)?.at?.y ?? 0;
};

it("puts what one step leads to from top to bottom as its outputs are, in whichever order lines were drawn", () => {
  const edges = [
    ["ask", "later", "later"],
    ["ask", "no", "no"],
    ["no", "next", "bye"],
    ["no", "next", "thanks"],
    ["ask", "yes", "yes"],
  ] as const;
  for (const heightOf of [heightsOf(edges), heightsOf(edges.toReversed())]) {
    expect(heightOf("yes")).toBeLessThan(heightOf("no"));
    expect(heightOf("no")).toBeLessThan(heightOf("later"));
  }
});

it("lays out where two steps wish for the opposite", () => {
  const heightOf = heightsOf([
    ["ask", "yes", "a"],
    ["ask", "no", "again"],
    ["again", "yes", "yes"],
    ["again", "no", "no"],
    ["a", "next", "no"],
    ["a", "next", "yes"],
  ]);
  expect(heightOf("a")).toBeLessThan(heightOf("again"));
  expect(heightOf("no")).not.toBe(heightOf("yes"));
});

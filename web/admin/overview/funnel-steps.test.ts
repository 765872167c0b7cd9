import { expect, it } from "vitest";
import { flowDocumentSchema } from "../../../src/model/flow.ts";
import { firstSteps } from "./funnel-steps.ts";

const document = (start: string | undefined, edges: readonly (readonly [string, string])[]) =>
  flowDocumentSchema.parse({
    name: "F",
    start,
    steps: ["a", "b", "c", "d", "e"].map((ref) => ({ ref, kind: "end", config: {} })),
    edges: edges.map(([from, to]) => ({ from, output: "next", to })),
  });

it("follows the flow from its start, four steps far, and never in a circle", () => {
  const way = [
    ["a", "b"],
    ["b", "a"],
    ["b", "c"],
    ["c", "d"],
    ["d", "e"],
  ] as const;
  expect(firstSteps(document("a", way))).toEqual(["a", "b", "c", "d"]);
  expect(firstSteps(document("d", way))).toEqual(["d", "e"]);
  expect(firstSteps(document(undefined, way))).toEqual([]);
});

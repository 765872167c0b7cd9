import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FlowDocument, flowDocumentSchema } from "../../../src/model/flow.ts";
import {
  addStep,
  connect,
  copyPiece,
  createRef,
  disconnect,
  dropLostOutputs,
  layOut,
  paste,
  readPiece,
  removeSteps,
  writePiece,
} from "./document.ts";
import { beginHistory, change, redo, undo } from "./history.ts";

const aStep = (ref: string) => ({ ref, kind: "end", config: {} });
const aDocument = (refs: readonly string[], edges: FlowDocument["edges"] = []): FlowDocument =>
  flowDocumentSchema.parse({ name: "Flow", start: refs[0], steps: refs.map(aStep), edges });

describe("a flow's drawing", () => {
  it("gets its start with the first step, and an edge where the step was asked for", () => {
    const empty = flowDocumentSchema.parse({ name: "Flow" });
    const one = addStep(empty, aStep("a"));
    const two = addStep(one, aStep("b"), { from: "a", output: "next" });
    expect(two.start).toBe("a");
    expect(two.edges).toEqual([{ from: "a", output: "next", to: "b" }]);
    expect(connect(two, { from: "a", output: "next", to: "b" })).toBe(two);
    expect(disconnect(two, two.edges).edges).toEqual([]);
  });

  it("loses with a step its edges, what leads triggers to it, and keeps a start", () => {
    const document = {
      ...aDocument(
        ["a", "b", "c"],
        [
          { from: "a", output: "next", to: "b" },
          { from: "b", output: "next", to: "c" },
        ],
      ),
      triggers: [{ kind: "start" as const, step: "a" }],
    };
    const left = removeSteps(document, new Set(["a"]));
    expect(left).toMatchObject({ start: "b", triggers: [{ kind: "start" }], edges: [{ from: "b", to: "c" }] });
    expect(left.triggers[0]).not.toHaveProperty("step");
    expect(removeSteps(document, new Set(["a", "b", "c"]))).not.toHaveProperty("start");
  });

  it("loses edges of outputs that are gone, and no others", () => {
    const document = aDocument(
      ["a", "b"],
      [
        { from: "a", output: "button:x", to: "b" },
        { from: "a", output: "error", to: "b" },
        { from: "b", output: "button:x", to: "a" },
      ],
    );
    expect(dropLostOutputs(document, "a", ["next"]).edges).toEqual(document.edges.slice(1));
    expect(dropLostOutputs(document, "a", ["button:x"])).toBe(document);
  });

  it("takes pieces with refs of their own, between flows too", () => {
    const from = aDocument(
      ["a", "b", "c"],
      [
        { from: "a", output: "next", to: "b" },
        { from: "b", output: "next", to: "c" },
      ],
    );
    const piece = readPiece(writePiece(copyPiece(from, new Set(["a", "b"]))));
    if (piece === undefined) throw new Error("no piece");
    const { document, refs } = paste(from, piece, { x: 10, y: 20 });
    expect(refs.size).toBe(2);
    expect(document.steps).toHaveLength(5);
    expect(new Set(document.steps.map(({ ref }) => ref)).size).toBe(5);
    const [edge] = document.edges.slice(2);
    expect([...refs]).toEqual([edge?.from, edge?.to]);
    expect(flowDocumentSchema.safeParse(document).success).toBe(true);
    expect(readPiece("no piece")).toBeUndefined();
    expect(readPiece('{"repartee":1}')).toBeUndefined();
  });

  it("is laid out with every step in a place of its own, whatever leads where", () => {
    const refs = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { minLength: 1 });
    fc.assert(
      fc.property(refs, fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 20 }), (names, pairs) => {
        const at = (index: number) => names[index % names.length] ?? "a";
        const edges = pairs.map(([from, to]) => ({ from: at(from), output: "next", to: at(to) }));
        const { steps } = layOut(aDocument(names, edges), () => 100);
        expect(new Set(steps.map(({ at: place }) => `${place?.x} ${place?.y}`)).size).toBe(names.length);
      }),
    );
    const placed = layOut(aDocument(["a", "b"]), () => 100);
    expect(layOut(placed, () => 100, { onlyMissing: true })).toBe(placed);
  });
});

it("refs are what the model takes", () => {
  for (let n = 0; n < 200; n += 1) expect(createRef()).toMatch(/^[a-z][a-z2-9]{5}$/);
});

describe("taking back", () => {
  it("goes back and forth through every change, words as one", () => {
    let history = beginHistory("");
    for (const [text, mark] of [
      ["h", "t"],
      ["hi", "t"],
      ["hi!", "u"],
    ] as const)
      history = change(history, text, mark);
    expect(undo(history).present).toBe("hi");
    expect(undo(undo(history)).present).toBe("");
    expect(undo(undo(undo(history))).present).toBe("");
    expect(redo(redo(undo(undo(history)))).present).toBe("hi!");
    expect(change(undo(history), "other").future).toEqual([]);
  });
});

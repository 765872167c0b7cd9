import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseNodeNs, toNodeNs } from "./node-ns.ts";
import { type NsKind, parseFlowNs, parseNs, toFlowNs, toNs } from "./uchat-ns.ts";

const kinds: readonly NsKind[] = [
  "contact",
  "tag",
  "flow",
  "segment",
  "closingNote",
  "customEvent",
  "webhook",
  "field",
  "variable",
];
const id = fc.integer({ min: 1, max: 1_000_000_000 });
const ref = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);

describe("an ns", () => {
  it.each([
    ["contact", "f1u2"],
    ["tag", "f1t2"],
    ["flow", "f1s2"],
    ["segment", "f1sg2"],
    ["closingNote", "f1cn2"],
    ["customEvent", "f1e2"],
    ["field", "f1v4"],
    ["variable", "f1v5"],
  ] as const)("of a %s is %s", (kind, ns) => {
    expect(toNs(kind, 1, 2)).toBe(ns);
  });

  it("says its bot and its id, and is never one of another kind", () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), id, id, (kind, bot, thing) => {
        const ns = toNs(kind, bot, thing);
        for (const other of kinds) {
          expect(parseNs(other, ns)).toEqual(other === kind ? { bot, id: thing } : undefined);
        }
      }),
    );
  });

  it.each(["", "f1", "u2", "f1u", "fu2", "f1u2x", "1u2", "f-1u2", "f1U2", "f1u1.5", "f1u9999999999999999"])(
    "is not %j",
    (ns) => {
      expect(parseNs("contact", ns)).toBeUndefined();
    },
  );

  it("of a bot is a flow's there", () => {
    expect(toFlowNs(7)).toBe("f7");
    expect(parseFlowNs("f7")).toBe(7);
    expect(parseFlowNs("f7s1")).toBeUndefined();
  });
});

describe("the ns of a node", () => {
  it("has digits alone and gives back flow and step", () => {
    fc.assert(
      fc.property(id, id, ref, (bot, flowId, step) => {
        const ns = toNodeNs({ bot, flowId, step });
        expect(ns).toMatch(/^f\d+n\d+$/);
        expect(parseNodeNs(ns)).toEqual({ bot, flowId, step });
      }),
    );
  });

  it("stays as it was: people note such ids", () => {
    expect(toNodeNs({ bot: 1, flowId: 3, step: "hello" })).toBe("f1n8150226370000000003");
  });

  it.each(["f1n", "f1n5", "f1s5", "n5", "f1nx"])("is not %j", (ns) => {
    expect(parseNodeNs(ns)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { openingOf } from "./opening.ts";

const flow = (...places: readonly (readonly [x: number, y: number])[]) => ({
  start: "s0",
  steps: places.map(([x, y], index) => ({ ref: `s${index}`, kind: "message", config: {}, at: { x, y } })),
});
const desktop = { width: 1140, height: 740 };
const phone = { width: 390, height: 560 };

describe("a flow opens", () => {
  it("as a whole where that can be read", () => {
    expect(openingOf(flow([0, 0], [400, 0], [400, 250]), desktop)).toBeUndefined();
  });

  it("where it begins where the whole would be too small, with what starts it in sight", () => {
    const wide = flow([400, 300], [800, 300], [5_000, 300]);
    for (const window of [desktop, phone]) {
      const at = openingOf(wide, window);
      if (at === undefined) throw new Error("the whole is shown");
      const startBox = { left: at.x + (400 - 340) * at.zoom, top: at.y + 300 * at.zoom };
      expect(startBox.left).toBeGreaterThanOrEqual(0);
      expect(startBox.left + 250 * at.zoom).toBeLessThan(window.width);
      expect(startBox.top).toBeGreaterThan(0);
      expect(startBox.top).toBeLessThan(window.height / 2);
    }
  });

  it("where it begins on a phone sooner than on a desk", () => {
    const some = flow([0, 0], [400, 0], [800, 0]);
    expect(openingOf(some, desktop)).toBeUndefined();
    expect(openingOf(some, phone)).toBeDefined();
  });

  it("without steps as it is", () => {
    expect(openingOf(flow(), phone)).toBeUndefined();
  });
});

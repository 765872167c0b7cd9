import fc from "fast-check";
import { expect, it } from "vitest";
import { contrast, readableAs, readableOn } from "./colour.ts";
import { darkGround, lightGround } from "./style.ts";

const colours = fc.integer({ min: 0, max: 0xffffff }).map((number) => `#${number.toString(16).padStart(6, "0")}`);

it("knows the contrasts that WCAG gives as examples", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  expect(contrast("#ffffff", "#767676")).toBeCloseTo(4.54, 2);
});

it("writes on every accent so that it can be read", () => {
  fc.assert(fc.property(colours, (accent) => contrast(readableOn(accent), accent) >= 4.5));
});

it("writes in the accent only where it can be read", () => {
  expect(readableAs("#2563eb", lightGround)).toBe("#2563eb");
  expect(readableAs("#ffcc00", lightGround)).toBeUndefined();
  expect(readableAs("#ffcc00", darkGround)).toBe("#ffcc00");
});

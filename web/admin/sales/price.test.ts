import { describe, expect, it } from "vitest";
import { parsePrice } from "./price.ts";

describe("a typed price", () => {
  it("is minor units of its currency, with a point or a comma", () => {
    expect(parsePrice("12,5", "EUR")).toBe(1250);
    expect(parsePrice("1 999.90", "rub")).toBe(199_990);
    expect(parsePrice("2500", "JPY")).toBe(2500);
    expect(parsePrice("2.5", "KWD")).toBe(2500);
  });

  it("is none with more decimals than the currency has, or where it is no number", () => {
    for (const text of ["", "abc", "-1", "1.234", "1.2.3"]) expect(parsePrice(text, "EUR"), text).toBeUndefined();
    expect(parsePrice("1.5", "JPY")).toBeUndefined();
    expect(parsePrice("1", "no")).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { currencySchema, type Line, maxPrice, maxQuantity, maxTotal } from "../model/shop.ts";
import { decimalsOf, toDecimalText, totalOf } from "./money.ts";

const aLine = (price: number, quantity: number): Line => ({
  variant: 1,
  product: 1,
  name: "Tea",
  description: "",
  price,
  quantity,
});

describe("an amount", () => {
  it.each([
    [2500, "AUD", "25.00"],
    [5, "AUD", "0.05"],
    [0, "AUD", "0.00"],
    [2500, "JPY", "2500"],
    [2500, "KWD", "2.500"],
    [7, "KWD", "0.007"],
    [maxTotal, "USD", "10000000000000.00"],
  ])("of %i minor units of %s is shown as %s", (amount, currency, text) => {
    expect(toDecimalText(amount, currency)).toBe(text);
  });

  it.each([
    ["JPY", 0],
    ["RUB", 2],
    ["BHD", 3],
  ])("of %s has %i decimals", (currency, decimals) => {
    expect(decimalsOf(currency)).toBe(decimals);
  });
});

describe("a total", () => {
  it("is exact up to its bound, and none beyond", () => {
    expect(totalOf([])).toBe(0);
    expect(totalOf([aLine(333, 3), aLine(1, 1)])).toBe(1000);
    expect(totalOf([aLine(maxPrice, 1000)])).toBe(maxTotal);
    expect(totalOf([aLine(maxPrice, 1000), aLine(1, 1)])).toBeUndefined();
    expect(totalOf(Array.from({ length: 100 }, () => aLine(maxPrice, maxQuantity)))).toBeUndefined();
  });
});

describe("a currency", () => {
  it("is known in any case, and kept in capitals", () => {
    expect(currencySchema.parse(" aud")).toBe("AUD");
  });

  it.each(["", "AU", "XXY", "dollars", "123"])("is not %j", (code) => {
    expect(currencySchema.safeParse(code).success).toBe(false);
  });
});

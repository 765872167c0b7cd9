import { describe, expect, it } from "vitest";
import { fieldKeySchema } from "../model/field.ts";
import { createFieldKey } from "./field-key.ts";

describe("the key of a field that was given a name alone", () => {
  it.each([
    ["city", "city"],
    ["Home town", "home_town"],
    ["Город рождения", "gorod_rozhdeniya"],
    ["Crème brûlée!", "creme_brulee"],
    ["2nd phone", "field_2nd_phone"],
    ["电话", "field"],
    ["  __x__ ", "x"],
    ["constructor", "constructor"],
    ["y".repeat(100), "y".repeat(60)],
  ])("for %j is %j", (name, key) => {
    expect(createFieldKey(name, new Set())).toBe(key);
    expect(fieldKeySchema.safeParse(key).success).toBe(true);
  });

  it("has a number where another field has it", () => {
    expect(createFieldKey("City", new Set(["city", "city_2"]))).toBe("city_3");
    const long = "z".repeat(60);
    expect(createFieldKey(long, new Set([long]))).toBe(`${"z".repeat(58)}_2`);
  });
});

import { describe, expect, it } from "vitest";
import { fieldKeySchema } from "../model/field.ts";
import { createFieldKey, toKey } from "./field-key.ts";

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

describe("a key that is suggested for a name", () => {
  it("is Latin, whatever the name is written in", () => {
    expect(["Date of birth", "Город", "2nd phone!", "Объём (л)"].map(toKey)).toEqual([
      "date_of_birth",
      "gorod",
      "nd_phone",
      "obem_l",
    ]);
  });

  it("is one that the server takes, or empty", () => {
    for (const name of ["a", "Ёлка".repeat(40), "x_".repeat(50)]) {
      expect(fieldKeySchema.safeParse(toKey(name)).success, name).toBe(true);
    }
    expect(toKey("123 !")).toBe("");
  });
});

import { describe, expect, it } from "vitest";
import { fieldKeySchema } from "../../../src/model/field.ts";
import { toKey } from "./to-key.ts";

describe("a key that is made of a name", () => {
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

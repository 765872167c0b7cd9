import { describe, expect, it } from "vitest";
import { cleanText } from "./clean-text.ts";

describe("cleanText", () => {
  it("gives back as it is what has nothing to clean", () => {
    const value = { a: ["x", 1, null, { deep: "é😀", when: new Date(0) }], b: undefined, c: true };
    expect(cleanText(value)).toBe(value);
    expect(cleanText("plain")).toBe("plain");
  });

  it("leaves out U+0000 and mends half a surrogate pair, however deep, in keys too", () => {
    const when = new Date(0);
    expect(cleanText({ "a\0": ["x\0y", { deep: "half \ud83d", when }], kept: 1 })).toEqual({
      a: ["xy", { deep: "half �", when }],
      kept: 1,
    });
    expect(cleanText(["\0"])).toEqual([""]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitBytes } from "./split-bytes.ts";

const bytes = (text: string) => Buffer.byteLength(text);

describe("splitting by bytes", () => {
  it("leaves what fits as it is, and splits Cyrillic at half the letters", () => {
    expect(splitBytes("a".repeat(1000), 1000)).toHaveLength(1);
    const words = "слово ".repeat(200).trim();
    const parts = splitBytes(words, 1000);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.join(" ")).toBe(words);
    expect(parts.every((part) => bytes(part) <= 1000)).toBe(true);
  });

  it("never makes a part that is too long, nor loses anything but white space", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.integer({ min: 8, max: 60 }), (text, longest) => {
        const parts = splitBytes(text, longest);
        expect(parts.every((part) => bytes(part) <= longest)).toBe(true);
        const bare = (some: string) => some.replaceAll(/\s/g, "");
        expect(bare(parts.join(""))).toBe(bare(text));
      }),
    );
  });
});

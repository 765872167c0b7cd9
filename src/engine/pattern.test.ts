import { describe, expect, it } from "vitest";
import { compilePattern } from "./pattern.ts";

const sensitive = { ignoreCase: false };

function matches(source: string, text: string, ignoreCase = false): boolean {
  const pattern = compilePattern(source, { ignoreCase });
  if (!pattern.ok) throw new Error(pattern.message);
  return pattern.test(text);
}

describe("a pattern", () => {
  it("is looked for anywhere in the text", () => {
    expect(matches("\\d{3}", "call 123 now")).toBe(true);
    expect(matches("^\\d{3}$", "call 123 now")).toBe(false);
  });

  it("minds case only where that is wanted", () => {
    expect(matches("привет", "ПРИВЕТ", true)).toBe(true);
    expect(matches("привет", "ПРИВЕТ")).toBe(false);
  });

  it("knows letters of every script", () => {
    expect(matches("^\\p{L}+$", "Москва")).toBe(true);
  });

  it.each([
    ["(a+)+$", "a"],
    ["(a|aa)+$", "a"],
    ["(a|a)*b", "a"],
    ["(.*a){25}$", "a"],
    ["^(([a-z])+.)+[A-Z]([a-z])+$", "a"],
    ["(x+x+)+y", "x"],
    ["[^b]{1,500}[bc]", "a"],
  ])("that makes other engines run for years, %s, is done in no time", (source, letter) => {
    const pattern = compilePattern(source, sensitive);
    const before = performance.now();
    expect(pattern.ok && pattern.test(`${letter.repeat(4095)}!`)).toBe(false);
    // 87,000 ms for what is refused below; at most 75 for these.
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it.each([
    ["(", "missing closing"],
    ["a**", "invalid nested repetition"],
    ["(?=x)", "unsupported Perl syntax"],
    ["(a)\\1", "invalid escape sequence"],
    ["x{1001}", "invalid repeat count"],
    ["a".repeat(1001), "a pattern may have 1000 characters; this one has 1001"],
    ["[^b]{1,1000}".repeat(2), "repeats too much"],
    ["(a{1000})".repeat(2), "repeats too much"],
  ])("that cannot be used, %s, is told as a value", (source, message) => {
    expect(compilePattern(source, sensitive)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
    expect(compilePattern(source, sensitive)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  it("stays what it is while thousands of others come and go", () => {
    for (let count = 0; count < 2_000; count += 1) compilePattern(`word${count}`, sensitive);
    expect(matches("word1$", "word1")).toBe(true);
    expect(matches("word1$", "WORD1")).toBe(false);
    expect(matches("word1$", "WORD1", true)).toBe(true);
  });
});

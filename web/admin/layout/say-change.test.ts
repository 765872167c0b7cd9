import { describe, expect, it } from "vitest";
import { sayChange, sayValue } from "./say-change.ts";

const words = { yes: "yes", no: "no" };

describe("a value that somebody else changed", () => {
  it.each([
    [null, "—"],
    ["", "—"],
    [[], "—"],
    [{ host: null }, "—"],
    [true, "yes"],
    [0, "0"],
    [["tag_added", "message_in"], "tag_added, message_in"],
    [[{ path: "a" }, { path: "b" }], "path: a; path: b"],
    [{ match: "contains", words: ["a", "b"] }, "match: contains, words: a, b"],
  ])("%j is said as a line", (value, line) => {
    expect(sayValue(value, words)).toBe(line);
  });
});

describe("the two sides of a change", () => {
  it("of settings within settings are those that are another", () => {
    const before = { host: "a.example.org", auth: { user: "ada", kind: "login" } };
    expect(sayChange(before, { ...before, auth: { ...before.auth, user: "bob" } }, words)).toEqual({
      before: "auth: user: ada",
      after: "auth: user: bob",
    });
  });

  it("of a list as long as before are the items that are another, by their place", () => {
    const variants = [{ name: "A" }, { name: "B" }];
    const renamed = variants.with(1, { name: "C" });
    expect(sayChange({ variants }, { variants: renamed }, words)).toEqual({
      before: "variants: 2: name: B",
      after: "variants: 2: name: C",
    });
    expect(sayChange(variants, [{ name: "A" }], words)).toEqual({ before: "name: A; name: B", after: "name: A" });
  });

  it("of a long text are the part that is another, with some of what stands around it", () => {
    const [head, tail] = ["x".repeat(900), "y".repeat(900)];
    const { before, after } = sayChange(`${head}one${tail}`, `${head}two${tail}`, words);
    expect(before).toBe(`…${"x".repeat(40)}one${"y".repeat(40)}…`);
    expect(after).toBe(`…${"x".repeat(40)}two${"y".repeat(40)}…`);
  });

  it("of a text that grew at its end or became short are whole to the end", () => {
    const long = "z".repeat(100);
    expect(sayChange(long, `${long}!`, words)).toEqual({ before: `…${"z".repeat(40)}`, after: `…${"z".repeat(40)}!` });
    expect(sayChange(long, "short", words)).toEqual({ before: long, after: "short" });
  });

  it("cut no character in two", () => {
    const { before } = sayChange(`${"😀".repeat(90)}a`, `${"😀".repeat(90)}b`, words);
    expect(before).toBe(`…${"😀".repeat(40)}a`);
  });
});

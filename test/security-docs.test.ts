import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const files = globSync("{src,web,test,lint,scripts,e2e}/**/*.test.{ts,tsx}", { cwd: root });
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const filesOf = (name: string) => files.filter((file) => `/${file}`.endsWith(`/${name}`));

describe.each(["SECURITY.md", "docs/security/asvs.md"])("%s", (document) => {
  // A test's file, and in brackets behind it words that stand in it.
  const named = [...read(document).matchAll(/`([\w./-]+\.test\.tsx?)`(?: \(([^)]*)\))?/g)].map(
    ([, name = "", bracket = ""]) => ({
      name,
      words: [...bracket.matchAll(/"([^"]+)"/g)].map(([, word = ""]) => word),
    }),
  );

  it("names tests that are there", () => {
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter(({ name }) => filesOf(name).length === 0)).toEqual([]);
  });

  it("quotes words that stand in them", () => {
    const lost = named.flatMap(({ name, words }) => {
      const texts = filesOf(name).map(read);
      return words.filter((word) => !texts.some((text) => text.includes(word))).map((word) => `${name}: ${word}`);
    });
    expect(lost).toEqual([]);
  });
});

describe("docs/security/asvs.md", () => {
  const rows = read("docs/security/asvs.md")
    .split("\n")
    .filter((line) => /^\| \d/.test(line))
    .map((line) => {
      const [numbers = "", subject = "", state = "", how = ""] = line.split(" | ").map((cell) => cell.trim());
      return { numbers: numbers.replace(/^\| /, ""), subject, state, how: how.replace(/\|$/, "").trim() };
    });

  it("answers every row by a test or a reason", () => {
    expect(rows.length).toBeGreaterThan(100);
    const states = ["met", "in part", "not met", "none here", "the proxy's"];
    expect(rows.filter(({ state }) => !states.includes(state))).toEqual([]);
    expect(rows.filter(({ state, how }) => state === "met" && how.length < 10)).toEqual([]);
    // What is missing has to be said in words: a test's name says what is there.
    const missing = rows.filter(({ state }) => state === "in part" || state === "not met");
    const wordsOf = (how: string) => how.replaceAll(/`[^`]*`(?: \([^)]*\))?/g, "").match(/\p{L}{2,}/gu) ?? [];
    expect(missing.filter(({ how }) => wordsOf(how).length < 4)).toEqual([]);
  });

  it("speaks of every chapter, and of no requirement twice", () => {
    const numbers = rows.flatMap((row) => row.numbers.split(", ").flatMap(expand));
    expect(numbers.filter((one, at) => numbers.indexOf(one) !== at)).toEqual([]);
    const chapters = new Set(numbers.map((one) => Number(one.split(".")[0])));
    expect([...chapters].sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, at) => at + 1));
  });
});

/** `6.2.5 to 6.2.10` within one section; what goes over sections stays as it is written. */
function expand(range: string): string[] {
  const [from = "", to] = range.split(" to ");
  const [section, first] = [from.slice(0, from.lastIndexOf(".")), Number(from.split(".").at(-1))];
  if (to === undefined || to.slice(0, to.lastIndexOf(".")) !== section) return [range];
  const last = Number(to.split(".").at(-1));
  return Array.from({ length: last - first + 1 }, (_, at) => `${section}.${first + at}`);
}

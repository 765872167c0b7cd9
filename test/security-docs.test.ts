import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const files = globSync("{src,web,test,lint,scripts,e2e}/**/*.test.{ts,tsx}", { cwd: root });
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const filesOf = (name: string) => files.filter((file) => `/${file}`.endsWith(`/${name}`));

const documents = [
  { document: "SECURITY.md", least: 15 },
  { document: "docs/security/asvs.md", least: 15 },
  { document: "docs/security/data.md", least: 5 },
];

describe.each(documents)("$document", ({ document, least }) => {
  // A test's file, and in brackets behind it words that stand in it.
  const named = [...read(document).matchAll(/`([\w./-]+\.test\.tsx?)`(?: \(([^)]*)\))?/g)].map(
    ([, name = "", bracket = ""]) => ({
      name,
      words: [...bracket.matchAll(/"([^"]+)"/g)].map(([, word = ""]) => word),
    }),
  );

  it("names tests that are there", () => {
    expect(named.length).toBeGreaterThan(least);
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

describe("docs/security/keys.md", () => {
  const [, used = ""] = read("docs/security/keys.md").split("## What is used");
  const sources = globSync("src/**/*.ts", { cwd: root }).filter((file) => !file.endsWith(".test.ts"));
  const primitives =
    /\b(createHmac|createHash|createCipheriv|hkdfSync|argon2|pbkdf2|scrypt|createSign|generateKey\w*)\(|from "(otpauth|@fastify\/cookie|@simplewebauthn\/server)"|promisify\(argon2\)/;

  it("names every file that uses a primitive, and none that does not", () => {
    const named = [...used.matchAll(/`(src\/[\w./-]+)`/g)].map(([, file = ""]) => file);
    const using = sources.filter((file) => primitives.test(read(file)));
    expect(using.length).toBeGreaterThan(15);
    expect(named.sort()).toEqual(using.sort());
  });

  it("names what is signed with the secret key by the words that it begins with, in each file that signs", () => {
    const [, purposes = ""] = /^\| HMAC-SHA-256 by the secret key \| ([^|]*) \|/m.exec(used) ?? [];
    const words = [...purposes.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
    const signing = sources.filter((file) =>
      /import \{[^}]*\b(sign|isSigned)\b[^}]*\} from "[^"]*secret-key.ts"/.test(read(file)),
    );
    const texts = [...signing, "src/store/secret-key.ts"].map((file) => ({ file, text: read(file) }));
    expect(texts.filter(({ text }) => !words.some((word) => text.includes(word))).map(({ file }) => file)).toEqual([]);
    expect(words.filter((word) => !texts.some(({ text }) => text.includes(word)))).toEqual([]);
    expect(signing.length).toBeGreaterThan(3);
  });
});

describe("docs/operations.md", () => {
  it("names every host that the server calls by itself", () => {
    const [section = ""] = read("docs/operations.md").split("## Whom the server calls")[1]?.split("\n## ") ?? [];
    // Links for people, and examples of what a user may type.
    const notCalled =
      /^(t\.me|m\.me|ig\.me|wa\.me|vk\.me|vk\.com|www\.openstreetmap\.org|school\.example|example\.com)$/;
    const hosts = globSync("src/**/*.ts", { cwd: root })
      .filter((file) => !file.endsWith(".test.ts"))
      .flatMap((file) => [
        ...read(file)
          .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")
          .matchAll(/["`](?:https?|wss?):\/\/([a-z0-9.-]+\.[a-z]{2,})/g),
      ])
      .map(([, host = ""]) => host)
      .filter((host) => !notCalled.test(host));
    expect(hosts.length).toBeGreaterThan(4);
    expect(hosts.filter((host) => !section.includes(`\`${host}\``))).toEqual([]);
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

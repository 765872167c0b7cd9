import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";
import { simulate } from "./simulate.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rp-simulate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};
const flow = write(
  "flow.yaml",
  `name: Echo
start: a
steps:
  - { ref: a, kind: question, config: { text: "Who?", answer: { type: text }, saveTo: { profile: name } } }
  - { ref: b, kind: message, config: { messages: [{ text: "Hello, {{ contact.name }}!" }] } }
edges:
  - { from: a, output: answered, to: b }
`,
);

async function type(words: readonly string[], input = "") {
  let out = "";
  let err = "";
  const terminal = {
    stdin: Readable.from([input]),
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  const code = await runCli(["simulate", ...words], terminal, [simulate], "0");
  return { code, out, err };
}

describe("repartee simulate", () => {
  it("plays what is typed, line by line", async () => {
    const typed = await type([flow], "Ada\n:quit\nnever read\n");
    expect(typed).toEqual({ code: 0, out: "bot: Who?\nbot: Hello, Ada!\n   * name = Ada\n", err: "" });
  });

  it("plays a script, showing its lines and passing over its comments", async () => {
    const script = write("script.txt", "# who comes\nAda\n\n:quit\n");
    expect((await type([flow, "--script", script])).out).toBe(
      "bot: Who?\nyou: Ada\nbot: Hello, Ada!\n   * name = Ada\nyou: :quit\n",
    );
  });

  it("tells the whole play as JSON", async () => {
    const { out } = await type([flow, "--json", "--at", "2026-01-05T09:00:00Z"], "Ada\n");
    const { turns, contact } = JSON.parse(out);
    expect(turns).toHaveLength(2);
    expect(turns[0].at).toBe(Date.UTC(2026, 0, 5, 9));
    expect(contact.profile).toEqual({ name: "Ada" });
  });

  it.each([
    ["missing.yaml", undefined, "cannot be read (ENOENT)"],
    ["broken.yaml", "a: [", "neither JSON nor YAML"],
    ["other.yaml", "name: 5\n", "this is not a flow"],
  ])("refuses %s with a sentence", async (name, text, reason) => {
    const file = text === undefined ? path.join(folder, name) : write(name, text);
    const { code, err } = await type([file]);
    expect(code).toBe(1);
    expect(err).toContain(reason);
  });
});

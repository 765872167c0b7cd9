import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "../../model/app-error.ts";
import { ConfigError } from "../config.ts";
import { type Command, CommandError, defineLocalCommand } from "./command.ts";
import { runCli } from "./run-cli.ts";

const greet = defineLocalCommand({
  kind: "local",
  name: "greet person",
  summary: "Say hello",
  options: z.strictObject({
    name: z.string().min(2).describe("Whom."),
    times: z.number().int().max(3).default(1).describe("How often."),
    loud: z.boolean().default(false).describe("In capitals."),
    addTag: z.array(z.string()).optional().describe("A tag."),
    tone: z.enum(["warm", "cool"]).optional().describe("How."),
  }),
  positionals: ["name"],
  run: async (_context, { name, times, loud, addTag }) => {
    const text = Array.from({ length: times }, () => `hello ${name}`).join("\n");
    return { text: loud ? text.toUpperCase() : text, data: { name, times, tags: addTag ?? [] } };
  },
});
const failing = (name: string, error: unknown) =>
  defineLocalCommand({
    kind: "local",
    name,
    summary: "Fail",
    options: z.strictObject({}),
    run: async () => {
      throw error;
    },
  });
const commands: readonly Command[] = [
  greet,
  failing("refuse", new CommandError("thing.refused", "not today")),
  failing("miss", new AppError("bot.not_found", "there is no bot")),
  failing("misset", new ConfigError(["PORT is bad", "HOST is bad"])),
  failing("break", new Error("a bug")),
  failing("trespass", Object.assign(new Error("permission denied for schema public"), { code: "42501" })),
  failing("crowd", Object.assign(new Error("sorry, too many clients already"), { code: "53300" })),
  failing("cut", new Error("Connection terminated unexpectedly")),
];

async function type(line: string) {
  let out = "";
  let err = "";
  const terminal = {
    stdin: Readable.from([]),
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  const code = await runCli(line.split(" ").filter(Boolean), terminal, commands, "1.2.3");
  return { code, out, err };
}

describe("the command line", () => {
  it("prints the result alone on stdout", async () => {
    expect(await type("greet person Ada")).toEqual({ code: 0, out: "hello Ada\n", err: "" });
  });

  it("takes options of every kind, named after the schema in kebab-case", async () => {
    const typed = await type("greet person Ada --times 2 --loud --add-tag a --add-tag b --tone warm");
    expect(typed).toEqual({ code: 0, out: "HELLO ADA\nHELLO ADA\n", err: "" });
    expect((await type("greet person Ada --add-tag a --add-tag b --json")).out).toBe(
      '{"name":"Ada","times":1,"tags":["a","b"]}\n',
    );
  });

  it.each([
    ["greet person", "NAME is missing"],
    ["greet person Ada Bea", 'unexpected "Bea"'],
    ["greet person Ada --quiet", "Unknown option '--quiet'"],
    ["greet person Ada --times", "Option '--times <value>' argument missing"],
    ["greet person Ada --times many", "--times has to be a number"],
    ["greet person Ada --times 9", "--times: "],
    ["greet person A", "NAME: "],
    ["greet person Ada --tone hot", "--tone: "],
  ])("refuses %j with code 2 and the reason", async (line, reason) => {
    const { code, out, err } = await type(line);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^repartee: .*; see repartee greet person --help\n$/);
    expect(err).toContain(reason);
  });

  it("refuses an unknown command with code 2, and half a command with those that begin like it", async () => {
    expect(await type("fly")).toMatchObject({
      code: 2,
      err: 'repartee: there is no command "fly"; repartee --help lists them\n',
    });
    expect(await type("greet")).toMatchObject({ code: 2, err: "repartee: greet needs one of: person\n" });
  });

  it("ends with code 1 when a command cannot do what was asked", async () => {
    expect(await type("refuse")).toEqual({ code: 1, out: "", err: "repartee: not today\n" });
    expect(await type("miss")).toEqual({ code: 1, out: "", err: "repartee: there is no bot\n" });
  });

  it("tells errors as JSON where JSON was asked for", async () => {
    const { code, out, err } = await type("refuse --json");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(JSON.parse(err)).toEqual({ error: { code: "thing.refused", message: "not today" } });
  });

  it("says each bad setting in a line and ends with code 2", async () => {
    expect(await type("misset")).toEqual({ code: 2, out: "", err: "repartee: PORT is bad\nrepartee: HOST is bad\n" });
  });

  it.each([
    [
      "trespass",
      'permission denied for schema public. The user of DATABASE_URL has to own the database: "alter database',
    ],
    ["crowd", "sorry, too many clients already. Stop what need not run; then lower DATABASE_POOL_SIZE"],
    ["cut", "Connection terminated unexpectedly"],
  ])("says in a line what is the matter with the database, and what to do: %s", async (command, line) => {
    const { code, err } = await type(command);
    expect(code).toBe(1);
    expect(err).toContain(`repartee: the database cannot be used: ${line}`);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("shows the stack of a bug", async () => {
    const { code, err } = await type("break");
    expect(code).toBe(1);
    expect(err).toMatch(/Error: a bug\n.*run-cli\.test\.ts/s);
  });

  it("has help for all commands and for each", async () => {
    expect((await type("--help")).out).toContain("greet person  Say hello");
    const { code, out } = await type("greet person --help");
    expect(code).toBe(0);
    expect(out).toContain("Usage: repartee greet person NAME [options]");
    expect(out).toContain("--times NUMBER    How often. Default: 1.");
    expect(out).toContain("--add-tag TEXT    A tag. May be given several times.");
    expect(out).toContain("--tone warm|cool  How.");
  });

  it("says its version", async () => {
    expect(await type("--version")).toEqual({ code: 0, out: "1.2.3\n", err: "" });
  });
});

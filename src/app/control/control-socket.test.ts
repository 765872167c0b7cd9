import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { CommandError, type DatabaseContext, defineDatabaseCommand } from "../cli/command.ts";
import { readConfig } from "../config.ts";
import { openDataDirectory } from "../data-directory.ts";
import { ControlUnreachableError, callControl } from "./control-client.ts";
import { type ControlServer, startControlServer } from "./control-server.ts";
import { controlSocketPath } from "./socket-path.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rp-control-"));
const socket = path.join(folder, "control.sock");
let database: TestDatabase;
let server: ControlServer;

const echo = defineDatabaseCommand({
  kind: "database",
  name: "echo twice",
  summary: "Say it twice",
  options: z.strictObject({ word: z.string() }),
  run: async (_context, { word }) => ({ text: `${word} ${word}`, data: { word } }),
});
const refuse = defineDatabaseCommand({
  kind: "database",
  name: "refuse",
  summary: "Refuse",
  options: z.strictObject({}),
  run: async () => {
    throw new CommandError("thing.refused", "not today");
  },
});
const breakDown = defineDatabaseCommand({
  kind: "database",
  name: "break",
  summary: "Break",
  options: z.strictObject({}),
  run: async () => {
    throw new Error("a bug");
  },
});

beforeAll(async () => {
  database = await testDatabase();
  // What a killed server leaves behind.
  writeFileSync(socket, "");
  const context: DatabaseContext = {
    config: readConfig({ DATA_DIR: folder }),
    database,
    publicUrl: "http://127.0.0.1:3000",
    secretKey: Buffer.alloc(32),
    log: pino({ level: "silent" }),
  };
  server = await startControlServer({ socket, commands: [echo, refuse, breakDown], context });
});
afterAll(async () => {
  await server.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the control socket", () => {
  it("runs a command of the server", async () => {
    expect(await callControl(socket, "echo twice", { word: "да" })).toEqual({ text: "да да", data: { word: "да" } });
  });

  it("is for its owner alone", () => {
    expect(statSync(socket).mode & 0o777).toBe(0o600);
  });

  it("hands refusals on with their code", async () => {
    await expect(callControl(socket, "refuse", {})).rejects.toMatchObject({
      code: "thing.refused",
      message: "not today",
    });
  });

  it("survives a command that breaks", async () => {
    await expect(callControl(socket, "break", {})).rejects.toMatchObject({ code: "command.failed", message: "a bug" });
    expect((await callControl(socket, "echo twice", { word: "a" })).text).toBe("a a");
  });

  it("refuses commands and options that it does not know", async () => {
    await expect(callControl(socket, "fly", {})).rejects.toMatchObject({ code: "command.unknown" });
    await expect(callControl(socket, "echo twice", { word: "a", loud: true })).rejects.toMatchObject({
      code: "command.bad_options",
    });
  });

  it("says so when nobody listens", async () => {
    await expect(callControl(path.join(folder, "none.sock"), "echo twice", {})).rejects.toThrow(
      ControlUnreachableError,
    );
  });
});

describe("controlSocketPath", () => {
  it("is in the data directory", () => {
    expect(controlSocketPath(openDataDirectory(folder))).toBe(path.join(folder, "control.sock"));
  });

  it("is in a private folder where the data directory's path is too long for a socket", () => {
    const chosen = controlSocketPath(openDataDirectory(path.join(folder, "d".repeat(100))));
    expect(Buffer.byteLength(chosen)).toBeLessThanOrEqual(100);
    expect(statSync(path.dirname(chosen)).mode & 0o777).toBe(0o700);
    chmodSync(path.dirname(chosen), 0o755);
    expect(controlSocketPath(openDataDirectory(path.join(folder, "d".repeat(100))))).toBe(chosen);
    expect(statSync(path.dirname(chosen)).mode & 0o777).toBe(0o700);
    rmSync(path.dirname(chosen), { recursive: true });
  });
});

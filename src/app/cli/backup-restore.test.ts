import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { lockDataDirectory, openDataDirectory } from "../data-directory.ts";
import { backup } from "./backup.ts";
import type { Terminal } from "./command.ts";
import { restore } from "./restore.ts";
import { runDatabaseCommand } from "./run-database-command.ts";
import { tokenCreate } from "./token-create.ts";
import { workspaceCreate } from "./workspace-create.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rp-backup-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const log = pino({ level: "silent" });
const terminal = {} as Terminal;
const file = path.join(folder, "backup.tar.gz");

const run = (DATA_DIR: string, command: typeof backup, options: unknown) =>
  runDatabaseCommand(readConfig({ DATA_DIR: path.join(folder, DATA_DIR) }), command, options as never, log);
const runRestore = (DATA_DIR: string, from: string) =>
  restore.run({ readConfig: () => readConfig({ DATA_DIR: path.join(folder, DATA_DIR) }), terminal, json: false }, {
    file: from,
    replace: false,
  } as never);

const serverUrl = process.env.TEST_DATABASE_URL ?? "";

/** PostgreSQL's client programs are not everywhere, and the command says so. */
const hasTools = spawnSync("pg_dump", ["--version"]).status === 0;

describe.runIf(serverUrl !== "" && hasTools)("backup and restore of a PostgreSQL", () => {
  const suffix = randomBytes(6).toString("hex");
  const names = [`rp_backup_${suffix}`, `rp_restore_${suffix}`];
  // In functions, for this block is read also where there is no server.
  const urlOf = (name: string | undefined) => Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  const from = () => urlOf(names[0]);
  const to = () => urlOf(names[1]);
  const dump = path.join(folder, "server.dump");
  const configOf = (DATABASE_URL: string) => readConfig({ DATABASE_URL, DATA_DIR: path.join(folder, "server") });
  const runOn = (url: string, command: typeof backup, options: unknown) =>
    runDatabaseCommand(configOf(url), command, options as never, log);
  const restoreTo = (replace: boolean) =>
    restore.run({ readConfig: () => configOf(to()), terminal, json: false }, { file: dump, replace } as never);

  const onServer = async (statement: (name: string) => string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    for (const name of names) await client.query(statement(name));
    await client.end();
  };
  beforeAll(() => onServer((name) => `create database ${name}`));
  afterAll(() => onServer((name) => `drop database ${name}`));

  it("bring what was there to another database, and overwrite one only when told to", async () => {
    await runOn(from(), workspaceCreate, { domain: "first", timeZone: "UTC" });
    await runOn(from(), backup, { file: dump });
    await restoreTo(false);
    expect((await runOn(to(), tokenCreate, { workspace: "first", kind: "api", name: "" })).text).toMatch(/^rp_api_/);
    await runOn(to(), workspaceCreate, { domain: "second", timeZone: "UTC" });
    await expect(restoreTo(false)).rejects.toMatchObject({ code: "restore.not_empty" });
    await restoreTo(true);
    await expect(runOn(to(), tokenCreate, { workspace: "second", kind: "api", name: "" })).rejects.toThrow(
      "there is: first",
    );
  });
});

describe("backup and restore of the embedded database", () => {
  it("bring what was there to another machine", async () => {
    await run("one", workspaceCreate, { domain: "first", timeZone: "UTC" });
    await run("one", backup, { file });
    await run("two", workspaceCreate, { domain: "second", timeZone: "UTC" });
    const result = await runRestore("two", file);
    expect((await run("two", tokenCreate, { workspace: "first", kind: "api", name: "" })).text).toMatch(/^rp_api_/);
    await expect(run("two", tokenCreate, { workspace: "second", kind: "api", name: "" })).rejects.toThrow(
      "there is: first",
    );
    expect(result?.text).toContain("What was there before is in");
  });

  it("never write over a backup", async () => {
    writeFileSync(path.join(folder, "precious"), "");
    await expect(run("one", backup, { file: path.join(folder, "precious") })).rejects.toMatchObject({
      code: "backup.file_exists",
    });
  });

  it("leave everything as it is when the file is no backup", async () => {
    const bad = path.join(folder, "bad.tar.gz");
    writeFileSync(bad, "not a tar");
    await expect(runRestore("one", bad)).rejects.toMatchObject({ code: "restore.bad_file" });
    expect((await run("one", tokenCreate, { workspace: "first", kind: "api", name: "" })).text).toMatch(/^rp_api_/);
    expect(readdirSync(path.join(folder, "one")).filter((name) => name.includes("restoring"))).toEqual([]);
  });

  it("do not touch a database that a server holds", async () => {
    const lock = lockDataDirectory(openDataDirectory(path.join(folder, "one")), "server");
    await expect(runRestore("one", file)).rejects.toThrow(`is in use by process ${process.pid}`);
    lock.release();
  });
});

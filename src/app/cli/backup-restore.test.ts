import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { putDatabase } from "../../../test/embedded-template.ts";
import { until } from "../../../test/until.ts";
import type { Submit } from "../../shell/submission.ts";
import { createBot } from "../../store/bot-store.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import { startApp } from "../compose.ts";
import { type Config, readConfig } from "../config.ts";
import { lockDataDirectory, openDataDirectory } from "../data-directory.ts";
import { backup } from "./backup.ts";
import { defineDatabaseCommand, type Terminal } from "./command.ts";
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

/** Makes the database look like one of a later release; gives the embedded one's dump, which this release could not make any more. */
const fromTheFuture = defineDatabaseCommand({
  kind: "database",
  name: "from the future",
  summary: "",
  options: z.strictObject({}),
  run: async ({ database }) => {
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(database.db);
    const dump = await database.pglite?.dumpDataDir("gzip");
    return {
      text: "",
      data: { dump: Buffer.from((await dump?.arrayBuffer()) ?? new ArrayBuffer(0)).toString("base64") },
    };
  },
});

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
    // Everything that people said is in it.
    expect(statSync(dump).mode & 0o077).toBe(0);
    await restoreTo(false);
    expect((await runOn(to(), tokenCreate, { workspace: "first", kind: "api", name: "" })).text).toMatch(/^rp_api_/);
    await runOn(to(), workspaceCreate, { domain: "second", timeZone: "UTC" });
    await expect(restoreTo(false)).rejects.toMatchObject({ code: "restore.not_empty" });
    await restoreTo(true);
    await expect(runOn(to(), tokenCreate, { workspace: "second", kind: "api", name: "" })).rejects.toThrow(
      "there is: first",
    );
  });

  it("has every event that was acknowledged before it began, though events come in meanwhile", async () => {
    const busy = readConfig({ DATABASE_URL: from(), DATA_DIR: path.join(folder, "server"), PORT: "0", DEMO: "off" });
    const target = path.join(folder, "busy.dump");
    await backUpUnderTraffic(busy, target, async () => {
      const wish = { file: target, replace: true } as never;
      await restore.run({ readConfig: () => configOf(to()), terminal, json: false }, wish);
      return await keysOf(configOf(to()));
    });
  }, 120_000);

  // The last: what it leaves in the database, no release can go on with.
  it("refuse what a newer release has made, and change nothing by that", async () => {
    await runOn(from(), fromTheFuture, {});
    const newer = path.join(folder, "newer.dump");
    spawnSync("pg_dump", ["--format=custom", `--file=${newer}`, `--dbname=${from()}`]);
    const wish = { file: newer, replace: true } as never;
    await expect(restore.run({ readConfig: () => configOf(to()), terminal, json: false }, wish)).rejects.toMatchObject({
      code: "restore.newer_release",
    });
    expect((await runOn(to(), tokenCreate, { workspace: "first", kind: "api", name: "" })).text).toMatch(/^rp_api_/);
  });
});

/** A bot in a workspace of its own, to write to. */
const aBot = defineDatabaseCommand({
  kind: "database",
  name: "a bot",
  summary: "",
  options: z.strictObject({}),
  run: async ({ database }) => {
    const workspace = await createWorkspace(database.db, { domain: "busy", name: "Busy" });
    const { id } = await createBot(database.db, { workspaceId: workspace.id, name: "Shop" });
    return { text: "", data: { id } };
  },
});
const dedupeKeys = defineDatabaseCommand({
  kind: "database",
  name: "dedupe keys",
  summary: "",
  options: z.strictObject({}),
  run: async ({ database }) => {
    const rows = await database.db.selectFrom("events").select("dedupeKey").execute();
    return { text: "", data: { keys: rows.map(({ dedupeKey }) => dedupeKey) } };
  },
});

/** Events one after the other, by four at once, from when it is called until it is told to stop; those that were acknowledged, by their keys. */
function startTraffic(submit: Submit, botId: number) {
  const acknowledged = new Set<string>();
  let isOver = false;
  let count = 0;
  const write = async () => {
    while (!isOver) {
      count += 1;
      const dedupeKey = `traffic:${count}`;
      const email = `p${count}@example.com`;
      const reply = await submit({
        target: { create: { botId, unlessKnown: { email, phone: undefined } } },
        happening: { kind: "actions", actions: [{ action: "set_profile", args: { key: "email", value: email } }] },
        source: "api",
        dedupeKey,
      });
      if (reply.status === "done") acknowledged.add(dedupeKey);
    }
  };
  const all = Promise.all([1, 2, 3, 4].map(write));
  return {
    acknowledged,
    async stop() {
      isOver = true;
      await all;
    },
  };
}

/** Backs up while events come in, restores elsewhere, and compares with what was acknowledged before the backup began. */
async function backUpUnderTraffic(
  config: Config,
  dump: string,
  restoreAndRead: () => Promise<readonly string[]>,
): Promise<void> {
  const bot = (await runDatabaseCommand(config, aBot, {} as never, log)).data as { readonly id: number };
  const app = await startApp(config, log);
  try {
    const traffic = startTraffic(app.submit, bot.id);
    await until("some events are acknowledged", () => traffic.acknowledged.size >= 200, { withinMs: 30_000 });
    const before = new Set(traffic.acknowledged);
    await backup.run({ database: app.database, config, log } as never, { file: dump } as never);
    const during = traffic.acknowledged.size;
    await until("events go on after the backup", () => traffic.acknowledged.size > during);
    await traffic.stop();
    const kept = new Set(await restoreAndRead());
    expect([...before].filter((key) => !kept.has(key))).toEqual([]);
    // It is of a moment in the middle, with nothing by halves.
    expect([...kept].filter((key) => !traffic.acknowledged.has(key))).toEqual([]);
    expect(traffic.acknowledged.size).toBeGreaterThan(before.size);
  } finally {
    await app.stop();
  }
}
const keysOf = async (config: Config) =>
  ((await runDatabaseCommand(config, dedupeKeys, {} as never, log)).data as { keys: string[] }).keys;

it("a backup of the embedded database that is written to has every event that was acknowledged before it began", async () => {
  const from = path.join(folder, "busy.tar.gz");
  await putDatabase(path.join(folder, "busy"));
  const busy = readConfig({ DATA_DIR: path.join(folder, "busy"), PORT: "0", DEMO: "off" });
  await backUpUnderTraffic(busy, from, async () => {
    await runRestore("busy-restored", from);
    return await keysOf(readConfig({ DATA_DIR: path.join(folder, "busy-restored") }));
  });
}, 120_000);

describe("backup and restore of the embedded database", () => {
  beforeAll(async () => {
    for (const name of ["one", "two", "future"]) await putDatabase(path.join(folder, name));
  });

  it("bring what was there to another machine", async () => {
    await run("one", workspaceCreate, { domain: "first", timeZone: "UTC" });
    await run("one", backup, { file });
    expect(statSync(file).mode & 0o777).toBe(0o600);
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

  it("say what is wrong with a folder that is not there, and with a backup of the other kind", async () => {
    await expect(run("one", backup, { file: path.join(folder, "nowhere", "x.backup") })).rejects.toMatchObject({
      code: "backup.cannot_write",
      message: expect.stringContaining(`there is no folder ${path.join(folder, "nowhere")}: make it`),
    });
    const dump = path.join(folder, "server.backup");
    writeFileSync(dump, "PGDMP and so on");
    await expect(runRestore("three", dump)).rejects.toMatchObject({
      code: "restore.other_kind",
      message: expect.stringContaining("DATABASE_URL is not set"),
    });
    await expect(runRestore("three", path.join(folder, "none"))).rejects.toMatchObject({ code: "restore.no_file" });
  });

  it("leave everything as it is when the file is no backup", async () => {
    const bad = path.join(folder, "bad.tar.gz");
    writeFileSync(bad, "not a tar");
    await expect(runRestore("one", bad)).rejects.toMatchObject({ code: "restore.bad_file" });
    expect((await run("one", tokenCreate, { workspace: "first", kind: "api", name: "" })).text).toMatch(/^rp_api_/);
    expect(readdirSync(path.join(folder, "one")).filter((name) => name.includes("restoring"))).toEqual([]);
  });

  it("refuse what a newer release has made", async () => {
    const newer = path.join(folder, "newer.tar.gz");
    const made = await run("future", fromTheFuture, {});
    writeFileSync(newer, Buffer.from((made.data as { dump: string }).dump, "base64"));
    await expect(runRestore("two", newer)).rejects.toMatchObject({ code: "restore.newer_release" });
    expect((await run("two", tokenCreate, { workspace: "first", kind: "api", name: "" })).text).toMatch(/^rp_api_/);
  });

  it("do not touch a database that a server holds", async () => {
    const lock = lockDataDirectory(openDataDirectory(path.join(folder, "one")), "server");
    await expect(runRestore("one", file)).rejects.toThrow(`is in use by process ${process.pid}`);
    lock.release();
  });
});

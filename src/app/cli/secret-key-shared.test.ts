import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type RawBuilder, sql } from "kysely";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { putDatabase } from "../../../test/embedded-template.ts";
import type { Finding } from "../../model/finding.ts";
import { openDatabase } from "../../store/database.ts";
import { migrationNames } from "../../store/migrations.ts";
import { SecretKeyError } from "../../store/secret-key-store.ts";
import { startApp } from "../compose.ts";
import { type Config, readConfig } from "../config.ts";
import { openDataDirectory } from "../data-directory.ts";
import { backup } from "./backup.ts";
import type { CommandResult, DatabaseCommand, Terminal } from "./command.ts";
import { doctor, examine } from "./doctor.ts";
import { migrate } from "./migrate.ts";
import { move } from "./move.ts";
import { restore } from "./restore.ts";
import { rotateSecrets } from "./rotate-secrets.ts";
import { runDatabaseCommand } from "./run-database-command.ts";

const serverUrl = process.env.TEST_DATABASE_URL ?? "";
const folder = mkdtempSync(path.join(tmpdir(), "rp-one-key-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const log = pino({ level: "silent" });
const [older, newer, stranger] = ["o", "n", "s"].map((letter) => letter.repeat(40)) as [string, string, string];

/** `place`: a folder, or a database's name on the server. */
const settingsOf = (place: string, more: Record<string, string> = {}) => ({
  PORT: "0",
  DEMO: "off",
  DATA_DIR: path.join(folder, place),
  ...more,
});
const start = async (config: Config) => await (await startApp(config, log)).stop();
const run = (config: Config, command: DatabaseCommand, options: object = {}) =>
  runDatabaseCommand(config, command, options as never, log);
const local = async (command: typeof restore, environment: Record<string, string>, options: object) =>
  (await command.run(
    { readConfig: () => readConfig(environment), terminal: {} as Terminal, json: false },
    options as never,
  )) as CommandResult;
const judge = async (config: Config) =>
  ((await run(config, examine)).data as unknown as Finding[]).find(({ check }) => check === "setup.secret_key_shared");

const hasTools = spawnSync("pg_dump", ["--version"]).status === 0;
const kinds = [
  { kind: "embedded", isThere: true },
  { kind: "PostgreSQL", isThere: serverUrl !== "" && hasTools },
] as const;

describe.each(kinds)("processes on one $kind database", ({ kind, isThere }) => {
  const names = ["one", "two"].map((name) => `one_key_${name}_${randomBytes(4).toString("hex")}`);
  const urlOf = (name: string) => Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  /** A process with a folder of its own: on the server, they share the database alone. */
  const processOn = (index: 0 | 1, more: Record<string, string> = {}) =>
    kind === "embedded"
      ? settingsOf(`embedded${index}`, more)
      : settingsOf(`folder${randomBytes(4).toString("hex")}`, { DATABASE_URL: urlOf(names[index] ?? ""), ...more });
  const configOf = (index: 0 | 1, more: Record<string, string> = {}) => readConfig(processOn(index, more));
  const onServer = async (statement: string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  beforeAll(async () => {
    if (kind === "PostgreSQL" && isThere) for (const name of names) await onServer(`create database ${name}`);
  });
  afterAll(async () => {
    if (kind === "PostgreSQL" && isThere)
      for (const name of names) await onServer(`drop database ${name} with (force)`);
  });

  it.runIf(isThere)(
    "share a key through starts, a rotation, a backup and its restoring",
    async () => {
      // A machine that migrates before the first start needs no key, and leaves none.
      await run(configOf(0), migrate);
      await start(configOf(0, { SECRET_KEY: older }));
      await start(configOf(0, { SECRET_KEY: older }));
      await expect(start(configOf(0, { SECRET_KEY: stranger }))).rejects.toThrow(SecretKeyError);
      // One that was refused holds nothing.
      await start(configOf(0, { SECRET_KEY: older }));
      expect(await judge(configOf(0, { SECRET_KEY: older }))).toMatchObject({ severity: "ok" });
      const wrong = await judge(configOf(0, { SECRET_KEY: stranger }));
      expect(wrong).toMatchObject({
        severity: "problem",
        advice: { message: expect.stringContaining("SECRET_KEY_PREVIOUS") },
      });

      const file = path.join(folder, `${kind}.backup`);
      await run(configOf(0), backup, { file });

      await expect(run(configOf(0, { SECRET_KEY: newer }), rotateSecrets, { lost: false })).rejects.toThrow(
        SecretKeyError,
      );
      await start(configOf(0, { SECRET_KEY: newer, SECRET_KEY_PREVIOUS: older }));
      await expect(start(configOf(0, { SECRET_KEY: older }))).rejects.toThrow(SecretKeyError);
      await start(configOf(0, { SECRET_KEY: older, SECRET_KEY_PREVIOUS: newer }));
      await run(configOf(0, { SECRET_KEY: newer, SECRET_KEY_PREVIOUS: older }), rotateSecrets, { lost: false });
      await start(configOf(0, { SECRET_KEY: newer }));
      await expect(start(configOf(0, { SECRET_KEY: older }))).rejects.toThrow(SecretKeyError);

      const bare = processOn(1);
      const restored = await local(restore, bare, { file, replace: true });
      expect(restored).toMatchObject({ data: { secretKey: "absent" } });
      expect(existsSync(path.join(bare.DATA_DIR, "secret-key"))).toBe(false);
      const other = await local(restore, processOn(1, { SECRET_KEY: newer }), { file, replace: true });
      expect(other).toMatchObject({
        data: { secretKey: "other" },
        text: expect.stringContaining("bring the key that the backup was made under"),
      });
      await expect(start(configOf(1, { SECRET_KEY: newer }))).rejects.toThrow(SecretKeyError);
      const same = await local(restore, processOn(1, { SECRET_KEY: older }), { file, replace: true });
      expect(same).toMatchObject({ data: { secretKey: "fits" } });
      await start(configOf(1, { SECRET_KEY: older }));
      // Where the key is lost, whoever says so goes on with another.
      await run(configOf(1, { SECRET_KEY: newer }), rotateSecrets, { lost: true });
      await start(configOf(1, { SECRET_KEY: newer }));
    },
    240_000,
  );
});

it.runIf(serverUrl !== "")(
  "a database that was moved is used with the key from before",
  async () => {
    const name = `one_key_moved_${randomBytes(4).toString("hex")}`;
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(`create database ${name}`);
    try {
      const DATABASE_URL = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
      await start(readConfig(settingsOf("moved")));
      await local(move, settingsOf("moved"), { to: DATABASE_URL });
      await expect(start(readConfig(settingsOf("elsewhere", { DATABASE_URL })))).rejects.toThrow(SecretKeyError);
      mkdirSync(path.join(folder, "copied"));
      copyFileSync(path.join(folder, "moved", "secret-key"), path.join(folder, "copied", "secret-key"));
      await start(readConfig(settingsOf("copied", { DATABASE_URL })));
    } finally {
      await client.query(`drop database ${name} with (force)`);
      await client.end();
    }
  },
  240_000,
);

it("a server with another key than the database's changes nothing in it, its schema neither", async () => {
  const config = (key: string) => readConfig(settingsOf("untouched", { SECRET_KEY: key }));
  await putDatabase(config(older).data.directory);
  await start(config(older));
  // As a release before left it: the newest migration has not run.
  const newest = migrationNames.at(-1) ?? "";
  const look = async (statement?: RawBuilder<unknown>) => {
    const { directory } = config(older).data;
    const database = await openDatabase({
      databaseUrl: undefined,
      directory: openDataDirectory(directory).database,
      poolSize: 2,
      onIdleError: () => undefined,
    });
    if (statement !== undefined) await statement.execute(database.db);
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(database.db);
    await database.close();
    return rows.map(({ name }) => name);
  };
  expect(await look(sql`delete from kysely_migration where name = ${newest}`)).not.toContain(newest);
  await expect(start(config(stranger))).rejects.toThrow(SecretKeyError);
  expect(await look()).not.toContain(newest);
  // One that is made for such a start would pass for the key that is looked for.
  await expect(start(readConfig(settingsOf("untouched")))).rejects.toThrow(SecretKeyError);
  expect(existsSync(path.join(config(older).data.directory, "secret-key"))).toBe(false);
}, 180_000);

it("the doctor says so where there is no key to try, and makes none", async () => {
  await start(readConfig(settingsOf("keyless", { SECRET_KEY: older })));
  const bare = settingsOf("keyless");
  const wish = { readConfig: () => readConfig(bare), terminal: { stderr: { write: () => true } }, json: true };
  const { data } = (await doctor.run(wish as never, { all: false } as never)) as CommandResult;
  const { findings } = data as unknown as { findings: { check: string; severity: string; message: string }[] };
  expect(findings.filter(({ severity }) => severity === "problem")).toMatchObject([
    { check: "setup.secret_key_shared", message: expect.stringContaining("SECRET_KEY is not set, DATA_DIR") },
  ]);
  expect(existsSync(path.join(readConfig(bare).data.directory, "secret-key"))).toBe(false);
}, 60_000);

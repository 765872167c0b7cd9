import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../../../test/crash/server-process.ts";
import { startTelegramStandIn, type TelegramStandIn } from "../../../test/stand-ins/telegram-bot-api.ts";
import { until } from "../../../test/until.ts";
import { botFileSchema, importBot } from "../../store/bot-file.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import { type RunningApp, startApp } from "../compose.ts";
import { readConfig } from "../config.ts";
import { DataDirectoryError } from "../data-directory.ts";
import { findFlowProblems } from "../find-flow-problems.ts";
import type { Terminal } from "./command.ts";
import { move } from "./move.ts";
import { runDatabaseCommand } from "./run-database-command.ts";
import { tokenCreate } from "./token-create.ts";
import { workspaceCreate } from "./workspace-create.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rp-move-"));
const log = pino({ level: "silent" });
const serverUrl = process.env.TEST_DATABASE_URL ?? "";
const names = ["one", "two"].map((name) => `operation_move_${name}_${randomBytes(4).toString("hex")}`);
const urlOf = (index: number) => Object.assign(new URL(serverUrl), { pathname: `/${names[index]}` }).href;

const onServer = async (statement: string, database?: number) => {
  const client = new pg.Client({ connectionString: database === undefined ? serverUrl : urlOf(database) });
  await client.connect();
  const { rows } = await client.query(statement).finally(() => client.end());
  return rows as Record<string, unknown>[];
};

const runMove = async (environment: Record<string, string>, options: object) =>
  await move.run(
    { readConfig: () => readConfig(environment), terminal: {} as Terminal, json: false },
    options as never,
  );

/** Asks a name, and remembers; says something after a while to whoever wants that; keeps what it is told in a file. */
const flows = [
  {
    ref: "ask",
    name: "Ask",
    triggers: [{ kind: "start" as const }],
    start: "name",
    steps: [
      {
        ref: "name",
        kind: "question",
        config: { text: "For which name?", answer: { type: "text" }, saveTo: { variable: "who" } },
      },
      { ref: "done", kind: "message", config: { messages: [{ text: "It is kept for {{ vars.who }}." }] } },
    ],
    edges: [{ from: "name", output: "answered", to: "done" }],
  },
  {
    ref: "later",
    name: "Later",
    triggers: [{ kind: "keyword" as const, match: "exact" as const, words: ["later"] }],
    start: "wait",
    steps: [
      { ref: "wait", kind: "delay", config: { mode: "duration", amount: 3, unit: "seconds" } },
      { ref: "say", kind: "message", config: { messages: [{ text: "Later has come." }] } },
    ],
    edges: [{ from: "wait", output: "next", to: "say" }],
  },
];

const settingsOf = (port: number, more: Record<string, string>) => ({
  PORT: String(port),
  PUBLIC_URL: `http://127.0.0.1:${port}`,
  DATA_DIR: path.join(folder, "data"),
  DEMO: "off",
  OUTBOUND_ALLOW_NETWORKS: "127.0.0.1/32",
  ...more,
});

let port: number;
let platform: TelegramStandIn;
beforeAll(async () => {
  port = await freePort();
  platform = await startTelegramStandIn();
  if (serverUrl !== "") for (const name of names) await onServer(`create database ${name}`);
});
afterAll(async () => {
  await platform.close();
  rmSync(folder, { recursive: true, force: true });
  if (serverUrl !== "") for (const name of names) await onServer(`drop database ${name} with (force)`);
});

async function seed(app: RunningApp): Promise<void> {
  const { db } = app.database;
  const workspace = await createWorkspace(db, { domain: "mine", name: "Mine" });
  const file = botFileSchema.parse({ kind: "repartee-bot", ref: "shop", name: "Shop", flows });
  const { unpublished } = await importBot(db, workspace.id, file, { at: new Date(), findProblems: findFlowProblems });
  expect(unpublished).toEqual([]);
  const { token } = (
    await tokenCreate.run({ ...app, config: readConfig({}), log }, {
      workspace: "mine",
      kind: "api",
      name: "test",
    } as never)
  ).data as { token: string };
  const settings = { token: "123456:ABCDEFGHIJKLMNOP", apiRoot: platform.url };
  const response = await fetch(`${app.url}/api/v1/channels`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ bot: "shop", kind: "telegram", name: "Telegram", settings }),
  });
  expect(await response.json()).toMatchObject({ status: "connected" });
}

const update = (update_id: number, id: number, text: string) => ({
  update_id,
  message: {
    message_id: update_id,
    from: { id, is_bot: false, first_name: "Ann" },
    chat: { id, type: "private" },
    date: 1795216726,
    text,
  },
});
const heard = (text: string) => platform.calls.filter(({ payload }) => payload.text === text).length;
const hears = (text: string, times = 1) => until(`"${text}"`, () => heard(text) >= times);

/** Whoever was here before the move goes on behind it. */
async function leaveThingsOpen(app: RunningApp): Promise<void> {
  await platform.push(update(1, 55, "/start"));
  await hears("For which name?");
  await platform.push(update(2, 56, "later"));
  await app.database.db.transaction().execute(async (trx) => {
    await app.enqueueJobs(trx, [{ kind: "prune", data: null, startAt: Date.now() + 3_600_000 }]);
    // Values that a careless copy would change.
    await sql`insert into idempotency_keys (caller, key, fingerprint, status, body) values ('a', E'tab\\t"quote" \\\\ ы NULL', 'f', 200, 'null'),
      ('a', 'b', '', 200, '{"b": 1.10, "a": [1e3, null]}')`.execute(trx);
    await sql`insert into send_budgets (channel_id, tokens, granted, at) values (99, 0.1, 1e-7, 0)`.execute(trx);
    await sql`insert into files (key, workspace_id, name, content_type, size, bytes) select 'k', id, 'n', 'text/plain', 3, '\\x00ff5c' from workspaces`.execute(
      trx,
    );
  });
}

async function goOn(app: RunningApp): Promise<void> {
  const { db } = app.database;
  const before = await db.selectFrom("events").select("id").execute();
  // The platform delivers again what was not yet confirmed.
  expect(await platform.push(update(1, 55, "/start"))).toMatchObject({ status: 200 });
  expect(heard("For which name?")).toBe(1);
  await platform.push(update(3, 55, "Ada"));
  await hears("It is kept for Ada.");
  await hears("Later has come.");
  const after = await db.selectFrom("events").select("id").execute();
  const old = new Set(before.map(({ id }) => id));
  expect(after.filter(({ id }) => !old.has(id)).length).toBeLessThanOrEqual(3);
  await platform.push(update(4, 77, "/start"));
  await hears("For which name?", 2);
  const { rows: kept } = await sql<{ body: unknown; isNull: boolean }>`
    select body, body is null as "isNull" from idempotency_keys where key like 'tab%'`.execute(db.withoutPlugins());
  expect(kept).toEqual([{ body: null, isNull: false }]);
  const { rows: jobs } = await sql<{ name: string }>`
    select name from pgboss.job where state = 'created' and start_after > now() + interval '30 minutes' and name = 'prune'`.execute(
    db,
  );
  expect(jobs).toHaveLength(1);
}

describe.runIf(serverUrl !== "")("moving from the embedded database to PostgreSQL, and back", () => {
  it("loses nothing: a question goes on, a delay ends, what came before is known", async () => {
    const first = await startApp(readConfig(settingsOf(port, {})), log);
    await seed(first);
    await leaveThingsOpen(first);
    await expect(runMove(settingsOf(port, {}), { to: urlOf(0) })).rejects.toMatchObject({ code: "move.in_use" });
    await first.stop();
    const result = await runMove(settingsOf(port, {}), { to: urlOf(0) });
    expect(result?.text).toContain("count and checksum of each table are the same");
    expect(result?.text).not.toContain("root");
    const { tables } = (result?.data ?? { tables: [] }) as unknown as { tables: { table: string; rows: number }[] };
    expect(tables.find(({ table }) => table === "public.messages")?.rows).toBe(2);
    expect(tables.find(({ table }) => table === "pgboss.schedule")?.rows).toBeGreaterThanOrEqual(1);
    await expect(runMove(settingsOf(port, {}), { to: urlOf(0) })).rejects.toMatchObject({ code: "move.not_empty" });

    // What is left here is used by nobody in passing: not by a server without its DATABASE_URL, nor by a command in a shell that lacks it.
    await expect(startApp(readConfig(settingsOf(port, {})), log)).rejects.toThrow(/was moved to .*: set DATABASE_URL/);
    const added = { domain: "lost", name: "Lost", timeZone: "UTC" };
    await expect(
      runDatabaseCommand(readConfig(settingsOf(port, {})), workspaceCreate, added as never, log),
    ).rejects.toThrow(DataDirectoryError);
    const second = await startApp(readConfig(settingsOf(port, { DATABASE_URL: urlOf(0) })), log);
    await goOn(second);
    const onPostgres = settingsOf(port, { DATABASE_URL: urlOf(0) });
    await expect(runMove(onPostgres, { to: "embedded" })).rejects.toMatchObject({ code: "move.not_empty" });
    renameSync(path.join(folder, "data", "database"), path.join(folder, "data", "before"));
    await expect(runMove(onPostgres, { to: "embedded" })).rejects.toMatchObject({ code: "move.in_use" });
    await second.stop();
    await runMove(onPostgres, { to: "embedded" });
    expect(readdirSync(path.join(folder, "data")).filter((name) => name.includes("moving"))).toEqual([]);
    expect(existsSync(path.join(folder, "data", "moved-to"))).toBe(false);
    const third = await startApp(readConfig(settingsOf(port, {})), log);
    onTestFinished(() => third.stop());
    await platform.push(update(5, 77, "Bo"));
    await hears("It is kept for Bo.");
  }, 300_000);

  it("leaves an empty database behind when it is cut off in the middle, and works the next time", async () => {
    const config = readConfig(settingsOf(port, { DATA_DIR: path.join(folder, "large") }));
    await runDatabaseCommand(
      config,
      {
        ...tokenCreate,
        async run({ database }) {
          await sql`insert into events (id, workspace_id, contact_id, kind, source, payload, facts, answer, occurred_at)
            select n, 1, 1, 'message', 'channel', '{}', '[]', '{}', now() from generate_series(1, 60000) n`.execute(
            database.db,
          );
          return { text: "", data: null };
        },
      },
      {} as never,
      log,
    );
    const moving = runMove(settingsOf(port, { DATA_DIR: path.join(folder, "large") }), { to: urlOf(1) });
    const failed = expect(moving).rejects.toThrow();
    const onlooker = new pg.Client({ connectionString: urlOf(1) });
    await onlooker.connect();
    const cut = async () => {
      const { rowCount } = await onlooker.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where query like '%insert into "public"."events"%' and pid <> pg_backend_pid()`,
      );
      return rowCount !== 0;
    };
    await until("rows are being copied", cut, { everyMs: 1 }).finally(() => onlooker.end());
    await failed;
    expect(await onServer("select tablename from pg_tables where schemaname = 'public'", 1)).toEqual([]);
    await runMove(settingsOf(port, { DATA_DIR: path.join(folder, "large") }), { to: urlOf(1) });
    expect(await onServer("select count(*)::int as n from events", 1)).toEqual([{ n: 60_000 }]);
  }, 300_000);
});

describe("repartee move", () => {
  it("says what is wrong with where it shall move to", async () => {
    const environment = { DATA_DIR: path.join(folder, "none") };
    await expect(runMove(environment, {})).rejects.toMatchObject({ code: "move.no_target" });
    await expect(runMove(environment, { to: "mysql://x" })).rejects.toMatchObject({ code: "move.bad_target" });
    await expect(runMove(environment, { to: "embedded" })).rejects.toMatchObject({ code: "move.same" });
    await expect(runMove(environment, { to: "postgres://u:p@127.0.0.1:1/x" })).rejects.toMatchObject({
      code: "move.no_source",
    });
    const same = { ...environment, DATABASE_URL: "postgres://u:p@db.example/x" };
    await expect(runMove(same, { to: "postgres://other@db.example:5432/x" })).rejects.toMatchObject({
      code: "move.same",
    });
    expect(existsSync(path.join(folder, "none", "database"))).toBe(false);
  });
});

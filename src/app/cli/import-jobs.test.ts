import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../../../test/crash/server-process.ts";
import { createDatabaseOnServer } from "../../../test/crash/test-server-database.ts";
import { putDatabase } from "../../../test/embedded-template.ts";
import { until } from "../../../test/until.ts";
import { openDatabase } from "../../store/database.ts";
import { startApp } from "../compose.ts";
import { readConfig } from "../config.ts";
import { openDataDirectory } from "../data-directory.ts";
import { importCommand } from "./import.ts";
import { parseOptions } from "./parse-options.ts";
import { runDatabaseCommand } from "./run-database-command.ts";
import { workspaceCreate } from "./workspace-create.ts";

/** Where the database is: a server, if the suite has one, else embedded. */
const isOnServer = (process.env.TEST_DATABASE_URL ?? "") !== "";
const root = mkdtempSync(path.join(tmpdir(), "rp-import-jobs-"));
const folder = path.join(root, "bot");
const log = pino({ level: "silent" });
let server: Awaited<ReturnType<typeof createDatabaseOnServer>> | undefined;
let settings: Record<string, string>;

beforeAll(async () => {
  server = isOnServer ? await createDatabaseOnServer() : undefined;
  settings = {
    DATA_DIR: path.join(root, "data"),
    DEMO: "off",
    PORT: String(await freePort()),
    ...(server === undefined ? {} : { DATABASE_URL: server.url }),
  };
  if (!isOnServer) await putDatabase(path.join(root, "data"));
  mkdirSync(folder);
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
  write(
    "bot.yaml",
    `kind: repartee-bot
ref: shop
name: Shop
sequences:
  - ref: tips
    name: Tips
    steps: [{ ref: one, delay: { mode: after, amount: 9, unit: days }, content: { kind: message, content: A tip. } }]
`,
  );
});
afterAll(async () => {
  await server?.drop();
  rmSync(root, { recursive: true, force: true });
});

const importFolder = async (words: string) => {
  const { options } = parseOptions(importCommand, [`--workspace`, "team", "--folder", folder, ...words.split(" ")]);
  return await runDatabaseCommand(readConfig(settings), importCommand, options as never, log);
};

function shorten(days: number): void {
  const file = path.join(folder, "bot.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/amount: \d/, `amount: ${days}`));
}

async function waitingJobs(): Promise<number> {
  const config = readConfig(settings);
  const database = await openDatabase({
    databaseUrl: config.database.url,
    directory: openDataDirectory(config.data.directory).database,
  });
  try {
    const { rows } = await sql`select 1 from ${sql.table(`${database.jobSchema}.job`)}
      where name = 'settle-sequence' and state = 'created'`.execute(database.db);
    return rows.length;
  } finally {
    await database.close();
  }
}

/** Nobody is in the sequence yet, but somebody might be: whether the job finds nothing to do, only the job knows. */
it("a folder imported where no server runs leaves its job in the queue", async () => {
  await runDatabaseCommand(readConfig(settings), workspaceCreate, { domain: "team", timeZone: "UTC" } as never, log);
  await importFolder("--publish");
  shorten(8);
  await importFolder("--publish");
  expect(await waitingJobs()).toBe(1);
}, 240_000);

// The embedded database is the running server's own: there the command runs in it.
it.runIf(isOnServer)(
  "jobs of an import are done by the server that runs, or by the next that starts",
  async () => {
    const first = await startApp(readConfig(settings), log);
    const bot = await first.database.db.selectFrom("bots").select("id").executeTakeFirstOrThrow();
    const subscribe = { action: "subscribe_sequence", args: { sequence: "tips" } };
    const submission = { target: { create: { botId: bot.id } }, source: "api" } as const;
    await first.submit({ ...submission, happening: { kind: "actions", actions: [subscribe] } });
    const daysLeft = async ({ database }: typeof first) => {
      const { wakeAt } = await database.db.selectFrom("positions").select("wakeAt").executeTakeFirstOrThrow();
      return Math.ceil(((wakeAt?.getTime() ?? 0) - Date.now()) / 86_400_000);
    };
    expect(await daysLeft(first)).toBe(8);
    shorten(5);
    await importFolder("--publish");
    await until("the running server to put the wait right", async () => (await daysLeft(first)) === 5);
    await first.stop();
    shorten(2);
    await importFolder("--publish");
    expect(await waitingJobs()).toBe(1);
    const second = await startApp(readConfig(settings), log);
    await until("the next server to put the wait right", async () => (await daysLeft(second)) === 2);
    await second.stop();
  },
  240_000,
);

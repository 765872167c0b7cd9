import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "kysely";
import { openDataDirectory, readSecretKey } from "../src/app/data-directory.ts";
import { type OpenDatabase, openDatabase } from "../src/store/database.ts";
import { openSecrets } from "../src/store/secret-box.ts";
import { fillTables } from "./fill-tables.ts";
import { firstPerson } from "./updates.ts";

const root = path.resolve(import.meta.dirname, "..");

/** A server under measurement: a process of its own. */
export interface Subject {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Starts a program that prints `ready` (or answers on the port) and waits for it. */
export async function startSubject(
  program: readonly string[],
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<Subject> {
  const child = spawn(process.execPath, program, {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", PORT: String(port), LOG_LEVEL: "warn", ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  while (
    !(await fetch(`http://127.0.0.1:${port}/health/ready`).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`${program[0]} ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  return { port, pid: child.pid ?? 0, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

/** The memory that a process holds, in MB. */
export async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

/** How Repartee is to be run for a measurement. */
export interface RunSettings {
  readonly directory: string;
  readonly databaseUrl: string | undefined;
  /** Where the stand-in for the Bot API listens. */
  readonly botApi: string;
  readonly people: number;
  /** Of what is sent to many. Default: a bot that is not limited, since what is measured is ours and not Telegram's. */
  readonly bulkPerSecond?: number | undefined;
}

export async function open({ directory, databaseUrl }: RunSettings): Promise<OpenDatabase> {
  return await openDatabase({ databaseUrl, directory: path.join(directory, "database") });
}

/** Connects a Telegram channel, publishes the flow that is measured, and seeds people; straight into a stopped server's tables. Returns the channel's webhook. */
export async function prepare(
  settings: RunSettings,
  api: (method: string, path: string, body: object) => Promise<{ id: number; ref: string }>,
  more: { readonly flows: readonly object[]; readonly fields: readonly object[] },
) {
  const channel = await api("POST", "/channels", {
    bot: "demo",
    kind: "telegram",
    name: "Bench",
    settings: {
      token: "123456:ABCDEFGHIJKLMNOP",
      apiRoot: settings.botApi,
      bulkPerSecond: settings.bulkPerSecond ?? 1000,
      perChatPerSecond: 100,
      chatBurst: 1000,
    },
  });
  for (const field of more.fields) await api("POST", "/fields", field);
  for (const document of [measuredFlow, ...more.flows]) {
    const flow = await api("POST", "/flows", { bot: "demo", document });
    await api("POST", `/flows/${flow.ref}/publish`, {});
  }
  return channel.id;
}

/** Keyword, tag, field, a message with a button that is waited for (a position). */
const measuredFlow = {
  name: "Price",
  triggers: [{ kind: "keyword", match: "exact", words: ["price"], interrupts: true }],
  start: "remember",
  steps: [
    {
      ref: "remember",
      kind: "action",
      config: {
        actions: [
          { action: "add_tag", args: { tag: "asked" } },
          { action: "set_field", args: { field: "goal", value: "price {{ contact.id }}" } },
        ],
      },
    },
    {
      ref: "answer",
      kind: "message",
      config: { messages: [{ text: "{{ contact.first_name }}, it is 990.", buttons: [{ id: "buy", title: "Buy" }] }] },
    },
  ],
  edges: [{ from: "remember", output: "next", to: "answer" }],
};

/** What calls of UChat's API name. */
export interface UchatNames {
  /** Any of the seeded people. */
  readonly userNs: () => string;
  readonly tagNs: string;
  readonly varNs: string;
}

/** Puts people into the tables and reads what a webhook call and calls of UChat's API need. */
export async function seed(
  settings: RunSettings,
  channelId: number,
): Promise<{ readonly path: string; readonly secret: string; readonly uchat: UchatNames }> {
  const database = await open(settings);
  const { db } = database;
  const row = await db
    .selectFrom("channels")
    .innerJoin("bots", "bots.id", "channels.botId")
    .select(["secrets", "botId", "workspaceId"])
    .where("channels.id", "=", channelId)
    .executeTakeFirstOrThrow();
  await fillTables(db, ["contacts", "identities"], async (trx) => {
    await sql`insert into contacts (workspace_id, bot_id, cuid, first_name)
      select ${row.workspaceId}, ${row.botId}, 'bench' || g, 'Ann' from generate_series(1, ${sql.lit(settings.people)}) g`.execute(
      trx,
    );
    await sql`insert into identities (contact_id, channel_id, external_id)
      select id, ${channelId}, (${sql.lit(firstPerson - 1)} + row_number() over (order by id))::text from contacts
      where cuid like 'bench%'`.execute(trx);
  });
  const { rows } = await sql<{ first: number; tag: number; field: number }>`
    with tag as (insert into tags (workspace_id, name) values (${row.workspaceId}, 'hot') returning id)
    select (select min(id) from contacts where cuid like 'bench%') as first, (select id from tag) as tag,
      (select id from fields where workspace_id = ${row.workspaceId} and key = 'goal') as field`.execute(db);
  const { first = 0, tag = 0, field = 0 } = rows[0] ?? {};
  const uchat: UchatNames = {
    userNs: () => `f${row.botId}u${first + Math.floor(Math.random() * settings.people)}`,
    tagNs: `f${row.botId}t${tag}`,
    varNs: `f${row.botId}v${field * 2}`,
  };
  const secretKey = readSecretKey(openDataDirectory(settings.directory), undefined);
  const { secretToken } = openSecrets(row.secrets ?? "", secretKey);
  await database.close();
  return { path: `/webhooks/${channelId}`, secret: String(secretToken), uchat };
}

/** What the tables hold of a run: a benchmark that loses work is none. */
export async function countWork(
  settings: RunSettings,
): Promise<{ readonly events: number; readonly replies: number; readonly unsent: number }> {
  const database = await open(settings);
  const { rows } = await sql<{ events: number; replies: number; unsent: number }>`
    select (select count(*) from events where kind = 'message') as events,
      (select count(*) from messages where direction = 'out') as replies,
      (select count(*) from messages where status = 'queued') as unsent`.execute(database.db);
  await database.close();
  return rows[0] ?? { events: 0, replies: 0, unsent: 0 };
}

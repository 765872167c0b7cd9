import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "../test/crash/server-process.ts";
import type { LoadTarget } from "./load.ts";
import {
  countWork,
  open,
  prepare,
  type RunSettings,
  type Subject,
  seed,
  startSubject,
  type UchatNames,
} from "./subject.ts";
import { priceUpdate } from "./updates.ts";

const bin = path.resolve(import.meta.dirname, "../bin/repartee.js");

/** A Repartee set up for measuring: seeded, stopped, ready to be started with the roles wanted. */
export interface MeasuredRepartee {
  readonly target: LoadTarget;
  /** For calls of UChat's API, with a token of the workspace. */
  readonly uchat: UchatNames & { readonly token: string };
  /** A token of the native API that may do everything. */
  readonly apiToken: string;
  start(roles: "web" | "web,worker"): Promise<Subject>;
  count(): ReturnType<typeof countWork>;
  /** Its database, beside the server: the caller closes it. */
  open(): ReturnType<typeof open>;
  remove(): Promise<void>;
}

/** Sets one up, in a folder and (with a server) a database of its own. */
export async function setUpRepartee(options: {
  readonly botApi: string;
  readonly people: number;
  /** A PostgreSQL to make the database on; absent: embedded. */
  readonly serverUrl: string | undefined;
  /** Beside the flow that is measured. */
  readonly flows?: readonly object[];
  /** Of the contacts, beside those of the demo. */
  readonly fields?: readonly object[];
  readonly env?: Readonly<Record<string, string>>;
  readonly bulkPerSecond?: number;
}): Promise<MeasuredRepartee> {
  const { people, botApi, serverUrl, flows = [], fields = [], env: moreEnv = {}, bulkPerSecond } = options;
  const port = await freePort();
  const directory = await mkdtemp(path.join(tmpdir(), "repartee-bench-"));
  const made = serverUrl === undefined ? undefined : await createDatabase(serverUrl);
  const settings: RunSettings = { directory, databaseUrl: made?.url, botApi, people, bulkPerSecond };
  const env = {
    DATA_DIR: directory,
    // One token makes all calls.
    REQUESTS_PER_SECOND: "1000000",
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    // Where the stand-ins are.
    OUTBOUND_ALLOW_NETWORKS: "127.0.0.0/8",
    ...moreEnv,
    ...(made === undefined ? {} : { DATABASE_URL: made.url }),
  };
  const createToken = async (kind: string) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [bin, "token", "create", "--workspace", "demo", "--kind", kind],
      { env: { PATH: process.env.PATH ?? "", ...env } },
    );
    return stdout.trim();
  };
  const start = (roles: string) =>
    startSubject(["--max-semi-space-size=16", bin, "start"], port, { ...env, ROLES: roles });
  const first = await start("web,worker");
  const [apiToken, uchatToken] = [await createToken("api"), await createToken("uchat")];
  const callApi = async (method: string, apiPath: string, body: object) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1${apiPath}`, {
      method,
      headers: { authorization: `Bearer ${apiToken}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${apiPath}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { id: number; ref: string };
  };
  const channelId = await prepare(settings, callApi, { flows, fields });
  await first.stop();
  const webhook = await seed(settings, channelId);
  return {
    target: {
      port,
      path: webhook.path,
      headers: { "x-telegram-bot-api-secret-token": webhook.secret },
      body: () => priceUpdate(people),
    },
    uchat: { ...webhook.uchat, token: uchatToken },
    apiToken,
    start,
    count: () => countWork(settings),
    open: () => open(settings),
    async remove() {
      await made?.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A database of its own on a server. */
export async function createDatabase(serverUrl: string): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `bench_${process.pid}_${Date.now().toString(36)}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await run(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`drop database ${name} with (force)`) };
}

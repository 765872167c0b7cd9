import { randomBytes } from "node:crypto";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { pino } from "pino";
import { channelTypes } from "../src/channels/index.ts";
import type { ChannelCatalogue } from "../src/engine/channel-type.ts";
import { buildHttpApp } from "../src/http/app.ts";
import type { HttpDependencies } from "../src/http/dependencies.ts";
import { ok, problem } from "../src/model/finding.ts";
import type { JobRequest } from "../src/model/outcome.ts";
import { say } from "../src/model/sentence.ts";
import { createChannelRuntime } from "../src/shell/channel-runtime.ts";
import { type Jobs, keepByDefault } from "../src/shell/jobs.ts";
import { createLocalLive } from "../src/shell/live.ts";
import { createSnapshots } from "../src/shell/snapshots.ts";
import type { Submission, SubmitReply } from "../src/shell/submission.ts";
import { createWaist } from "../src/shell/waist.ts";
import { advance, preparePublishedFlow } from "../src/steps/advance.ts";
import { type Bot, createBot } from "../src/store/bot-store.ts";
import type { OpenDatabase } from "../src/store/database.ts";
import type { SecretKey } from "../src/store/secret-key.ts";
import { createToken, type NewToken } from "../src/store/token-store.ts";
import { createWorkspace, type Workspace } from "../src/store/workspace-store.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { addressesOnLoopback, outboundToLoopback, platformOnLoopback } from "./outbound.ts";
import { runScript } from "./scripts.ts";

/** The HTTP doors over a database of their own and the real waist; messages stay queued, since no outbox runs. */
export interface TestServer {
  readonly app: FastifyInstance;
  readonly database: TestDatabase;
  readonly secretKey: SecretKey;
  /** What was handed to the waist, in order. */
  readonly submitted: readonly Submission[];
  /** Jobs that were enqueued, in order; none of them runs. */
  readonly enqueued: readonly JobRequest[];
  /** Every line that was logged. */
  readonly logged: readonly string[];
  /** Hands an event to the waist, past all doors. */
  submit(submission: Submission): Promise<SubmitReply>;
  /** Tells live listeners of a contact, as the shell does after a commit. */
  announce(contactId: number): void;
  now(): number;
  /** Moves the clock. */
  pass(ms: number): void;
  close(): Promise<void>;
}

/** What the admin hears of the installation; nobody examines it. */
export const systemOf = (database: OpenDatabase): HttpDependencies["system"] => ({
  release: "1.2.3",
  database,
  keep: keepByDefault,
  examine: async () => ({
    at: new Date(0),
    findings: [
      ok("work.timers", say`Timers are on time`),
      problem(
        "work.jobs",
        say`${{ ready: 2000 }} jobs wait in ${{ queue: "prune" }}`,
        say`Start a process with the role worker.`,
      ),
    ],
  }),
});

export async function testServer({
  requestsPerSecond = 100_000,
  secretKey = randomBytes(32) as SecretKey,
  trustedProxies = [] as readonly string[],
  publicUrl = "https://bots.example",
  mailsAccounts = false,
  metricsToken = undefined as string | undefined,
} = {}): Promise<TestServer> {
  const database = await testDatabase();
  const { db } = database;
  const logged: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(line) });
  let time = Date.UTC(2026, 0, 15, 12);
  const now = () => time;
  const catalogue: ChannelCatalogue = channelTypes;
  const enqueued: JobRequest[] = [];
  const enqueueJobs: Jobs["enqueue"] = async (_trx, jobs) => void enqueued.push(...jobs);
  const waist = createWaist({
    db,
    transact: database.transact,
    log,
    now,
    advance,
    snapshots: createSnapshots(preparePublishedFlow),
    isPullChannel: (kind) => catalogue[kind]?.capabilities.pull === true,
    enqueueJobs,
    moveJobs: async () => {},
    leaseOwner: () => null,
    planDepartures: () => () => undefined,
    onCommitted: () => {},
    onDoubt: () => {},
    concurrency: database.kind === "embedded" ? 1 : 2,
  });
  const submitted: Submission[] = [];
  const live = createLocalLive();
  const app = buildHttpApp({
    db,
    submit: (submission) => {
      submitted.push(submission);
      return waist.submit(submission);
    },
    enqueueJobs,
    forgetJobs: async () => {},
    live,
    channels: createChannelRuntime({ db, catalogue, secretKey, log, now }),
    log,
    now,
    publicUrl,
    requestsPerSecond,
    trustedProxies,
    secretKey,
    outbound: outboundToLoopback,
    callPlatform: platformOnLoopback,
    findAddresses: addressesOnLoopback,
    runScript,
    mailsAccounts,
    metricsToken,
    isReady: async () => true,
    system: systemOf(database),
  });
  await app.ready();
  return {
    app,
    database,
    secretKey,
    submitted,
    enqueued,
    logged,
    submit: waist.submit,
    announce: live.announce,
    now,
    pass: (ms) => {
      time += ms;
    },
    close: async () => {
      await app.close();
      await waist.stop();
      await database.close();
    },
  };
}

/** A workspace with one bot and a token that may do everything. */
export interface Tenant {
  readonly workspace: Workspace;
  readonly bot: Bot;
  readonly token: string;
  /** Calls the native API, by default with the tenant's token. */
  call(
    method: NonNullable<InjectOptions["method"]>,
    path: string,
    options?: CallOptions,
  ): Promise<LightMyRequestResponse>;
  /** Makes another token of this workspace. */
  mintToken(token: Partial<NewToken>): Promise<string>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly key?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let tenants = 0;

export async function aTenant({ app, database }: TestServer): Promise<Tenant> {
  tenants += 1;
  const workspace = await createWorkspace(database.db, { domain: `tenant${tenants}`, name: `Tenant ${tenants}` });
  const bot = await createBot(database.db, { workspaceId: workspace.id, name: "Shop" });
  const mintToken = async (token: Partial<NewToken>) => {
    const wanted = { workspaceId: workspace.id, kind: "api", name: "test", scopes: ["*"], ...token } as const;
    return (await createToken(database.db, wanted)).token;
  };
  const token = await mintToken({});
  return {
    workspace,
    bot,
    token,
    mintToken,
    call: async (method, path, { body, key, token: other = token, headers = {} } = {}) =>
      await app.inject({
        method,
        url: `/api/v1${path}`,
        headers: {
          authorization: `Bearer ${other}`,
          ...(key === undefined ? {} : { "idempotency-key": key }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body as string | object }),
      }),
  };
}

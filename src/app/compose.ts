import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { channelTypes } from "../channels/index.ts";
import { toError } from "../engine/to-error.ts";
import { buildHealthApp, buildHttpApp } from "../http/app.ts";
import type { HttpDependencies } from "../http/dependencies.ts";
import { jobKinds } from "../shell/jobs/index.ts";
import type { Jobs } from "../shell/jobs.ts";
import { querySeconds } from "../shell/metrics.ts";
import { createAddressFinder, createOutboundHttp } from "../shell/outbound-http.ts";
import { createPlatformHttp } from "../shell/platform-http.ts";
import { createScriptPool } from "../shell/scripts/script-pool.ts";
import { makeSetupCode } from "../shell/setup-code.ts";
import { startSharedClock } from "../shell/shared-clock.ts";
import { startShell } from "../shell/shell.ts";
import { registeredKinds } from "../shell/snapshots.ts";
import { createStateGauges } from "../shell/state-gauges.ts";
import type { Submit } from "../shell/submission.ts";
import { traceOutbound } from "../shell/traced-outbound.ts";
import { setTracing, tracing } from "../shell/tracing.ts";
import { advance, preparePublishedFlow } from "../steps/advance.ts";
import { type OpenDatabase, openDatabase } from "../store/database.ts";
import { readDatabaseTime } from "../store/database-clock.ts";
import { recordKinds } from "../store/known-kind-store.ts";
import { migrateToLatest } from "../store/migrate.ts";
import { isPassingFault } from "../store/passing-fault.ts";
import type { SecretKey } from "../store/secret-key.ts";
import { refuseForeignKey, SecretKeyError, takeUpSecretKey } from "../store/secret-key-store.ts";
import { hasUsers } from "../store/session-store.ts";
import { createAccountMailer } from "./account-mailer.ts";
import { type Config, publicUrlOf } from "./config.ts";
import {
  type DirectoryLock,
  findSecretKey,
  lockDataDirectory,
  openDataDirectory,
  readSecretKey,
  refuseMoved,
} from "./data-directory.ts";
import { seedDemo } from "./demo.ts";
import { createExaminer } from "./doctor/examine.ts";
import { createTracing } from "./otel.ts";
import { version } from "./version.ts";

/** A running server. */
export interface RunningApp {
  readonly database: OpenDatabase;
  /** Where it listens; undefined for a process without the role `web`. */
  readonly url: string | undefined;
  /** Where a process without that role says how it is; undefined: it has the role, or its port was taken. */
  readonly healthUrl: string | undefined;
  readonly publicUrl: string;
  readonly secretKey: SecretKey;
  readonly submit: Submit;
  readonly enqueueJobs: Jobs["enqueue"];
  /** Held while the embedded database is open here. */
  readonly lock: DirectoryLock | undefined;
  /** What makes the first user; undefined: there is one. */
  readonly setupCode: string | undefined;
  /** Whether this start made the demo workspace. */
  readonly isFirstStart: boolean;
  /** Is not ready any more; goes on for as long as whoever sends it calls needs to notice; then answers what was taken, lets sends under way end, closes everything. */
  stop(): Promise<void>;
}

/** How long a start waits for a database that is starting itself. */
const databasePatienceMs = 60_000;
const databaseRetryMs = 1_000;

/** Starts the server: the one place that knows concrete parts. Throws `DataDirectoryError`, `SecretKeyError` and what the database says. */
export async function startApp(config: Config, log: Logger): Promise<RunningApp> {
  const directory = openDataDirectory(config.data.directory);
  const isEmbedded = config.database.url === undefined;
  if (isEmbedded) refuseMoved(directory);
  const lock = isEmbedded ? lockDataDirectory(directory, "server") : undefined;
  const traces = await createTracing(config);
  setTracing(traces);
  const hadKey = findSecretKey(directory, config.secretKey) !== undefined;
  const secretKey = readSecretKey(directory, config.secretKey, config.previousSecretKeys);
  const opened = await openPatiently(config, { directory: directory.database, secretKey, log }).catch((thrown) => {
    lock?.release();
    // Made a moment ago, and of no use: left there, it would pass for the one that is looked for.
    if (!hadKey && thrown instanceof SecretKeyError) rmSync(directory.secretKey, { force: true });
    throw thrown;
  });
  const { database, isFirstStart, setupCode } = opened;
  const clock = isEmbedded
    ? { now: () => Date.now(), stop: () => undefined }
    : await startSharedClock({ readTime: () => readDatabaseTime(database.db), log });
  const { now } = clock;
  const outward = createOutward(config);
  const scripts = createScriptPool({ threads: Math.max(2, Math.min(4, availableParallelism() - 1)) });
  let publicUrl = publicUrlOf(config, config.http.port);
  const shell = await startShell({
    database,
    advance,
    prepareFlow: preparePublishedFlow,
    channelTypes,
    jobKinds,
    secretKey,
    ...outward,
    runScript: scripts.run,
    postMail: config.accountMail === undefined ? undefined : createAccountMailer(config.accountMail),
    keep: config.keep,
    log,
    now,
    publicUrl: () => publicUrl,
    isWorker: config.roles.worker,
    roles: Object.entries(config.roles).flatMap(([role, has]) => (has ? [role] : [])),
    release: version,
  });
  let isStopping = false;
  const isReady = async () => !isStopping && shell.isAlive();
  const refreshMetrics = createStateGauges({ database, now });
  const { metricsToken } = config.http;
  const dependencies: HttpDependencies = {
    db: database.db,
    submit: shell.submit,
    enqueueJobs: shell.enqueueJobs,
    forgetJobs: shell.forgetJobs,
    live: shell.live,
    channels: shell.channels,
    log,
    now,
    get publicUrl() {
      return publicUrl;
    },
    requestsPerSecond: config.http.requestsPerSecond,
    trustedProxies: config.http.trustedProxies,
    metricsToken,
    hstsSubdomains: config.http.hstsSubdomains,
    secretKey,
    ...outward,
    runScript: scripts.run,
    mailsAccounts: config.accountMail !== undefined,
    isReady,
    refreshMetrics,
    system: {
      release: version,
      database,
      keep: config.keep,
      examine: createExaminer({ config, database, secretKey, log, now, publicUrl: () => publicUrl }),
    },
  };
  const http = config.roles.web
    ? buildHttpApp(dependencies)
    : buildHealthApp({ log, isReady, refreshMetrics, metricsToken });
  const address = config.roles.web ? await http.listen(listenOn(config)) : await listenForHealth(http, config, log);
  const url = config.roles.web ? address : undefined;
  if (url !== undefined) publicUrl = publicUrlOf(config, Number(new URL(url).port));
  return {
    database,
    url,
    healthUrl: config.roles.web ? undefined : address,
    publicUrl,
    secretKey,
    submit: shell.submit,
    enqueueJobs: shell.enqueueJobs,
    lock,
    setupCode,
    isFirstStart,
    async stop() {
      isStopping = true;
      if (config.roles.web) {
        await setTimeout(config.http.drainMs);
        await http.close();
      }
      await shell.stop();
      // A worker says how it is as long as it still does something.
      await http.close();
      await scripts.close();
      if (tracing() === traces) setTracing(undefined);
      await traces?.close().catch((thrown) => log.warn({ err: toError(thrown) }, "the last traces were lost"));
      clock.stop();
      await database.close();
      lock?.release();
    },
  };
}

/** A database whose schema and kinds this release knows. */
interface ReadyDatabase {
  readonly database: OpenDatabase;
  readonly isFirstStart: boolean;
  /** What makes the first user; undefined: there is one. */
  readonly setupCode: string | undefined;
}

/** Brings the schema up to date. A process with another key than the database's changes nothing in it, its schema neither: those that run on it may be older. */
async function makeReady(
  database: OpenDatabase,
  { demo }: Config,
  { secretKey, log }: { readonly secretKey: SecretKey; readonly log: Logger },
): Promise<ReadyDatabase> {
  const { db } = database;
  await refuseForeignKey(db, secretKey);
  const migrated = await migrateToLatest(db);
  if (migrated.length > 0) log.info({ migrated }, "the database schema is up to date");
  await takeUpSecretKey(db, secretKey);
  await recordKinds(db, registeredKinds);
  const isFirstStart = demo && (await seedDemo(db));
  const setupCode = (await hasUsers(db)) ? undefined : makeSetupCode(secretKey);
  return { database, isFirstStart, setupCode };
}

/** The ways to other servers. */
const createOutward = ({ outbound }: Config) => ({
  outbound: traceOutbound(createOutboundHttp(outbound)),
  callPlatform: createPlatformHttp(outbound),
  findAddresses: createAddressFinder(outbound),
});

const listenOn = ({ http: { host, port } }: Config) => ({ host, port });

/** A worker does its work without a port too: where another process has it, nobody is told how it is. */
async function listenForHealth(app: FastifyInstance, config: Config, log: Logger): Promise<string | undefined> {
  try {
    return await app.listen(listenOn(config));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EADDRINUSE") throw thrown;
    log.warn(
      { port: config.http.port },
      "the port is taken: this worker answers no /health and no /metrics; give it a PORT of its own",
    );
    return undefined;
  }
}

/** Started together with its database, as after a power cut, or into a restart of it, a server waits for it. */
async function openPatiently(
  config: Config,
  { directory, secretKey, log }: { readonly directory: string; readonly secretKey: SecretKey; readonly log: Logger },
): Promise<ReadyDatabase> {
  const deadline = performance.now() + databasePatienceMs;
  for (;;) {
    let database: OpenDatabase | undefined;
    try {
      database = await openDatabase({
        databaseUrl: config.database.url,
        directUrl: config.database.directUrl,
        directory,
        poolSize: config.database.poolSize,
        onIdleError: (error) => log.warn({ err: error }, "a database connection was lost"),
        onQuery: ({ ms, failed }) => querySeconds.observe({ result: failed ? "failed" : "done" }, ms / 1000),
      });
      return await makeReady(database, config, { secretKey, log });
    } catch (thrown) {
      await database?.close();
      const error = toError(thrown);
      if (!isPassingFault(error) || performance.now() > deadline) throw error;
      log.warn({ err: error }, "the database does not answer yet; trying again");
      await setTimeout(databaseRetryMs);
    }
  }
}

import { availableParallelism } from "node:os";
import type { Logger } from "pino";
import { channelTypes } from "../channels/index.ts";
import { buildHttpApp } from "../http/app.ts";
import { jobKinds } from "../shell/jobs/index.ts";
import { createAddressFinder, createOutboundHttp } from "../shell/outbound-http.ts";
import { createScriptPool } from "../shell/scripts/script-pool.ts";
import { makeSetupCode } from "../shell/setup-code.ts";
import { startShell } from "../shell/shell.ts";
import type { Submit } from "../shell/submission.ts";
import { advance, preparePublishedFlow } from "../steps/advance.ts";
import { migrateToLatest, type OpenDatabase, openDatabase } from "../store/database.ts";
import { hasUsers } from "../store/session-store.ts";
import { type Config, publicUrlOf } from "./config.ts";
import { type DirectoryLock, lockDataDirectory, openDataDirectory, readSecretKey } from "./data-directory.ts";
import { seedDemo } from "./demo.ts";

/** A running server. */
export interface RunningApp {
  readonly database: OpenDatabase;
  /** Where it listens; undefined for a process without the role `web`. */
  readonly url: string | undefined;
  readonly publicUrl: string;
  readonly secretKey: Buffer;
  readonly submit: Submit;
  /** Held while the embedded database is open here. */
  readonly lock: DirectoryLock | undefined;
  /** What makes the first user; undefined: there is one. */
  readonly setupCode: string | undefined;
  /** Whether this start made the demo workspace. */
  readonly isFirstStart: boolean;
  /** Answers what was taken, lets sends under way end, closes everything. */
  stop(): Promise<void>;
}

/** Starts the server: the one place that knows concrete parts. Throws `DataDirectoryError` and what the database says. */
export async function startApp(config: Config, log: Logger): Promise<RunningApp> {
  const directory = openDataDirectory(config.data.directory);
  const isEmbedded = config.database.url === undefined;
  const lock = isEmbedded ? lockDataDirectory(directory, "server") : undefined;
  const secretKey = readSecretKey(directory, config.secretKey);
  const database = await openDatabase({
    databaseUrl: config.database.url,
    directory: directory.database,
    poolSize: config.database.poolSize,
    onIdleError: (error) => log.warn({ err: error }, "a database connection was lost"),
  });
  const migrated = await migrateToLatest(database.db);
  if (migrated.length > 0) log.info({ migrated }, "the database schema is up to date");
  const isFirstStart = config.demo && (await seedDemo(database.db));
  const setupCode = (await hasUsers(database.db)) ? undefined : makeSetupCode(secretKey);
  const now = () => Date.now();
  const outbound = createOutboundHttp(config.outbound);
  const findAddresses = createAddressFinder(config.outbound);
  const scripts = createScriptPool({ threads: Math.max(2, Math.min(4, availableParallelism() - 1)) });
  const shell = await startShell({
    database,
    advance,
    prepareFlow: preparePublishedFlow,
    channelTypes,
    jobKinds,
    secretKey,
    outbound,
    findAddresses,
    runScript: scripts.run,
    log,
    now,
    isWorker: config.roles.worker,
  });
  let publicUrl = publicUrlOf(config, config.http.port);
  const http = buildHttpApp({
    db: database.db,
    submit: shell.submit,
    enqueueJobs: shell.enqueueJobs,
    live: shell.live,
    channels: shell.channels,
    log,
    now,
    get publicUrl() {
      return publicUrl;
    },
    requestsPerSecond: config.http.requestsPerSecond,
    secretKey,
    outbound,
    findAddresses,
    runScript: scripts.run,
    isReady: async () => shell.isAlive(),
  });
  const url = config.roles.web ? await http.listen({ host: config.http.host, port: config.http.port }) : undefined;
  if (url !== undefined) publicUrl = publicUrlOf(config, Number(new URL(url).port));
  return {
    database,
    url,
    publicUrl,
    secretKey,
    submit: shell.submit,
    lock,
    setupCode,
    isFirstStart,
    async stop() {
      await http.close();
      await shell.stop();
      await scripts.close();
      await database.close();
      lock?.release();
    },
  };
}

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { jobKinds } from "../../shell/jobs/index.ts";
import { openJobEntry } from "../../shell/jobs.ts";
import { openDatabase } from "../../store/database.ts";
import { migrateToLatest } from "../../store/migrate.ts";
import type { SecretKey } from "../../store/secret-key.ts";
import { refuseForeignKey } from "../../store/secret-key-store.ts";
import { type Config, publicUrlOf } from "../config.ts";
import { ControlUnreachableError, callControl } from "../control/control-client.ts";
import {
  type DataDirectory,
  DirectoryInUseError,
  type DirectoryLock,
  findSecretKey,
  lockDataDirectory,
  openDataDirectory,
  readSecretKey,
  refuseMoved,
} from "../data-directory.ts";
import type { CommandResult, DatabaseCommand } from "./command.ts";

/** A server that is starting or a command that is ending gives way within this. */
const patienceMs = 30_000;

/**
 * Runs a database command wherever the database is: on a PostgreSQL at once; on the embedded one through the process that holds it,
 * or by opening it here when nobody does.
 */
export async function runDatabaseCommand(
  config: Config,
  command: DatabaseCommand,
  options: never,
  log: Logger,
): Promise<CommandResult> {
  const prepared = (await command.prepare?.(options)) ?? options;
  const directory = openDataDirectory(config.data.directory);
  const result =
    config.database.url === undefined
      ? await runEmbedded(config, directory, command, prepared, log)
      : await runHere(config, directory, command, prepared, log);
  return (await command.finish?.(result, options)) ?? result;
}

async function runEmbedded(
  config: Config,
  directory: DataDirectory,
  command: DatabaseCommand,
  options: never,
  log: Logger,
): Promise<CommandResult> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const turn = takeTurn(directory);
    if ("lock" in turn) {
      try {
        refuseMoved(directory);
        if (!existsSync(directory.database))
          log.warn(
            { directory: directory.path },
            "there was no database in DATA_DIR, and DATABASE_URL is not set: made a new, empty one",
          );
        return await runHere(config, directory, command, options, log);
      } finally {
        turn.lock.release();
      }
    }
    try {
      if (turn.busy.holder?.socket !== undefined)
        return await callControl(turn.busy.holder.socket, command.name, options);
    } catch (error) {
      if (!(error instanceof ControlUnreachableError)) throw error;
    }
    if (performance.now() > deadline) throw turn.busy;
    await sleep(100);
  }
}

function takeTurn(directory: DataDirectory): { readonly lock: DirectoryLock } | { readonly busy: DirectoryInUseError } {
  try {
    return { lock: lockDataDirectory(directory, "command") };
  } catch (error) {
    if (error instanceof DirectoryInUseError) return { busy: error };
    throw error;
  }
}

async function runHere(
  config: Config,
  directory: DataDirectory,
  command: DatabaseCommand,
  options: never,
  log: Logger,
): Promise<CommandResult> {
  const database = await openDatabase({
    databaseUrl: config.database.url,
    directUrl: config.database.directUrl,
    directory: directory.database,
    poolSize: 2,
    onIdleError: (error) => log.warn({ err: error }, "a database connection was lost"),
  });
  try {
    if (command.leavesTables !== true) await migrateToLatest(database.db);
    const secretKey = keyFor(command, directory, config);
    // What it puts into the queue is sealed, and opened by the servers with their key.
    if (command.enqueues?.(options) === true) await refuseForeignKey(database.db, secretKey);
    const entry = command.enqueues?.(options) === true ? await openJobEntry(database, jobKinds, log) : undefined;
    const publicUrl = publicUrlOf(config, config.http.port);
    const enqueueJobs = entry?.enqueue;
    try {
      return await command.run({ config, database, publicUrl, secretKey, log, enqueueJobs }, options);
    } finally {
      await entry?.close();
    }
  } finally {
    await database.close();
  }
}

/** One that is to change nothing makes no key either. */
function keyFor({ leavesTables }: DatabaseCommand, directory: DataDirectory, config: Config): SecretKey {
  const given = [config.secretKey, config.previousSecretKeys] as const;
  if (leavesTables === true) return findSecretKey(directory, ...given) ?? randomBytes(32);
  return readSecretKey(directory, ...given);
}

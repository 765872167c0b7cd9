import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SecretKey } from "../store/secret-key.ts";

/** The folder that belongs to one installation: `DATA_DIR` and the names in it. */
export interface DataDirectory {
  readonly path: string;
  readonly database: string;
  readonly secretKey: string;
  /** Held by the process that has the embedded database open. */
  readonly lock: string;
  /** Says who holds the lock and where its control socket is. */
  readonly holder: string;
  /** Says where the embedded database was moved to. */
  readonly moved: string;
}

/** Makes the folder, readable by its owner alone, where it is missing. Throws `DataDirectoryError`. */
export function openDataDirectory(directory: string): DataDirectory {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DataDirectoryError(`DATA_DIR ${directory} cannot be made: ${(error as Error).message}`, { cause: error });
  }
  const inside = (name: string) => path.join(directory, name);
  return {
    path: directory,
    database: inside("database"),
    secretKey: inside("secret-key"),
    lock: inside("lock"),
    holder: inside("holder.json"),
    moved: inside("moved-to"),
  };
}

/** The data directory cannot be used; `message` is one line for the person who started the process. */
export class DataDirectoryError extends Error {
  override readonly name = "DataDirectoryError";
}

/**
 * The secret key, 32 bytes: from the configured text, else from the one in the data directory, which is made when it is missing.
 * Two processes that start at once end up with the same one. Moving the file's text into `SECRET_KEY` gives the same key.
 */
export function readSecretKey(
  directory: DataDirectory,
  configured: string | undefined,
  previous: readonly string[] = [],
): SecretKey {
  const current = toKey(configured ?? readKeyFile(directory.secretKey));
  return previous.length === 0 ? current : { current, previous: previous.map(toKey) };
}

/** As `readSecretKey`, and makes none: undefined where there is none yet. */
export function findSecretKey(
  directory: DataDirectory,
  configured: string | undefined,
  previous: readonly string[] = [],
): SecretKey | undefined {
  if (configured === undefined && !existsSync(directory.secretKey)) return undefined;
  return readSecretKey(directory, configured, previous);
}

const toKey = (text: string) => createHash("sha256").update(text).digest();

function readKeyFile(file: string): string {
  if (!existsSync(file)) makeSecretKey(file);
  const text = readFileSync(file, "utf8").trim();
  if (text.length < 32) {
    throw new DataDirectoryError(`${file} is damaged: restore it from a backup, or set SECRET_KEY to the lost key`);
  }
  return text;
}

function makeSecretKey(file: string): void {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  // Flushed before it gets its name: what is sealed with a key that a power cut takes away is lost.
  writeFileSync(draft, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx", flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
}

/** https://sqlite.org/rescode.html#busy */
const sqliteBusy = 5;

/** Who holds the lock. */
export interface Holder {
  readonly pid: number;
  readonly purpose: "server" | "command";
  /** Where its control socket is; absent until it listens. */
  readonly socket?: string | undefined;
}

export interface DirectoryLock {
  /** Tells others where to reach the holder. */
  publish(holder: Omit<Holder, "pid">): void;
  release(): void;
}

/** Throws `DataDirectoryError` where the embedded database was moved to another: used on, both would write to people, and what is made here is nowhere to be seen. */
export function refuseMoved({ path: folder, moved }: DataDirectory): void {
  if (!existsSync(moved)) return;
  const to = readFileSync(moved, "utf8").trim();
  throw new DataDirectoryError(
    `the database of DATA_DIR ${folder} was moved to ${to}: set DATABASE_URL. If this one is to be used again, and no server runs there, delete ${moved}`,
  );
}

/** The lock is held by another process. */
export class DirectoryInUseError extends DataDirectoryError {
  readonly holder: Holder | undefined;
  constructor(directory: string, holder: Holder | undefined) {
    const who = holder === undefined ? "another process" : `process ${holder.pid}`;
    super(`DATA_DIR ${directory} is in use by ${who}: stop it first, or set another DATA_DIR`);
    this.holder = holder;
  }
}

/**
 * Takes the lock of the embedded database, or throws `DirectoryInUseError`.
 *
 * The lock is the kernel's, taken through SQLite, for Node has no `flock` of its own: it goes with its process however that ends,
 * so there is no stale lock to take over, no race between two starters, and a process number that was given to somebody else means nothing.
 */
export function lockDataDirectory(directory: DataDirectory, purpose: Holder["purpose"]): DirectoryLock {
  const lock = openLock(directory);
  chmodSync(directory.lock, 0o600);
  const publish: DirectoryLock["publish"] = (holder) => {
    const draft = `${directory.holder}.draft`;
    writeFileSync(draft, JSON.stringify({ pid: process.pid, ...holder }), { mode: 0o600 });
    renameSync(draft, directory.holder);
  };
  publish({ purpose });
  return {
    publish,
    release: () => {
      rmSync(directory.holder, { force: true });
      lock.close();
    },
  };
}

function openLock(directory: DataDirectory): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(directory.lock);
    lock.exec("pragma journal_mode = memory; begin exclusive");
    return lock;
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) {
      throw new DirectoryInUseError(directory.path, readHolder(directory));
    }
    throw new DataDirectoryError(`DATA_DIR ${directory.path} cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Who says to hold the lock. After a kill this may be a process that is gone: only a failed `lockDataDirectory` proves a holder. */
export function readHolder(directory: DataDirectory): Holder | undefined {
  try {
    return JSON.parse(readFileSync(directory.holder, "utf8")) as Holder;
  } catch {
    // None yet, or none any more.
    return undefined;
  }
}

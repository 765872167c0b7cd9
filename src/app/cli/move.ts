import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { prepareJobTables } from "../../shell/job-tables.ts";
import { type CopiedTable, CopyRefusal, copyDatabase } from "../../store/copy-database.ts";
import { type OpenDatabase, openDatabase } from "../../store/database.ts";
import type { Config } from "../config.ts";
import {
  type DataDirectory,
  DirectoryInUseError,
  type DirectoryLock,
  lockDataDirectory,
  openDataDirectory,
} from "../data-directory.ts";
import { databaseUrlSchema } from "../settings.ts";
import { CommandError, type CommandResult, defineLocalCommand } from "./command.ts";

export const move = defineLocalCommand({
  kind: "local",
  name: "move",
  summary: "Copy everything into another, empty database and prove that it is the same; the server has to be stopped",
  options: z.strictObject({
    to: z
      .string()
      .optional()
      .describe("Where to: a URL such as postgres://user:password@host:5432/name, or: embedded."),
    toFile: z.string().optional().describe("File that holds the URL: others on the machine can read a command line."),
  }),
  async run({ readConfig }, options) {
    const config = readConfig();
    const to = await readTarget(options);
    if (to === undefined && config.database.url === undefined)
      throw new CommandError("move.same", "the database is embedded already; --to needs the URL of a PostgreSQL");
    if (to !== undefined && isSameDatabase(to, config.database.url))
      throw new CommandError("move.same", "that is the database that DATABASE_URL names: there is nothing to move");
    const directory = openDataDirectory(config.data.directory);
    // Either side may be the embedded database; nobody else may have it open.
    const lock = to === undefined || config.database.url === undefined ? takeLock(directory) : undefined;
    try {
      const tables = await moveTo(to, config, directory);
      return describe(tables, to, directory);
    } catch (thrown) {
      if (thrown instanceof CopyRefusal)
        throw new CommandError(`move.${thrown.code}`, thrown.message, { cause: thrown });
      throw thrown;
    } finally {
      lock?.release();
    }
  },
});

async function readTarget({
  to,
  toFile,
}: {
  readonly to?: string | undefined;
  readonly toFile?: string | undefined;
}): Promise<string | undefined> {
  if ((to === undefined) === (toFile === undefined))
    throw new CommandError("move.no_target", "one of --to and --to-file is needed, to say where to");
  const text = (to ?? (await readFile(toFile ?? "", "utf8"))).trim();
  if (text === "embedded") return undefined;
  const parsed = databaseUrlSchema.safeParse(text);
  if (!parsed.success) {
    throw new CommandError(
      "move.bad_target",
      "the target has to look like postgres://user:password@host:5432/name, or be: embedded",
    );
  }
  return parsed.data;
}

/** By what names a database; user and options may differ. */
function isSameDatabase(one: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const placeOf = (text: string) => {
    const { hostname, port, pathname } = new URL(text);
    return `${hostname}:${port === "" ? 5432 : port}${pathname}`;
  };
  return placeOf(one) === placeOf(other);
}

function takeLock(directory: DataDirectory): DirectoryLock {
  try {
    return lockDataDirectory(directory, "command");
  } catch (thrown) {
    if (!(thrown instanceof DirectoryInUseError)) throw thrown;
    throw new CommandError("move.in_use", `${thrown.message}. What it took in meanwhile would stay behind`, {
      cause: thrown,
    });
  }
}

async function moveTo(
  to: string | undefined,
  config: Config,
  directory: DataDirectory,
): Promise<readonly CopiedTable[]> {
  if (config.database.url === undefined) await requireThere(directory.database);
  const source = await openDatabase({ databaseUrl: config.database.url, directory: directory.database, poolSize: 2 });
  try {
    if (to !== undefined) {
      const tables = await fill(source, await openDatabase({ databaseUrl: to, poolSize: 2 }));
      if (config.database.url === undefined) await writeFile(directory.moved, `${placeWithoutSecrets(to)}\n`);
      return tables;
    }
    return await moveToFolder(source, directory);
  } finally {
    await source.close();
  }
}

/** PGlite would make a new, empty one. */
async function requireThere(folder: string): Promise<void> {
  await stat(folder).catch((cause: unknown) => {
    throw new CommandError("move.no_source", `there is no database in ${folder}: is DATA_DIR right?`, { cause });
  });
}

/** The folder gets its name once it is whole. */
async function moveToFolder(source: OpenDatabase, directory: DataDirectory): Promise<readonly CopiedTable[]> {
  const isThere = await stat(directory.database).then(
    () => true,
    () => false,
  );
  if (isThere) {
    throw new CommandError(
      "move.not_empty",
      `there is a database in ${directory.database} already: give that folder another name first`,
    );
  }
  const draft = `${directory.database}.moving`;
  await rm(draft, { recursive: true, force: true });
  try {
    const tables = await fill(source, await openDatabase({ directory: draft }));
    await rename(draft, directory.database);
    await rm(directory.moved, { force: true });
    return tables;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function fill(source: OpenDatabase, target: OpenDatabase): Promise<readonly CopiedTable[]> {
  try {
    await prepareJobTables(target);
    return await copyDatabase(source, target);
  } finally {
    await target.close();
  }
}

/** Where the database is, without user and password. */
function placeWithoutSecrets(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

function describe(tables: readonly CopiedTable[], to: string | undefined, directory: DataDirectory): CommandResult {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const where = to === undefined ? directory.database : placeWithoutSecrets(to);
  const next =
    to === undefined
      ? "Start the server without DATABASE_URL."
      : `Start the server with DATABASE_URL set to it, and with the same secret key (${path.join(directory.path, "secret-key")}, or SECRET_KEY).`;
  const checked = `${rows} rows of ${tables.length} tables are in ${where}, and count and checksum of each table are the same as here.`;
  return {
    text: `${checked}\n${next} The database that it came from is as it was; never start a server on it again, or both would write to people.`,
    data: { to: where, rows, tables: tables.map((table) => ({ ...table })) },
  };
}

import { openAsBlob } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { sql } from "kysely";
import { z } from "zod";
import { readOrigin } from "../../store/backup-store.ts";
import { type OpenDatabase, openDatabase } from "../../store/database.ts";
import { migrateToLatest } from "../../store/migrate.ts";
import { migrationNames } from "../../store/migrations.ts";
import type { Config } from "../config.ts";
import { type DataDirectory, lockDataDirectory, openDataDirectory } from "../data-directory.ts";
import { version } from "../version.ts";
import { runPostgresTool } from "./backup.ts";
import { CommandError, type CommandResult, defineLocalCommand } from "./command.ts";

export const restore = defineLocalCommand({
  kind: "local",
  name: "restore",
  summary: "Put a backup in the place of the database; the server has to be stopped",
  options: z.strictObject({
    file: z.string().describe("What backup wrote."),
    replace: z
      .boolean()
      .default(false)
      .describe("Overwrite what a PostgreSQL database holds. The embedded one is always set aside, not overwritten."),
  }),
  positionals: ["file"],
  async run({ readConfig }, { file, replace }) {
    const config = readConfig();
    const source = path.resolve(file);
    await stat(source).catch((cause: unknown) => {
      throw new CommandError("restore.no_file", `there is no ${source}`, { cause });
    });
    return config.database.url === undefined
      ? await restoreEmbedded(config, source)
      : await restoreServer(config.database.directUrl ?? config.database.url, source, replace);
  },
});

async function restoreEmbedded(config: Config, source: string): Promise<CommandResult> {
  const directory = openDataDirectory(config.data.directory);
  const lock = lockDataDirectory(directory, "command");
  try {
    const draft = `${directory.database}.restoring`;
    await rm(draft, { recursive: true, force: true });
    try {
      await load(source, draft);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
    const aside = await setAside(directory);
    await rename(draft, directory.database);
    const kept = aside === undefined ? "" : ` What was there before is in ${aside}.`;
    return { text: `The database is that of ${source}.${kept}`, data: { file: source, previous: aside ?? null } };
  } finally {
    lock.release();
  }
}

/** Opens the backup in a folder of its own and brings it up to date, so that a bad file changes nothing. */
async function load(source: string, folder: string): Promise<void> {
  let database: OpenDatabase;
  try {
    database = await openDatabase({ directory: folder, loadDataDir: await openAsBlob(source) });
  } catch (cause) {
    throw new CommandError("restore.bad_file", `${source} is not a backup of an embedded database`, { cause });
  }
  try {
    refuseNewer((await readOrigin(database.db)).migrations, source);
    await migrateToLatest(database.db);
  } finally {
    await database.close();
  }
}

/** Tables never go back: what a newer release has made of them this one could not read. */
function refuseNewer(migrations: readonly string[], source: string): void {
  const foreign = migrations.filter((name) => !migrationNames.includes(name));
  if (foreign.length === 0) return;
  throw new CommandError(
    "restore.newer_release",
    `${source} was made by a newer release than this one, ${version} (its tables have seen ${foreign.join(", ")}): update Repartee first`,
  );
}

/** The migrations that a dump of `pg_dump` has seen, read from it without a database. */
async function migrationsOfDump(source: string): Promise<string[]> {
  const printed = await runPostgresTool("pg_restore", undefined, [
    "--data-only",
    "--table=kysely_migration",
    "--file=-",
    source,
  ]);
  const [, rows = ""] = /^COPY .*kysely_migration .* FROM stdin;\n([\s\S]*?)^\\\.$/m.exec(printed) ?? [];
  return rows.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]));
}

async function setAside(directory: DataDirectory): Promise<string | undefined> {
  const aside = `${directory.database}.before-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  try {
    await rename(directory.database, aside);
    return aside;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function restoreServer(url: string, source: string, replace: boolean): Promise<CommandResult> {
  refuseNewer(await migrationsOfDump(source), source);
  const database = await openDatabase({ databaseUrl: url, poolSize: 1 });
  try {
    const { rows } = await sql<{ tables: number }>`
      select count(*) as tables from information_schema.tables where table_schema = 'public'`.execute(database.db);
    if ((rows[0]?.tables ?? 0) > 0 && !replace) {
      throw new CommandError("restore.not_empty", "the database is not empty; --replace overwrites what it holds");
    }
  } finally {
    await database.close();
  }
  await runPostgresTool("pg_restore", url, ["--clean", "--if-exists", "--no-owner", "--single-transaction", source]);
  return { text: `The database is that of ${source}.`, data: { file: source, previous: null } };
}

import { openAsBlob } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { sql } from "kysely";
import { z } from "zod";
import { readOrigin } from "../../store/backup-store.ts";
import { type OpenDatabase, openDatabase } from "../../store/database.ts";
import { migrateToLatest } from "../../store/migrate.ts";
import { migrationNames } from "../../store/migrations.ts";
import { findMissingKeys } from "../../store/secret-key-store.ts";
import type { Config } from "../config.ts";
import { type DataDirectory, findSecretKey, lockDataDirectory, openDataDirectory } from "../data-directory.ts";
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
    await requireKind(source, config.database.url === undefined ? "embedded" : "postgres");
    return config.database.url === undefined
      ? await restoreEmbedded(config, source)
      : await restoreServer(config, config.database.directUrl ?? config.database.url, { source, replace });
  },
});

/** How what backup writes begins: gzip's two bytes, and the word that pg_dump puts first. */
const beginnings = { embedded: Buffer.from([0x1f, 0x8b]), postgres: Buffer.from("PGDMP") };

const otherKind = {
  embedded:
    "is of a PostgreSQL, and DATABASE_URL is not set: set it to an empty database and restore there; to the embedded one it gets by repartee move --to embedded",
  postgres:
    "is of an embedded database, and DATABASE_URL is set: restore it without DATABASE_URL, and repartee move it to PostgreSQL",
};

async function requireKind(source: string, wanted: keyof typeof beginnings): Promise<void> {
  const begins = await readBeginning(source);
  const is = (kind: keyof typeof beginnings) => begins.subarray(0, beginnings[kind].length).equals(beginnings[kind]);
  if (is(wanted)) return;
  if (is("embedded") || is("postgres")) throw new CommandError("restore.other_kind", `${source} ${otherKind[wanted]}`);
  throw new CommandError("restore.bad_file", `${source} is not a backup: repartee backup wrote nothing like it`);
}

async function readBeginning(source: string): Promise<Buffer> {
  const file = await open(source).catch((cause: unknown) => {
    const why = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "there is no" : "it may not be read:";
    throw new CommandError("restore.no_file", `${why} ${source}`, { cause });
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function restoreEmbedded(config: Config, source: string): Promise<CommandResult> {
  const directory = openDataDirectory(config.data.directory);
  const lock = lockDataDirectory(directory, "command");
  try {
    const draft = `${directory.database}.restoring`;
    await rm(draft, { recursive: true, force: true });
    let key: KeyNote;
    try {
      key = await load(source, draft, config);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
    const aside = await setAside(directory);
    await rename(draft, directory.database);
    // What was moved is aside; this is another.
    await rm(directory.moved, { force: true });
    const kept = aside === undefined ? "" : ` What was there before is in ${aside}.`;
    return {
      text: `The database is that of ${source}.${kept}${key.text}`,
      data: { file: source, previous: aside ?? null, secretKey: key.is },
    };
  } finally {
    lock.release();
  }
}

/** Opens the backup in a folder of its own and brings it up to date, so that a bad file changes nothing. */
async function load(source: string, folder: string, config: Config): Promise<KeyNote> {
  let database: OpenDatabase;
  try {
    database = await openDatabase({ directory: folder, loadDataDir: await openAsBlob(source) });
  } catch (cause) {
    throw new CommandError("restore.bad_file", `${source} is not a backup of an embedded database`, { cause });
  }
  try {
    refuseNewer((await readOrigin(database.db)).migrations, source);
    await migrateToLatest(database.db);
    return await compareKeys(database, config);
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

interface KeyNote {
  readonly is: "fits" | "other" | "absent";
  /** A sentence with a space before it, where there is something to do. */
  readonly text: string;
}

/** Whether a server with the settings of here could start on what was restored. The key is not in the backup. */
async function compareKeys({ db }: OpenDatabase, config: Config): Promise<KeyNote> {
  const bring =
    "before the server starts, bring the key that the backup was made under (SECRET_KEY or DATA_DIR/secret-key)";
  const key = findSecretKey(openDataDirectory(config.data.directory), config.secretKey, config.previousSecretKeys);
  if (key === undefined) return { is: "absent", text: ` There is no secret key here yet: ${bring}.` };
  if ((await findMissingKeys(db, key)).length === 0) return { is: "fits", text: "" };
  return { is: "other", text: ` The secret key here is another than the database's: ${bring}.` };
}

async function restoreServer(
  config: Config,
  url: string,
  { source, replace }: { readonly source: string; readonly replace: boolean },
): Promise<CommandResult> {
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
  await withoutJobTables(url, async () => {
    await runPostgresTool("pg_restore", url, ["--clean", "--if-exists", "--no-owner", "--single-transaction", source]);
  });
  const restored = await openDatabase({ databaseUrl: url, poolSize: 1 });
  const key = await compareKeys(restored, config).finally(() => restored.close());
  return {
    text: `The database is that of ${source}.${key.text}`,
    data: { file: source, previous: null, secretKey: key.is },
  };
}

/**
 * With the tables of jobs out of the way: they are partitioned, and `pg_restore --clean` stumbles over the inherited keys of parts that are there ("cannot drop inherited
 * constraint"). They come back where the work fails, and go where it is done.
 */
async function withoutJobTables(url: string, work: () => Promise<void>): Promise<void> {
  const database = await openDatabase({ databaseUrl: url, poolSize: 1 });
  const { db, jobSchema } = database;
  const aside = `${jobSchema}_before_restore`;
  const rename = async (from: string, to: string) => {
    const { rows } = await sql`select 1 from pg_namespace where nspname = ${from}`.execute(db);
    if (rows.length === 0) return;
    // What a restore that was killed has left.
    await sql`drop schema if exists ${sql.id(to)} cascade`.execute(db);
    await sql`alter schema ${sql.id(from)} rename to ${sql.id(to)}`.execute(db);
  };
  try {
    await rename(jobSchema, aside);
    await work().catch(async (thrown: unknown) => {
      await rename(aside, jobSchema);
      throw thrown;
    });
    await sql`drop schema if exists ${sql.id(aside)} cascade`.execute(db);
  } finally {
    await database.close();
  }
}

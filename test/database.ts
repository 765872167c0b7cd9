import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "kysely";
import { type OpenDatabase, openDatabase } from "../src/store/database.ts";
import { migrateToLatest } from "../src/store/migrate.ts";

/** Where the real server is that the suites shall use; absent: the embedded database. */
const serverUrl = process.env.TEST_DATABASE_URL;

export interface TestDatabase extends OpenDatabase {
  /** The schema this file works in, where a server is used. */
  readonly schema?: string;
}

/**
 * A migrated database for one test file, empty. Embedded: a clone of a dumped template (0.6 s; migrating anew takes 2 to 4 s). With
 * `TEST_DATABASE_URL`: a schema of its own on that server, dropped by `close`.
 */
export async function testDatabase(): Promise<TestDatabase> {
  return serverUrl === undefined || serverUrl === "" ? await embedded() : await onServer(serverUrl);
}

async function onServer(databaseUrl: string): Promise<TestDatabase> {
  const schema = `test_${randomBytes(8).toString("hex")}`;
  const database = await openDatabase({ databaseUrl, schema });
  await sql`create schema ${sql.id(schema)}`.execute(database.db);
  await migrateToLatest(database.db, schema);
  return {
    ...database,
    schema,
    close: async () => {
      await sql`drop schema ${sql.id(schema)} cascade`.execute(database.db);
      await sql`drop schema if exists ${sql.id(database.jobSchema)} cascade`.execute(database.db);
      await database.close();
    },
  };
}

async function embedded(): Promise<TestDatabase> {
  return await openDatabase({ loadDataDir: new Blob([new Uint8Array(await readTemplate())]) });
}

let template: Promise<Buffer> | undefined;

function readTemplate(): Promise<Buffer> {
  template ??= makeTemplate();
  return template;
}

/** The dump is kept by a hash of the migrations and the engine's release, so that a stale one is never used. */
async function makeTemplate(): Promise<Buffer> {
  const root = path.resolve(import.meta.dirname, "..");
  const folder = path.join(root, "node_modules", ".cache", "repartee");
  const file = path.join(folder, `template-${await hashSchema(root)}.tar`);
  const kept = await readFile(file).catch(() => undefined);
  if (kept !== undefined) return kept;
  const database = await openDatabase({});
  await migrateToLatest(database.db);
  const dump = await dumpOf(database);
  await database.close();
  await mkdir(folder, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, dump);
  await rename(unfinished, file);
  return dump;
}

async function hashSchema(root: string): Promise<string> {
  const hash = createHash("sha256");
  hash.update(await readFile(path.join(root, "node_modules", "@electric-sql", "pglite", "package.json")));
  hash.update(await readFile(path.join(root, "src", "store", "migrations.ts")));
  const migrations = path.join(root, "src", "store", "migrations");
  for (const name of (await readdir(migrations)).sort()) hash.update(await readFile(path.join(migrations, name)));
  return hash.digest("hex").slice(0, 20);
}

async function dumpOf({ pglite }: OpenDatabase): Promise<Buffer> {
  if (pglite === undefined) throw new Error("only the embedded database is dumped");
  return Buffer.from(await (await pglite.dumpDataDir("none")).arrayBuffer());
}

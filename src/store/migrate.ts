import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Database } from "./database.ts";
import { migrations } from "./migrations.ts";
import { holdMigrationLock } from "./server-dialect.ts";
import type { Tables } from "./tables.ts";

/** The oldest PostgreSQL that the suites run on, as `server_version_num`. */
const oldestServer = 130_000;

/** A migration by its name. `isBreaking`: a process that does not know it must not start any more. */
export type Migrations = Readonly<Record<string, Migration & { readonly isBreaking?: true }>>;

/** The database is ahead of this release by a migration that it cannot live with. */
export class SchemaTooNewError extends Error {
  override readonly name = "SchemaTooNewError";
  constructor(names: readonly string[]) {
    super(
      `this release is older than its database (${names.join(", ")}): start the release that was last used with it, or restore a backup`,
    );
  }
}

/** The database cannot hold what Repartee keeps: too old, or texts in something else than UTF-8. */
export class UnfitDatabaseError extends Error {
  override readonly name = "UnfitDatabaseError";
}

/**
 * Brings the schema up to date, and returns what it did. Several processes may call it at once: all of it is one transaction, and the migrator's lock is that
 * transaction's (the caller's, where `db` is one), so that it works behind a pooler too. Migrations of a newer release are left alone: this one goes on beside it, unless one of them is marked as breaking.
 * `schema`: where the migrator keeps its own tables when the database works in another schema than public (tests). Throws `SchemaTooNewError` and, before anything is made, `UnfitDatabaseError`.
 */
export async function migrateToLatest(
  db: Database,
  schema?: string,
  known: Migrations = migrations,
): Promise<readonly string[]> {
  const migrate = async (trx: Database) => {
    // Before the migrator makes its own tables: two that made them at once would fail.
    await holdMigrationLock(trx);
    await refuseUnfit(trx);
    return await migrateWithin(trx, schema, known);
  };
  return db.isTransaction ? await migrate(db) : await db.transaction().execute(migrate);
}

async function refuseUnfit(trx: Database): Promise<void> {
  const { rows } = await sql<{ version: number; encoding: string }>`
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`.execute(
    trx,
  );
  const { version = 0, encoding = "" } = rows[0] ?? {};
  if (version < oldestServer)
    throw new UnfitDatabaseError(`PostgreSQL ${Math.floor(version / 10_000)} is too old: 13 to 18 are supported`);
  if (encoding !== "UTF8") {
    throw new UnfitDatabaseError(
      `the database keeps texts in ${encoding}: make one that keeps them in UTF-8 (createdb --encoding=UTF8 --template=template0 NAME)`,
    );
  }
}

async function migrateWithin(
  trx: Kysely<Tables>,
  schema: string | undefined,
  known: Migrations,
): Promise<readonly string[]> {
  const newer = (await findExecuted(trx)).filter((name) => !Object.hasOwn(known, name));
  if (newer.length > 0) await refuseBreaking(trx, newer);
  // Kysely takes an executed migration that it is not shown for a corrupted database.
  const done = Object.fromEntries(newer.map((name) => [name, { up: async () => undefined }]));
  const migrator = new Migrator({
    db: trx,
    provider: { getMigrations: async () => ({ ...known, ...done }) },
    // They only add, and are numbered when the work on them begins: one with a smaller number may come later.
    allowUnorderedMigrations: true,
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(String(error));
  const made = (results ?? []).filter(({ status }) => status === "Success").map(({ migrationName }) => migrationName);
  const breaking = made.filter((name) => known[name]?.isBreaking);
  if (breaking.length > 0) {
    await trx
      .insertInto("breakingMigrations")
      .values(breaking.map((name) => ({ name })))
      .execute();
  }
  return made;
}

async function findExecuted(trx: Kysely<Tables>): Promise<string[]> {
  const { rows: tables } = await sql<{ there: boolean }>`
    select to_regclass('kysely_migration') is not null as there`.execute(trx);
  if (tables[0]?.there !== true) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(trx);
  return rows.map(({ name }) => name);
}

async function refuseBreaking(trx: Kysely<Tables>, newer: readonly string[]): Promise<void> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('breaking_migrations') is not null as there`.execute(trx);
  if (rows[0]?.there !== true) return;
  const breaking = await trx.selectFrom("breakingMigrations").select("name").where("name", "in", newer).execute();
  if (breaking.length > 0) throw new SchemaTooNewError(breaking.map(({ name }) => name));
}

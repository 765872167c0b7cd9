import { sql } from "kysely";
import type { Database } from "./database.ts";

/** Notes that a backup begins: what is backed up then says when and by which release. `release`: ours. */
export async function beginBackup(db: Database, file: string, release: string): Promise<number> {
  const row = { file, release, bytes: null };
  return (await db.insertInto("backups").values(row).returning("id").executeTakeFirstOrThrow()).id;
}

/** `bytes`: undefined where it came to nothing. */
export async function endBackup(db: Database, id: number, bytes: number | undefined): Promise<void> {
  if (bytes === undefined) await db.deleteFrom("backups").where("id", "=", id).execute();
  else await db.updateTable("backups").set({ bytes }).where("id", "=", id).execute();
}

/** When the last backup that we heard of was made; undefined: none. */
export async function findLastBackup(db: Database): Promise<{ readonly at: Date; readonly file: string } | undefined> {
  const whole = db.selectFrom("backups").select(["at", "file"]).where("bytes", "is not", null);
  return await whole.orderBy("id", "desc").limit(1).executeTakeFirst();
}

/** Of a database that was just restored: the backup's own row, and the migrations that it has seen. */
export async function readOrigin(
  db: Database,
): Promise<{ readonly release: string | undefined; readonly migrations: readonly string[] }> {
  const { rows: tables } = await sql<{ name: string }>`
    select tablename::text as name from pg_tables where schemaname = current_schema() and tablename in ('backups', 'kysely_migration')`.execute(
    db,
  );
  const names = new Set(tables.map(({ name }) => name));
  const last = names.has("backups")
    ? await db.selectFrom("backups").select("release").orderBy("id", "desc").limit(1).executeTakeFirst()
    : undefined;
  const { rows } = names.has("kysely_migration")
    ? await sql<{ name: string }>`select name from kysely_migration`.execute(db.withoutPlugins())
    : { rows: [] };
  return { release: last?.release, migrations: rows.map(({ name }) => name) };
}

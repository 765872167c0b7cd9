import { sql } from "kysely";
import type { Database } from "./database.ts";
import { migrationNames } from "./migrations.ts";

/** How the database itself is. */
export interface DatabaseState {
  /** As PostgreSQL counts: 150004 is 15.4. */
  readonly versionNumber: number;
  /** What it says of the settings that decide whether an answered write survives a crash. */
  readonly settings: Readonly<Record<string, string>>;
  readonly encoding: string;
  /** It refuses whatever would change something. */
  readonly isReadOnly: boolean;
  /** Whether our user may make tables, and the schema of the job queue. */
  readonly mayCreate: boolean;
  readonly bytes: number;
  readonly connections: number;
  readonly mostConnections: number;
  /** Seconds that the oldest transaction of anybody has been open; such a one keeps dead rows from being cleared away. */
  readonly oldestTransactionSeconds: number;
  /** Transactions until now since the last freeze; PostgreSQL stops writing at two billion. */
  readonly transactionAge: number;
  /** Unix milliseconds by its own clock. */
  readonly clock: number;
  /** Tables of ours with many dead rows, as a share of all. */
  readonly littered: readonly { readonly table: string; readonly dead: number; readonly share: number }[];
}

const watchedSettings = ["fsync", "synchronous_commit", "full_page_writes"];
const litter = { rows: 50_000, share: 0.3 };

export async function readDatabaseState(db: Database): Promise<DatabaseState> {
  const { rows } = await sql<Omit<DatabaseState, "settings" | "littered">>`
    select current_setting('server_version_num')::int as "versionNumber",
      current_setting('server_encoding') as encoding,
      (pg_is_in_recovery() or current_setting('transaction_read_only') = 'on') as "isReadOnly",
      (coalesce(has_schema_privilege(current_schema(), 'create'), false) and has_database_privilege(current_database(), 'create')) as "mayCreate",
      pg_database_size(current_database())::float8 as bytes,
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as "mostConnections",
      coalesce((select extract(epoch from max(clock_timestamp() - xact_start)) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'), 0)::float8
        as "oldestTransactionSeconds",
      (select age(datfrozenxid)::float8 from pg_database where datname = current_database()) as "transactionAge",
      (extract(epoch from clock_timestamp()) * 1000)::float8 as clock`.execute(db.withoutPlugins());
  const { rows: settings } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name in (${sql.join(watchedSettings)})`.execute(db.withoutPlugins());
  const { rows: littered } = await sql<DatabaseState["littered"][number]>`
    select relname::text as table, n_dead_tup::float8 as dead, n_dead_tup::float8 / greatest(1, n_dead_tup + n_live_tup) as share
    from pg_stat_user_tables where schemaname = current_schema()
      and n_dead_tup > ${litter.rows} and n_dead_tup > ${litter.share}::float8 * (n_dead_tup + n_live_tup) order by 2 desc`.execute(
    db.withoutPlugins(),
  );
  const [state] = rows;
  if (state === undefined) throw new Error("the database tells nothing of itself");
  return { ...state, settings: Object.fromEntries(settings.map((row) => [row.name, row.setting])), littered };
}

/** disk_full, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const diskFull = "53100";

/** Whether the database's disk takes a megabyte, which it is rid of again at once: what does not fit into so little memory is sorted in a file. Nothing is changed. */
export async function hasRoomOnDisk(db: Database): Promise<boolean> {
  try {
    await db.transaction().execute(async (trx) => {
      await sql`set local work_mem = '64kB'`.execute(trx);
      await sql`select count(*) from (select number from generate_series(1, 20000) number order by md5(number::text) limit 19000) sorted`.execute(
        trx,
      );
    });
    return true;
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code !== diskFull) throw thrown;
    return false;
  }
}

/** `missing`: of this release and not yet carried out. `foreign`: carried out, and unknown to this release. */
export async function compareMigrations(
  db: Database,
): Promise<{ readonly missing: readonly string[]; readonly foreign: readonly string[] }> {
  const { rows: there } = await sql`
    select 1 from pg_tables where schemaname = current_schema() and tablename = 'kysely_migration'`.execute(db);
  const { rows } =
    there.length === 0
      ? { rows: [] }
      : await sql<{ name: string }>`select name from kysely_migration`.execute(db.withoutPlugins());
  const done = new Set(rows.map(({ name }) => name));
  const known = new Set<string>(migrationNames);
  return {
    missing: migrationNames.filter((name) => !done.has(name)),
    foreign: [...done].filter((name) => !known.has(name)),
  };
}

/** Texts that were sealed with the secret key: the newest of each kind. */
export async function listSealed(db: Database): Promise<{ readonly what: string; readonly sealed: string }[]> {
  const { rows } = await sql<{ what: string; sealed: string }>`
    (select 'channel ' || id as what, secrets as sealed from channels where secrets is not null order by id desc limit 20)
    union all (select 'integration ' || id, secrets from integrations where secrets is not null order by id desc limit 20)
    union all (select 'webhook ' || id, secrets from webhooks order by id desc limit 20)
    union all (select 'secret ' || id, sealed from secrets order by id desc limit 20)`.execute(db.withoutPlugins());
  return rows;
}

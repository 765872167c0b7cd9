import {
  type DatabaseIntrospector,
  type DialectAdapter,
  type Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  sql,
  type TableMetadata,
} from "kysely";

/** Kysely's own, so that a release of before and one of now wait for each other. */
const migrationLock = "3853314791062309107";

/** Only one transaction migrates at a time; the others wait for its end. */
// biome-ignore lint/suspicious/noExplicitAny: any tables.
export async function holdMigrationLock(trx: Kysely<any>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(BigInt(migrationLock))})`.execute(trx);
}

/**
 * Kysely's PostgreSQL dialect, whose migrator looks for its own tables by name and in its own schema. Kysely 0.29 reads every column of every schema for that,
 * by functions that fail when another process's migration drops a column meanwhile ("column … does not exist"): a process that started then did not start.
 */
export class ServerDialect extends PostgresDialect {
  // biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature.
  override createIntrospector(db: Kysely<any>): DatabaseIntrospector {
    return new OwnTableNames(db);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionLockAdapter();
  }
}

/**
 * Kysely locks by session while it migrates: behind a pooler the lock would stay on a connection that others are given next, and the next process would wait for
 * an hour.
 */
class TransactionLockAdapter extends PostgresAdapter {
  // biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature.
  override acquireMigrationLock(db: Kysely<any>): Promise<void> {
    return holdMigrationLock(db);
  }

  /** The transaction's end does. */
  override async releaseMigrationLock(): Promise<void> {}
}

class OwnTableNames extends PostgresIntrospector {
  // biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature.
  readonly #db: Kysely<any>;

  // biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature.
  constructor(db: Kysely<any>) {
    super(db);
    this.#db = db;
  }

  /** The tables of the schema that the connection works in, without their columns: nobody here asks for those. */
  override async getTables(): Promise<TableMetadata[]> {
    const { rows } = await sql<{ schema: string; name: string }>`
      select schemaname as schema, tablename as name from pg_catalog.pg_tables where schemaname = current_schema()`.execute(
      this.#db,
    );
    return rows.map((row) => ({ ...row, isView: false, isForeign: false, columns: [] }));
  }
}

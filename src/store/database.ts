import { mkdir } from "node:fs/promises";
import path from "node:path";
import { PGlite, types as pgliteTypes } from "@electric-sql/pglite";
import { CamelCasePlugin, Kysely, PostgresDialect, type PostgresPool } from "kysely";
import { Migrator } from "kysely/migration";
import pg from "pg";
import { EmbeddedDialect } from "./embedded-dialect.ts";
import { up as spine } from "./migrations/0001-spine.ts";
import { up as conversations } from "./migrations/0002-conversations.ts";
import { up as shop } from "./migrations/0003-shop.ts";
import { up as webhooks } from "./migrations/0004-webhooks.ts";
import { up as segments } from "./migrations/0005-segments.ts";
import { up as queries } from "./migrations/0006-queries.ts";
import { up as broadcasts } from "./migrations/0007-broadcasts.ts";
import { up as integrations } from "./migrations/0009-integrations.ts";
import { up as signIn } from "./migrations/0015-sign-in.ts";
import { up as salesPlans } from "./migrations/0016-sales-plans.ts";
import { up as webhookMatch } from "./migrations/0017-webhook-match.ts";
import { up as flowVersionAuthor } from "./migrations/0018-flow-version-author.ts";
import { up as contactSearch } from "./migrations/0019-contact-search.ts";
import { up as imports } from "./migrations/0020-imports.ts";
import { up as secrets } from "./migrations/0021-secrets.ts";
import { up as mentions } from "./migrations/0022-mentions.ts";
import { up as files } from "./migrations/0023-files.ts";
import { up as savedReplies } from "./migrations/0024-saved-replies.ts";
import { up as stepMetrics } from "./migrations/0026-step-metrics.ts";
import { up as receipts } from "./migrations/0027-receipts.ts";
import { PreparingClient } from "./preparing-client.ts";
import type { Tables } from "./tables.ts";
import { createPipelinedTransact, createPlainTransact, type Transact } from "./transact.ts";

/** Kysely over our tables. Both databases speak the same SQL; `PGlite` has one connection, so everything queues up there (`embedded-dialect.ts`). */
export type Database = Kysely<Tables>;

/** An open database with what only its kind has. */
export interface OpenDatabase {
  readonly db: Database;
  /**
   * The same database for the waist and the outbox: on a server, connections whose settings suit a few statements that are always the same
   * (`preparing-client.ts`). Elsewhere `db` itself.
   */
  readonly hot: Database;
  /** The waist's transactions. */
  readonly transact: Transact;
  readonly kind: "embedded" | "postgres";
  /** The embedded engine, for its dump and for pg-boss; absent with a server. */
  readonly pglite?: PGlite;
  /** For LISTEN connections and pg-boss; absent when embedded. */
  readonly connectionString?: string;
  /** The schema in which pg-boss keeps its own tables: one for each schema of ours, so that nobody takes up another's jobs. */
  readonly jobSchema: string;
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** A PostgreSQL URL; absent: embedded. */
  readonly databaseUrl?: string | undefined;
  /** Folder of the embedded database; absent: in memory. */
  readonly directory?: string | undefined;
  /** A dumped data directory to start the embedded database from (tests). */
  readonly loadDataDir?: Blob;
  readonly poolSize?: number;
  /** A PostgreSQL schema to work in (tests); default: public. */
  readonly schema?: string;
  /** Told of errors on idle connections, which would otherwise end the process. */
  readonly onIdleError?: (error: Error) => void;
}

const int8 = 20;
const jobSchema = "pgboss";
/** Nested keys are people's field keys and stay as they are. */
const camelCase = () => new CamelCasePlugin({ maintainNestedObjectKeys: true });

/** Opens the database without migrating it. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenDatabase> {
  return options.databaseUrl === undefined ? openEmbedded(options) : openPostgres(options.databaseUrl, options);
}

async function openEmbedded(options: OpenDatabaseOptions): Promise<OpenDatabase> {
  if (options.directory !== undefined) await mkdir(path.dirname(options.directory), { recursive: true });
  const pglite = await PGlite.create({
    ...(options.directory === undefined ? {} : { dataDir: options.directory }),
    ...(options.loadDataDir === undefined ? {} : { loadDataDir: options.loadDataDir }),
    // Ids and counts stay below 2^53; PGlite would give BigInt from 2^53 on only, the server's driver always text.
    parsers: { [pgliteTypes.INT8]: Number },
  });
  const db = new Kysely<Tables>({ dialect: new EmbeddedDialect(pglite), plugins: [camelCase()] });
  return {
    db,
    hot: db,
    transact: createPlainTransact(db),
    kind: "embedded",
    jobSchema,
    pglite,
    close: async () => {
      await db.destroy();
      if (!pglite.closed) await pglite.close();
    },
  };
}

/** Connections for the outbox's group writes, and for the waist's transactions (a few more than it has under way). */
const hotPoolSize = 3;
const transactPoolSize = 6;

/**
 * One plan for all values, and never one that reads a table whole: these statements pick some rows by key, and a plan that was made while a table was empty
 * outlives that. (Just-in-time compilation looks at costs, which are then inflated.)
 */
const hotSettings = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off";

function openPostgres(connectionString: string, options: OpenDatabaseOptions): OpenDatabase {
  const searchPath = options.schema === undefined ? "" : `-c search_path=${options.schema}`;
  const connect = (max: number, settings: string, pipeline = false) => {
    const pool = createPool(connectionString, max, settings.trim(), pipeline);
    pool.on("error", (error) => options.onIdleError?.(error));
    return pool;
  };
  const db = toKysely(connect(options.poolSize ?? 10, searchPath));
  const hot = toKysely(connect(hotPoolSize, `${searchPath} ${hotSettings}`));
  const pipelined = connect(transactPoolSize, `${searchPath} ${hotSettings}`, true);
  const transact = createPipelinedTransact(pipelined, (client) => toKysely(toPool(client)));
  const close = async () => {
    await Promise.all([db.destroy(), hot.destroy(), pipelined.end()]);
  };
  const ownJobs = options.schema === undefined ? jobSchema : `${options.schema}_jobs`;
  return { db, hot, transact, kind: "postgres", connectionString, jobSchema: ownJobs, close };
}

function toKysely(pool: PostgresPool): Database {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [camelCase()] });
}

/** One connection as a pool that always gives it: Kysely then sends each statement when it is made. */
function toPool(client: pg.PoolClient): PostgresPool {
  // What Kysely asks of a connection but `release`, which is its holder's business.
  const connection = Object.assign(Object.create(client), { release: () => undefined }) as pg.PoolClient;
  return { connect: async () => connection, end: async () => undefined, options: {} } as unknown as PostgresPool;
}

function createPool(connectionString: string, max: number, settings: string, pipeline: boolean): pg.Pool {
  return new pg.Pool({
    Client: PreparingClient,
    ...(pipeline ? { pipeline } : {}),
    connectionString,
    max,
    // A database that is gone must be noticed before a caller's patience ends.
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    ...(settings === "" ? {} : { options: settings }),
    types: {
      getTypeParser: ((oid: number, format?: "text" | "binary") =>
        oid === int8 ? Number : pg.types.getTypeParser(oid, format as "text")) as typeof pg.types.getTypeParser,
    },
  });
}

/** Every migration, by name, in order. Forward only. */
const migrations = {
  "0001-spine": { up: spine },
  "0002-conversations": { up: conversations },
  "0003-shop": { up: shop },
  "0004-webhooks": { up: webhooks },
  "0005-segments": { up: segments },
  "0006-queries": { up: queries },
  "0007-broadcasts": { up: broadcasts },
  "0009-integrations": { up: integrations },
  "0015-sign-in": { up: signIn },
  "0017-webhook-match": { up: webhookMatch },
  "0021-secrets": { up: secrets },
  "0016-sales-plans": { up: salesPlans },
  "0022-mentions": { up: mentions },
  "0023-files": { up: files },
  "0024-saved-replies": { up: savedReplies },
  "0027-receipts": { up: receipts },
  "0018-flow-version-author": { up: flowVersionAuthor },
  "0026-step-metrics": { up: stepMetrics },
  "0019-contact-search": { up: contactSearch },
  "0020-imports": { up: imports },
};

/**
 * Brings the schema up to date. Several processes may call it at once: Kysely's migrator holds an advisory lock. `schema`: where the
 * migrator keeps its own tables when the database works in another schema than public (tests).
 */
export async function migrateToLatest(db: Database, schema?: string): Promise<readonly string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(String(error));
  return (results ?? []).filter((result) => result.status === "Success").map((result) => result.migrationName);
}

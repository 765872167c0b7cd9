import { mkdir } from "node:fs/promises";
import path from "node:path";
import { PGlite, type PGliteOptions, types as pgliteTypes } from "@electric-sql/pglite";
import { CamelCasePlugin, Kysely, type KyselyConfig, type PostgresPool } from "kysely";
import pg from "pg";
import { EmbeddedDialect } from "./embedded-dialect.ts";
import { GatheringSocket } from "./gathering-socket.ts";
import { pgliteModules } from "./pglite-modules.ts";
import { findPooler, type Pooler } from "./pooler.ts";
import { NamingClient, PlainClient, PreparingClient } from "./preparing-client.ts";
import { ServerDialect } from "./server-dialect.ts";
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
  /** For pg-boss; absent when embedded. May be a pooler's. */
  readonly connectionString?: string;
  /** For LISTEN and for locks that go with their connection; absent when embedded, and when only a pooler is known. */
  readonly sessionString?: string;
  /** The schema in which pg-boss keeps its own tables: one for each schema of ours, so that nobody takes up another's jobs. */
  readonly jobSchema: string;
  /** Its pools of connections, by name; absent when embedded. */
  countPools?(): readonly {
    readonly pool: string;
    readonly connections: number;
    readonly idle: number;
    readonly waiting: number;
  }[];
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** A PostgreSQL URL; absent: embedded. */
  readonly databaseUrl?: string | undefined;
  /** The same PostgreSQL past the pooler that `databaseUrl` names. */
  readonly directUrl?: string | undefined;
  /** Folder of the embedded database; absent: in memory. */
  readonly directory?: string | undefined;
  /** A dumped data directory to start the embedded database from. */
  readonly loadDataDir?: Blob;
  /** Holds the embedded database's files instead (tests). */
  readonly files?: NonNullable<PGliteOptions["fs"]>;
  readonly poolSize?: number;
  /** A PostgreSQL schema to work in (tests); default: public. */
  readonly schema?: string;
  /** Told of errors on idle connections, which would otherwise end the process. */
  readonly onIdleError?: (error: Error) => void;
  /** Told of each statement that has ended, and how long it took. */
  readonly onQuery?: (query: { readonly ms: number; readonly failed: boolean }) => void;
}

const int8 = 20;
const jobSchema = "pgboss";
/** Nested keys are people's field keys and stay as they are. */
const camelCase = () => new CamelCasePlugin({ maintainNestedObjectKeys: true });

/** Opens the database without migrating it. A PostgreSQL has to answer: throws what it says, and `DirectUrlError`. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenDatabase> {
  const { databaseUrl, directUrl } = options;
  if (databaseUrl === undefined) return await openEmbedded(options);
  if (directUrl !== undefined && (await findPooler(directUrl)) !== undefined) throw new DirectUrlError();
  return openPostgres(databaseUrl, await findPooler(databaseUrl), options);
}

export class DirectUrlError extends Error {
  override readonly name = "DirectUrlError";
  constructor() {
    super("DATABASE_DIRECT_URL leads to a pooler; it has to be the address of PostgreSQL itself");
  }
}

async function openEmbedded(options: OpenDatabaseOptions): Promise<OpenDatabase> {
  if (options.directory !== undefined) await mkdir(path.dirname(options.directory), { recursive: true });
  const pglite = await PGlite.create({
    ...(await pgliteModules()),
    ...(options.directory === undefined ? {} : { dataDir: options.directory }),
    ...(options.loadDataDir === undefined ? {} : { loadDataDir: options.loadDataDir }),
    ...(options.files === undefined ? {} : { fs: options.files }),
    // Ids and counts stay below 2^53; PGlite would give BigInt from 2^53 on only, the server's driver always text.
    parsers: { [pgliteTypes.INT8]: Number },
  });
  const db = new Kysely<Tables>({
    dialect: new EmbeddedDialect(pglite),
    plugins: [camelCase()],
    ...toQueryLog(options),
  });
  return {
    db,
    hot: db,
    transact: createPlainTransact(db, hotSettingsOfTransaction),
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
/** Of pg-boss. */
export const jobPoolSize = 3;

/**
 * Most connections that one process opens: to the address it is given (`pooled`, be that a pooler's or PostgreSQL's own), and for the session to PostgreSQL itself:
 * one hears the news, one holds the locks of channels that a worker polls.
 */
export const mostConnections = (poolSize: number) => ({
  pooled: poolSize + hotPoolSize + transactPoolSize + jobPoolSize,
  session: 2,
});

/**
 * One plan for all values, and never one that reads a table whole: these statements pick some rows by key, and a plan that was made while a table was empty
 * outlives that. Nested loops alone do so: below 22,000 contacts the planner took all of them from the index to merge or hash them with the 85 that a batch
 * wanted (28 of 40 ms). (Just-in-time compilation looks at costs, which are then inflated.)
 */
const hotSettings = {
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_mergejoin: "off",
  enable_hashjoin: "off",
  enable_bitmapscan: "off",
  jit: "off",
};

/** What people look at is many short statements: compiling one whose costs look high takes longer than running it (150 of 600 ms, PostgreSQL 15). */
const mainSettings = { jit: "off" };

/**
 * The same for one transaction: a pooler refuses settings at the connection, or would lend them to others, and the embedded database has one connection for
 * everything.
 */
const hotSettingsOfTransaction = `select ${Object.entries(hotSettings)
  .map(([name, value]) => `set_config('${name}', '${value}', true)`)
  .join(", ")}`;

function openPostgres(
  connectionString: string,
  pooler: Pooler | undefined,
  options: OpenDatabaseOptions,
): OpenDatabase {
  if (pooler !== undefined && options.schema !== undefined) throw new Error("a schema is not chosen through a pooler");
  const Client = pooler === undefined ? PreparingClient : pooler.keepsPrepared ? NamingClient : PlainClient;
  const toOptions = (settings: Readonly<Record<string, string>>) =>
    pooler === undefined
      ? Object.entries(settings)
          .map(([name, value]) => `-c ${name}=${value}`)
          .join(" ")
      : "";
  const hotOptions = toOptions(hotSettings);
  const searchPath = options.schema === undefined ? "" : `-c search_path=${options.schema}`;
  const connect = (max: number, settings: string, pipeline = false) => {
    const pool = createPool(connectionString, { Client, max, settings: settings.trim(), pipeline });
    pool.on("error", (error) => options.onIdleError?.(error));
    return pool;
  };
  const pools = {
    main: connect(options.poolSize ?? 10, `${searchPath} ${toOptions(mainSettings)}`),
    hot: connect(hotPoolSize, `${searchPath} ${hotOptions}`),
  };
  const db = toKysely(pools.main, options);
  const hot = toKysely(pools.hot, options);
  const isPipelined = pooler === undefined;
  const forTransactions = connect(transactPoolSize, `${searchPath} ${hotOptions}`, isPipelined);
  const transact = isPipelined
    ? createPipelinedTransact(forTransactions, (client) => toKysely(toPool(client), options))
    : createPlainTransact(toKysely(forTransactions, options), hotSettingsOfTransaction);
  const close = async () => {
    await Promise.all([db.destroy(), hot.destroy(), forTransactions.end()]);
  };
  const ownJobs = options.schema === undefined ? jobSchema : `${options.schema}_jobs`;
  const sessionString = options.directUrl ?? (pooler === undefined ? connectionString : undefined);
  const countPools = () =>
    Object.entries({ ...pools, waist: forTransactions }).map(([pool, { totalCount, idleCount, waitingCount }]) => ({
      pool,
      connections: totalCount,
      idle: idleCount,
      waiting: waitingCount,
    }));
  return {
    db,
    hot,
    transact,
    kind: "postgres",
    connectionString,
    ...(sessionString === undefined ? {} : { sessionString }),
    jobSchema: ownJobs,
    countPools,
    close,
  };
}

function toKysely(pool: PostgresPool, options: OpenDatabaseOptions): Database {
  return new Kysely<Tables>({ dialect: new ServerDialect({ pool }), plugins: [camelCase()], ...toQueryLog(options) });
}

function toQueryLog({ onQuery }: OpenDatabaseOptions): Pick<KyselyConfig, "log"> {
  if (onQuery === undefined) return {};
  return { log: ({ level, queryDurationMillis: ms }) => onQuery({ ms, failed: level === "error" }) };
}

/** One connection as a pool that always gives it: Kysely then sends each statement when it is made. */
function toPool(client: pg.PoolClient): PostgresPool {
  // What Kysely asks of a connection but `release`, which is its holder's business.
  const connection = Object.assign(Object.create(client), { release: () => undefined }) as pg.PoolClient;
  return { connect: async () => connection, end: async () => undefined, options: {} } as unknown as PostgresPool;
}

interface PoolOptions {
  readonly Client: typeof PlainClient;
  readonly max: number;
  /** `-c name=value …`; may be empty. */
  readonly settings: string;
  readonly pipeline: boolean;
}

function createPool(connectionString: string, { Client, max, settings, pipeline }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    Client,
    ...(pipeline ? { pipeline, stream: () => new GatheringSocket() } : {}),
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
  // Told before the pool decides whether it keeps the connection: one that ends it does not. (pg-boss' pool drops whatever a statement failed on.)
  pool.on("release", (_error, client) => {
    if ((client as pg.PoolClient & { readonly isReadOnly?: boolean }).isReadOnly === true)
      void client.end().catch(() => undefined);
  });
  return pool;
}

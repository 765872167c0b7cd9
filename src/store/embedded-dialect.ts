import type { PGlite } from "@electric-sql/pglite";
import { type DatabaseConnection, type Driver, PGliteDialect, PGliteDriver } from "kysely";

/**
 * Kysely's PGlite dialect with a queue in front of its one connection. Kysely 0.29's driver hands the same connection to everybody: a query that comes
 * while a transaction is open runs inside it (and is lost when it rolls back), and a second transaction takes over the first one's commit. Here whoever has
 * the connection keeps it until the transaction or query ends, as with a pool of one.
 */
export class EmbeddedDialect extends PGliteDialect {
  readonly #pglite: PGlite;

  constructor(pglite: PGlite) {
    super({ pglite });
    this.#pglite = pglite;
  }

  override createDriver(): Driver {
    return createQueueingDriver(new PGliteDriver({ pglite: this.#pglite }));
  }
}

function createQueueingDriver(driver: Driver): Driver {
  let last: Promise<void> = Promise.resolve();
  const releases = new Map<DatabaseConnection, () => void>();
  return {
    init: (options) => driver.init(options),
    destroy: (options) => driver.destroy(options),
    beginTransaction: (connection, settings) => driver.beginTransaction(connection, settings),
    commitTransaction: (connection) => driver.commitTransaction(connection),
    rollbackTransaction: (connection) => driver.rollbackTransaction(connection),
    async acquireConnection(options) {
      const previous = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      await previous;
      const connection = await driver.acquireConnection(options);
      releases.set(connection, resolve);
      return connection;
    },
    async releaseConnection(connection, options) {
      await driver.releaseConnection(connection, options);
      const release = releases.get(connection);
      releases.delete(connection);
      release?.();
    },
  };
}

import { type Kysely, sql } from "kysely";
import type pg from "pg";
import type { Tables } from "./tables.ts";

/** What a transaction gives once its last statement has ended; that one may still be under way, and the commit goes out behind it. */
export interface Unfinished<T> {
  readonly last: Promise<T>;
}

/**
 * Runs `work` in one transaction. On a server its statements go out as they are made, without waiting for each other's answers (they still run one after the
 * other): what needs no answer of an earlier one shares its round trip. Throws what the first failed statement says; then nothing was written, or, where the
 * connection broke, perhaps everything.
 */
export type Transact = <T>(work: (trx: Kysely<Tables>) => Promise<Unfinished<T>>) => Promise<T>;

/**
 * One statement after the other: on the embedded database there are no round trips, and a pooler may take answers that come ahead of their question for another's
 * (PgBouncer 1.18). `settings`: a statement that opens each transaction and ends with it.
 */
export function createPlainTransact(db: Kysely<Tables>, settings?: string): Transact {
  return (work) =>
    db.transaction().execute(async (trx) => {
      if (settings !== undefined) await sql.raw(settings).execute(trx);
      return await (await work(trx)).last;
    });
}

/** `pool`: of clients in pipeline mode. `toDatabase`: Kysely on one connection. */
export function createPipelinedTransact(
  pool: pg.Pool,
  toDatabase: (client: pg.PoolClient) => Kysely<Tables>,
): Transact {
  const databases = new WeakMap<pg.PoolClient, Kysely<Tables>>();
  return async (work) => {
    const client = await pool.connect();
    const trx = databases.get(client) ?? toDatabase(client);
    databases.set(client, trx);
    let isSound = false;
    try {
      const begun = heard(client.query("begin"));
      const { last } = await work(trx);
      void heard(last);
      // Kysely hands a statement to the connection some microtasks after it was made: the commit must not overtake it.
      await new Promise((resolve) => setImmediate(resolve));
      const committed = heard(client.query("commit"));
      await begun;
      const result = await last;
      const { command } = await committed;
      if (command !== "COMMIT") throw new Error(`the transaction ended with ${command}`);
      isSound = true;
      return result;
    } catch (thrown) {
      isSound = await rollBack(client);
      throw thrown;
    } finally {
      client.release(!isSound);
    }
  };
}

/** A failure that is looked at later must not count as unhandled meanwhile. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Whether the connection can be used again. */
async function rollBack(client: pg.PoolClient): Promise<boolean> {
  return await client.query("rollback").then(
    () => true,
    () => false,
  );
}

import pg from "pg";

/** A pooler (PgBouncer, say) between us and PostgreSQL: it may give each transaction another connection of the database. */
export interface Pooler {
  /** It knows prepared statements, and makes them anew wherever a transaction comes to (PgBouncer from 1.21 on). */
  readonly keepsPrepared: boolean;
}

const question = "/* repartee: whose names do prepared statements have? */ select 1";
const ownName = "repartee_question";

/**
 * Whether the address is a pooler's. PostgreSQL tells each client its process id when it connects; a pooler makes that number up. A pooler that keeps prepared
 * statements gives them names of its own, as it has to. Throws what the connection says.
 */
export async function findPooler(connectionString: string): Promise<Pooler | undefined> {
  const client: pg.Client & { readonly processID?: number } = new pg.Client({
    connectionString,
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    if (rows[0]?.pid === client.processID) return undefined;
    // In one transaction, and so on one connection.
    await client.query("begin");
    await client.query({ name: ownName, text: question });
    const found = await client.query<{ name: string }>("select name from pg_prepared_statements where statement = $1", [
      question,
    ]);
    const names = found.rows.map(({ name }) => name);
    if (names.includes(ownName)) await client.query(`deallocate ${ownName}`);
    await client.query("rollback");
    return { keepsPrepared: names.length > 0 && !names.includes(ownName) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

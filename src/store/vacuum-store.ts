import { sql } from "kysely";
import type { Database } from "./database.ts";

/** A table is worth a vacuum with this many dead rows, and a tenth of its living ones, as with PostgreSQL's own rule. */
const worth = { rows: 2_000, share: 0.1 };

/**
 * Vacuums and analyses the tables that have changed much. A server does it by itself; the embedded database has no such worker, and without it every message
 * that has left keeps its entries in the indexes of queued ones. The one connection is held meanwhile: 170 ms for 20,000 dead rows.
 */
export async function vacuumWhereWorth(db: Database): Promise<void> {
  // Counts of this very connection are otherwise told a second late.
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_stat_user_tables
    where schemaname = 'public' and n_dead_tup > ${worth.rows} + ${worth.share}::float8 * n_live_tup`.execute(db);
  for (const { name } of rows) await sql`vacuum (analyze) ${sql.table(name)}`.execute(db);
}

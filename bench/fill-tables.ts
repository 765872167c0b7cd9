import { sql } from "kysely";
import type { Database } from "../src/store/database.ts";

/**
 * Runs statements that put many rows into tables, as one transaction, and makes their indexes afterwards: row by row the search over names alone took minutes for a million contacts. Foreign keys are not
 * checked meanwhile. For databases that a measurement made; their user has to be the database's owner and a superuser.
 */
export async function fillTables(
  db: Database,
  tables: readonly string[],
  fill: (trx: Database) => Promise<unknown>,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx);
    await sql`set local synchronous_commit = off`.execute(trx);
    await sql`set local maintenance_work_mem = '512MB'`.execute(trx);
    const { rows: indexes } = await sql<{ name: string; definition: string }>`
      select i.indexname as name, i.indexdef as definition from pg_indexes i
      where i.schemaname = 'public' and i.tablename = any(${tables}::text[]) and not exists (
        select from pg_constraint c where c.conname = i.indexname and c.contype in ('p', 'u'))`.execute(trx);
    for (const { name } of indexes) await sql`drop index ${sql.id(name)}`.execute(trx);
    await fill(trx);
    for (const { definition } of indexes) await sql.raw(definition).execute(trx);
  });
  // Without it the first minutes run by plans for empty tables.
  for (const table of tables) await sql`vacuum analyze ${sql.table(table)}`.execute(db);
}

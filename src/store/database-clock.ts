import { sql } from "kysely";
import type { Database } from "./database.ts";

/** The database's clock, in Unix milliseconds with a fraction. */
export async function readDatabaseTime(db: Database): Promise<number> {
  const { rows } = await sql<{ ms: number }>`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`.execute(
    db,
  );
  return rows[0]?.ms ?? 0;
}

import { sql } from "kysely";
import { expect } from "vitest";
import type { OpenDatabase } from "../src/store/database.ts";

/** Tables, the queue's own with them, in which something says a text, however written. */
export async function tablesThatSay({ db, jobSchema }: OpenDatabase, text: string): Promise<string[]> {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_schema in (current_schema(), ${jobSchema}) and table_type = 'BASE TABLE' order by 2`.execute(db);
  const found: string[] = [];
  for (const { schema, name } of tables) {
    const { rows } =
      await sql`select from ${sql.table(`${schema}.${name}`)} r where r::text ilike ${`%${text}%`} limit 1`.execute(db);
    if (rows.length > 0) found.push(name);
  }
  expect(tables.length).toBeGreaterThan(70);
  return found;
}

import { sql } from "kysely";
import type { Database } from "./database.ts";

/** A table that is copied whole; parts of a partitioned one are not named for themselves. */
export interface CopyTable {
  readonly schema: string;
  readonly name: string;
}

export async function listTables(db: Database, schema: string): Promise<CopyTable[]> {
  const { rows } = await sql<CopyTable>`
    select n.nspname::text as schema, c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and c.relkind in ('r', 'p') and not c.relispartition order by 2`.execute(db);
  return rows;
}

/** What has to be copied of a table: not what it computes itself. */
export async function listColumns(
  db: Database,
  { schema, name }: CopyTable,
): Promise<{ readonly name: string; readonly type: string }[]> {
  const { rows } = await sql<{ name: string; type: string }>`
    select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and c.relname = ${name} and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    order by a.attnum`.execute(db);
  return rows;
}

/** Parts of the partitioned tables in `public`, with what `create table … partition of` needs. */
export async function listPartitions(
  db: Database,
): Promise<{ readonly name: string; readonly parent: string; readonly bound: string }[]> {
  const { rows } = await sql<{ name: string; parent: string; bound: string }>`
    select c.relname::text as name, p.relname::text as parent, pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relispartition and c.relkind = 'r' order by 1`.execute(db);
  return rows;
}

export async function listForeignKeys(
  db: Database,
  schema: string,
): Promise<{ readonly table: string; readonly name: string; readonly definition: string }[]> {
  const { rows } = await sql<{ table: string; name: string; definition: string }>`
    select c.relname::text as table, k.conname::text as name, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and k.contype = 'f' and k.conparentid = 0 order by 1, 2`.execute(db);
  return rows;
}

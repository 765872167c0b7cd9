import { sql } from "kysely";
import { type CopyTable, listColumns, listForeignKeys, listPartitions, listTables } from "./copy-plan.ts";
import type { Database, OpenDatabase } from "./database.ts";
import { migrateToLatest } from "./migrate.ts";

/** What was copied of one table, and proved afterwards: both sides have this many rows and this checksum over all their values. */
export interface CopiedTable {
  /** With its schema. */
  readonly table: string;
  readonly rows: number;
  readonly checksum: string;
}

/** Why a copy cannot be made; nothing was written then. `code` is the end of an error code. */
export class CopyRefusal extends Error {
  override readonly name = "CopyRefusal";
  readonly code: "not_empty" | "other_release" | "in_use" | "differs";
  constructor(code: CopyRefusal["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Of these nothing is taken along: who runs at the moment, and the migrator's own record, which the target's own migration writes. */
const leftOut = new Set(["public.processes", "public.kysely_migration", "public.kysely_migration_lock"]);
/** Of the job queue: what it has to do and when. Its statistics and notes begin anew. In the order of their references. */
const jobTables = ["queue", "schedule", "subscription", "job", "job_dependency"];

/** Any number that nobody else locks: two copies into one database must not both find it empty. */
const copyLock = 7_261_549;
/** A process that beat this lately is alive, as in `reapProcesses`. */
const aliveSeconds = 15;
/** Of each statement that writes. */
const mostRows = 2_000;
const mostBytes = 4_000_000;

/**
 * Copies everything from one database into another, empty one: our tables, the queue's waiting jobs and schedules, and where identities and sequences stand.
 * The source is read in one read-only snapshot; the target is written in one transaction, which commits only once the count and the checksum of every table
 * are the same on both sides: interrupted, it leaves an empty database. The target's job tables have to be there (`prepareJobTables`). Values go as
 * PostgreSQL's own texts, which read back as the same values. Throws `CopyRefusal`.
 */
export async function copyDatabase(source: OpenDatabase, target: OpenDatabase): Promise<readonly CopiedTable[]> {
  const read = source.db.withoutPlugins().transaction().setIsolationLevel("repeatable read").setAccessMode("read only");
  const copied = await read.execute(async (from) => {
    await readExactTexts(from);
    await refuseWhileRunning(from);
    return await target.db
      .withoutPlugins()
      .transaction()
      .execute((to) => copyAll(from, to, source.jobSchema));
  });
  // Without it the planner takes every table for an empty one at first.
  await sql`analyze`.execute(target.db);
  return copied;
}

async function copyAll(from: Database, to: Database, jobSchema: string): Promise<CopiedTable[]> {
  await readExactTexts(to);
  await sql`select pg_advisory_xact_lock(${copyLock})`.execute(to);
  await refuseFull(to, jobSchema);
  await migrateToLatest(to);
  await refuseOtherRelease(from, to, jobSchema);
  const tables = [
    ...(await listTables(from, "public")).filter(({ schema, name }) => !leftOut.has(`${schema}.${name}`)),
    ...inOrder(await listTables(from, jobSchema)),
  ];
  await makePartitions(from, to);
  const unbind = await bindNothing(to, tables);
  for (const table of [...tables].reverse()) await sql`delete from ${toName(table)}`.execute(to);
  const copied: CopiedTable[] = [];
  for (const table of tables) copied.push(await copyTable(from, to, table));
  await copySequences(from, to);
  await unbind();
  return copied;
}

/** Texts that read back as the very same value, whatever the connection's settings are. */
async function readExactTexts(db: Database): Promise<void> {
  await sql`select set_config(name, value, true) from (values ('timezone', 'UTC'), ('datestyle', 'ISO, YMD'), ('intervalstyle', 'postgres'),
    ('bytea_output', 'hex'), ('extra_float_digits', '1'), ('search_path', 'public')) as s (name, value)`.execute(db);
}

async function refuseWhileRunning(from: Database): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    select id from processes where heartbeat_at > now() - make_interval(secs => ${aliveSeconds}) limit 1`.execute(from);
  if (rows.length === 0) return;
  throw new CopyRefusal(
    "in_use",
    `a server works on the database at the moment, or did until less than ${aliveSeconds} seconds ago: stop it first`,
  );
}

async function refuseFull(to: Database, jobSchema: string): Promise<void> {
  const tables = await listTables(to, "public");
  const jobs = (await listTables(to, jobSchema)).filter(({ name }) => name === "job");
  let isFull = tables.length > 0;
  for (const table of jobs) {
    const { rows } = await sql`select 1 from ${toName(table)} limit 1`.execute(to);
    isFull ||= rows.length > 0;
  }
  if (!isFull) return;
  throw new CopyRefusal("not_empty", "the database to move to is not empty; make a new one for it");
}

/** The same tables on both sides, column for column; the source is not brought up to date, for it is not to be changed. */
async function refuseOtherRelease(from: Database, to: Database, jobSchema: string): Promise<void> {
  const stateOf = async (db: Database) => {
    const { rows: done } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
    const hasJobs = (await listTables(db, jobSchema)).length > 0;
    const { rows: jobs } = hasJobs
      ? await sql<{ version: number }>`select version from ${sql.table(`${jobSchema}.version`)}`.execute(db)
      : { rows: [] };
    return { names: done.map(({ name }) => name), jobs: jobs[0]?.version };
  };
  const [mine, theirs] = [await stateOf(from), await stateOf(to)];
  const isSame = mine.names.join() === theirs.names.join() && (mine.jobs ?? theirs.jobs) === theirs.jobs;
  if (isSame) return;
  throw new CopyRefusal(
    "other_release",
    "the database is that of another release: start the server of this release on it once, stop it, and move then",
  );
}

function inOrder(tables: readonly CopyTable[]): CopyTable[] {
  return jobTables.flatMap((name) => tables.find((table) => table.name === name) ?? []);
}

/** A partitioned table of the source may have parts that a new database does not begin with. */
async function makePartitions(from: Database, to: Database): Promise<void> {
  const there = new Set((await listPartitions(to)).map(({ name }) => name));
  for (const { name, parent, bound } of await listPartitions(from)) {
    if (there.has(name)) continue;
    await sql`create table ${sql.table(name)} partition of ${sql.table(parent)} ${sql.raw(bound)}`.execute(to);
  }
}

/**
 * Takes foreign keys and triggers of our tables away for the time of the copy: rows come table by table, and no trigger is to act on them. What it returns puts
 * them back, and every key is checked by that. Needs no superuser, as switching them off would.
 */
async function bindNothing(to: Database, tables: readonly CopyTable[]): Promise<() => Promise<void>> {
  const keys = await listForeignKeys(to, "public");
  const own = tables.filter(({ schema }) => schema === "public");
  for (const { table, name } of keys)
    await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`.execute(to);
  for (const table of own) await sql`alter table ${toName(table)} disable trigger user`.execute(to);
  return async () => {
    for (const { table, name, definition } of keys) {
      await sql`alter table ${sql.table(table)} add constraint ${sql.ref(name)} ${sql.raw(definition)}`.execute(to);
    }
    for (const table of own) await sql`alter table ${toName(table)} enable trigger user`.execute(to);
  };
}

const toName = ({ schema, name }: CopyTable) => sql.table(`${schema}.${name}`);

async function copyTable(from: Database, to: Database, table: CopyTable): Promise<CopiedTable> {
  const columns = await listColumns(from, table);
  const there = await listColumns(to, table);
  const describe = (list: typeof columns) => JSON.stringify([...list].sort((a, b) => (a.name < b.name ? -1 : 1)));
  const label = `${table.schema}.${table.name}`;
  if (describe(columns) !== describe(there))
    throw new CopyRefusal("differs", `the table ${label} has other columns in the new database`);
  const before = await measure(from, table, columns);
  const texts = sql.join(columns.map(({ name }) => sql`${sql.ref(name)}::text`));
  const names = sql.join(columns.map(({ name }) => sql.ref(name)));
  const given = sql.join(columns.map(({ name, type }) => sql`${sql.ref(`g.${name}`)}::${sql.raw(type)}`));
  await sql`declare moved no scroll cursor for select array[${texts}] as cells from ${toName(table)}`.execute(from);
  const size = Math.max(1, Math.min(mostRows, Math.floor(mostBytes / Math.max(1, before.bytesPerRow))));
  for (;;) {
    const page = await sql<{ cells: readonly (string | null)[] }>`fetch ${sql.lit(size)} from moved`.execute(from);
    if (page.rows.length === 0) break;
    const lists = columns.map((_column, index) => page.rows.map(({ cells }) => cells[index] ?? null));
    await sql`insert into ${toName(table)} (${names}) overriding system value
      select ${given} from unnest(${sql.join(lists.map((list) => sql`${list}::text[]`))}) as g (${names})`.execute(to);
  }
  await sql`close moved`.execute(from);
  const after = await measure(to, table, columns);
  if (before.rows !== after.rows || before.checksum !== after.checksum) {
    throw new CopyRefusal("differs", `the table ${label} came out differently: ${after.rows} rows of ${before.rows}`);
  }
  return { table: label, rows: before.rows, checksum: before.checksum };
}

/** Rows, and a sum over all of them that knows no order. `bytesPerRow`: of the largest row. */
async function measure(
  db: Database,
  table: CopyTable,
  columns: Awaited<ReturnType<typeof listColumns>>,
): Promise<{ readonly rows: number; readonly checksum: string; readonly bytesPerRow: number }> {
  const texts = sql.join(columns.map(({ name }) => sql`${sql.ref(name)}::text`));
  const { rows } = await sql<{ rows: string; checksum: string; bytes: number }>`
    select count(*)::text as rows, coalesce(max(octet_length(line)), 0)::int as bytes,
      coalesce(sum(('x' || left(md5(line), 15))::bit(60)::bigint::numeric), 0)::text as checksum
    from (select row(${texts})::text as line from ${toName(table)}) as lines`.execute(db);
  const [found] = rows;
  return { rows: Number(found?.rows ?? 0), checksum: found?.checksum ?? "", bytesPerRow: found?.bytes ?? 0 };
}

async function copySequences(from: Database, to: Database): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select sequencename::text as name from pg_sequences where schemaname = 'public' order by 1`.execute(from);
  for (const { name } of rows) {
    const { rows: state } = await sql<{ last: string; called: boolean }>`
      select last_value::text as last, is_called as called from ${sql.table(name)}`.execute(from);
    const [found] = state;
    if (found === undefined) continue;
    await sql`select setval(${name}::text::regclass, ${found.last}::text::bigint, ${found.called}::boolean)`.execute(
      to,
    );
  }
}

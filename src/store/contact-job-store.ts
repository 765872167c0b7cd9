import { type RawBuilder, sql } from "kysely";
import type { Database } from "./database.ts";
import { lockSpaces } from "./lock-spaces.ts";

/**
 * Jobs of contacts. Whom a job is about stands beside what it is told (`data.contact`, as text), in one place for all kinds: what a job is told may name people in any way, and its row stays for
 * days after it is done. The queue's tables are pg-boss's, but for the index.
 */
const contactOfJob = sql.raw("(data ->> 'contact')");
const indexName = "job_of_contact";

/**
 * The index by which a contact's jobs are found, made once; jobs of releases before it are then told whose they are. Measured on PostgreSQL 15 with 1,000,000 jobs: deleting
 * a contact's takes 2 to 8 ms with it and 400 without. Making it takes 1 s, in which nothing is enqueued; where every one of them has to be told, 24 s, in which those are not taken up.
 */
export async function prepareContactJobs(db: Database, jobSchema: string): Promise<void> {
  if (await hasIndex(db, jobSchema)) return;
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${lockSpaces.contactJobs}, 0)`.execute(trx);
    if (await hasIndex(trx, jobSchema)) return;
    const jobs = sql.table(`${jobSchema}.job`);
    const told = (contact: RawBuilder<unknown>) =>
      sql`data = j.data || jsonb_build_object('contact', (${contact})::text)`;
    const isUntold = sql`not jsonb_exists(j.data, 'contact')`;
    await sql`update ${jobs} j set ${told(sql`j.data #>> '{value,contactId}'`)}
      where ${isUntold} and j.data #>> '{value,contactId}' is not null`.execute(trx);
    await sql`update ${jobs} j set ${told(sql`p.contact_id`)} from positions p
      where ${isUntold} and p.id::text = j.data #>> '{value,positionId}'`.execute(trx);
    await sql`update ${jobs} j set ${told(sql`i.contact_id`)} from identities i
      where ${isUntold} and j.name = 'look-up-profile' and i.channel_id::text = j.data #>> '{value,channelId}'
        and i.external_id = j.data #>> '{value,person}'`.execute(trx);
    await sql`create index ${sql.id(indexName)} on ${jobs} (${contactOfJob}) where ${contactOfJob} is not null`.execute(
      trx,
    );
  });
}

async function hasIndex(db: Database, jobSchema: string): Promise<boolean> {
  const { rows } =
    await sql`select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ${jobSchema} and c.relname = ${indexName}`.execute(
      db,
    );
  return rows.length > 0;
}

/**
 * Deletes what the queue holds of contacts, waiting, under way, done or given up. What is under way ends without its row: nobody tries it again. `contactIds`: a list, or a query of one column.
 * In the order of ids, as whoever else takes several.
 */
export async function deleteContactJobs(
  trx: Database,
  jobSchema: string,
  contactIds: readonly number[] | RawBuilder<unknown>,
): Promise<void> {
  const jobs = sql.table(`${jobSchema}.job`);
  const of = Array.isArray(contactIds) ? sql`${contactIds.map(String)}::text[]` : sql`array(${contactIds})::text[]`;
  const statement = sql`with gone as materialized (
      select name, id from ${jobs} where ${contactOfJob} = any(${of}) order by id for update
    ) delete from ${jobs} j using gone where j.name = gone.name and j.id = gone.id`;
  // A job that fails is put back as a new row: where the first look waited for just that, only a second one sees it.
  await statement.execute(trx);
  await statement.execute(trx);
}

/** Gives one contact's jobs to another that it became a part of: they go on about the one who is left, and go with them. */
export async function moveContactJobs(trx: Database, jobSchema: string, from: number, to: number): Promise<void> {
  const statement = sql`update ${sql.table(`${jobSchema}.job`)} j set data = case
      when j.data #> '{value,contactId}' is null then j.data else jsonb_set(j.data, '{value,contactId}', to_jsonb(${to}::bigint)) end
      || jsonb_build_object('contact', ${to}::text)
    where ${contactOfJob} = ${String(from)}`;
  // Twice as above.
  await statement.execute(trx);
  await statement.execute(trx);
}

/** Which of these contacts are still there; they stay until the transaction ends. */
export async function holdContacts(trx: Database, contactIds: readonly number[]): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: number }>`
    select id from contacts where id = any(${contactIds}::bigint[]) order by id for key share`.execute(trx);
  return new Set(rows.map(({ id }) => id));
}

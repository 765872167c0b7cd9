import { sql } from "kysely";
import type { Database } from "./database.ts";

/** A mail about somebody's account, in the queue. What it says is sealed. */
interface MailJob {
  readonly id: string;
  readonly data: unknown;
  /** Sent, or given up; its row stays for days. */
  readonly isOver: boolean;
}

/** All of them: there are as many as people asked for within days. None where no server has run yet. */
export async function listMailJobs(trx: Database, jobSchema: string): Promise<MailJob[]> {
  const { rows: there } =
    await sql`select 1 from pg_tables where schemaname = ${jobSchema} and tablename = 'queue'`.execute(trx);
  if (there.length === 0) return [];
  const { rows } = await sql<MailJob>`
    select id::text as id, data -> 'value' as data, state >= 'completed' as "isOver"
    from ${sql.table(`${jobSchema}.job`)} where name = 'send-account-mail' order by id`.execute(trx.withoutPlugins());
  return rows;
}

export async function deleteMailJobs(trx: Database, jobSchema: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`delete from ${sql.table(`${jobSchema}.job`)}
    where name = 'send-account-mail' and id = any(${ids}::uuid[])`.execute(trx);
}

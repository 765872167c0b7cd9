import { sql } from "kysely";
import type { Database } from "./database.ts";

/** No count goes further: what is asked every few seconds must not read a million rows when it matters most. */
export const countedAtMost = 100_000;

/** What waits in one lane of one kind of channel. */
export interface OutboxDepth {
  readonly kind: string;
  readonly lane: "live" | "bulk";
  readonly messages: number;
  /** Seconds since the longest waiting one might have left; a message whose channel told us to wait is not late. */
  readonly lateSeconds: number;
}

/** Messages that have still to leave, at most `countedAtMost` of them counted. */
export async function countOutbox(db: Database): Promise<OutboxDepth[]> {
  const { rows } = await sql<OutboxDepth>`
    select coalesce(c.kind, 'gone') as kind, case when q.lane = 0 then 'live' else 'bulk' end as lane,
      count(*)::int as messages,
      coalesce(extract(epoch from max(now() - greatest(q.created_at, q.next_attempt_at)) filter
        (where greatest(q.created_at, q.next_attempt_at) <= now())), 0)::float8 as "lateSeconds"
    from (select lane, channel_id, created_at, next_attempt_at from messages where status = 'queued'
      order by lane, id limit ${countedAtMost}) as q
    left join channels c on c.id = q.channel_id
    group by 1, 2`.execute(db.withoutPlugins());
  return rows;
}

/** The queue's own counts, which its supervisor renews; nothing is counted here. Empty where no server has run yet. */
export interface JobDepth {
  readonly queue: string;
  /** Could be taken up now. */
  readonly ready: number;
  /** Wait for their time. */
  readonly deferred: number;
  readonly active: number;
  /** Given up after all their tries. */
  readonly failed: number;
}

export async function countJobs(db: Database, jobSchema: string): Promise<JobDepth[]> {
  const { rows: there } =
    await sql`select 1 from pg_tables where schemaname = ${jobSchema} and tablename = 'queue'`.execute(db);
  if (there.length === 0) return [];
  const { rows } = await sql<JobDepth>`
    select name as queue, ready_count as ready, deferred_count as deferred, active_count as active, failed_count as failed
    from ${sql.table(`${jobSchema}.queue`)} where name not like '\\_\\_pgboss%' order by name`.execute(
    db.withoutPlugins(),
  );
  return rows;
}

/** Jobs of a queue that were given up and still matter: not those of a job that comes again by itself (a cron line's) and went well since. */
export async function countGivenUp(db: Database, jobSchema: string, queue: string): Promise<number> {
  const jobs = sql.table(`${jobSchema}.job`);
  const { rows } = await sql<{ jobs: number }>`
    with done as (
      select coalesce(data, 'null') as data, max(completed_on) as at from ${jobs}
      where name = ${queue} and state = 'completed' and name in (select name from ${sql.table(`${jobSchema}.schedule`)})
      group by 1
    )
    select count(*)::int as jobs from ${jobs} f left join done on done.data = coalesce(f.data, 'null')
    where f.name = ${queue} and f.state = 'failed' and (done.at is null or done.at < f.completed_on)`.execute(
    db.withoutPlugins(),
  );
  return rows[0]?.jobs ?? 0;
}

/** Waits that should be over at `at` (Unix ms). */
export async function countOverdueTimers(
  db: Database,
  at: number,
): Promise<{ readonly positions: number; readonly oldestSeconds: number }> {
  const now = new Date(at);
  const { rows } = await sql<{ positions: number; oldestSeconds: number }>`
    select count(*)::int as positions, coalesce(extract(epoch from ${now}::timestamptz - min(wake_at)), 0)::float8 as "oldestSeconds"
    from (select wake_at from positions where wake_at <= ${now} order by wake_at limit ${countedAtMost}) as due`.execute(
    db.withoutPlugins(),
  );
  return rows[0] ?? { positions: 0, oldestSeconds: 0 };
}

/** Deliveries to webhooks that are not done. `dead`: given up, until they are sent again or pruned. */
export async function countOpenDeliveries(db: Database): Promise<{ readonly waiting: number; readonly dead: number }> {
  const { rows } = await sql<{ waiting: number; dead: number }>`
    select (select count(*)::int from (select 1 from webhook_deliveries where status = 'waiting' limit ${countedAtMost}) w) as waiting,
      (select count(*)::int from (select 1 from webhook_deliveries where status = 'dead' limit ${countedAtMost}) d) as dead`.execute(
    db.withoutPlugins(),
  );
  return rows[0] ?? { waiting: 0, dead: 0 };
}

/** How many channels there are of each kind in each status. */
export async function countChannels(
  db: Database,
): Promise<{ readonly kind: string; readonly status: string; readonly channels: number }[]> {
  const { rows } = await sql<{ kind: string; status: string; channels: number }>`
    select kind, status, count(*)::int as channels from channels group by 1, 2`.execute(db.withoutPlugins());
  return rows;
}

/** A process that gave a sign of life lately. */
export interface LivingProcess {
  readonly id: number;
  readonly roles: string;
  /** Null: it is of one that did not say yet. */
  readonly release: string | null;
  readonly startedAt: Date;
  readonly heartbeatAt: Date;
}

/** The longest alive first. */
export async function listProcesses(db: Database): Promise<LivingProcess[]> {
  return await db
    .selectFrom("processes")
    .select(["id", "roles", "release", "startedAt", "heartbeatAt"])
    .where("heartbeatAt", ">", sql<Date>`now() - interval '15 seconds'`)
    .orderBy("startedAt")
    .orderBy("id")
    .execute();
}

/** Processes that are alive, by their roles. */
export async function countProcesses(db: Database): Promise<{ readonly roles: string; readonly processes: number }[]> {
  const { rows } = await sql<{ roles: string; processes: number }>`
    select roles, count(*)::int as processes from processes where heartbeat_at > now() - interval '15 seconds' group by 1`.execute(
    db.withoutPlugins(),
  );
  return rows;
}

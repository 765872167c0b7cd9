import { sql } from "kysely";
import type { Database } from "./database.ts";
import { addDayCounts, raiseDayCounts } from "./day-count-store.ts";
import { addWalks, completeWalks } from "./flow-walk-store.ts";

/** Longest stretch of events that is counted in one transaction. */
const stretchMs = 3_600_000;

/** So many events are read with a request instead of being left to the job. */
const mostFresh = 300;

/** Farther back than this, what has not been counted is left to the job. */
const freshMs = 3_600_000;

/**
 * Counts what happened up to `until` and was not counted yet, an hour of it at most. True: there is more. Only one process counts at a time, and what a run that was cut off has counted is not
 * counted again.
 */
export async function countOverview(db: Database, until: Date): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ since: Date | null }>`
      select coalesce(until, least((select min(occurred_at) from events), (select min(created_at) from messages))) as since
      from step_metric_marks where source = 'overview' for update`.execute(trx);
    const since = rows[0]?.since;
    if (since === null || since === undefined || since >= until) return false;
    const end = new Date(Math.min(until.getTime(), since.getTime() + stretchMs));
    const stretch = { since: sql<Date>`${since}::timestamptz`, until: sql<Date>`${end}::timestamptz` };
    await addDayCounts(trx, stretch);
    await addWalks(trx, stretch);
    await trx.updateTable("stepMetricMarks").set({ until: end }).where("source", "=", "overview").execute();
    return end < until;
  });
}

/** Looks again at what happened since then, as far as it has been counted: some is told long after it happened. */
export async function recountOverview(db: Database, since: Date): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ until: Date | null }>`
      select until from step_metric_marks where source = 'overview' for update`.execute(trx);
    const until = rows[0]?.until;
    if (until === null || until === undefined || until <= since) return;
    const stretch = { since: sql<Date>`${since}::timestamptz`, until: sql<Date>`${until}::timestamptz` };
    await raiseDayCounts(trx, stretch);
    await completeWalks(trx, stretch);
  });
}

/** How far the counting has come. */
export interface Counted {
  /** From then on, a request reads events and messages themselves; undefined: there are too many, so the numbers end at `until`. */
  readonly fresh: Date | undefined;
  /** Null: nothing has been counted. */
  readonly until: Date | null;
}

export async function findCounted(db: Database, now: Date): Promise<Counted> {
  const { until } = await db
    .selectFrom("stepMetricMarks")
    .select("until")
    .where("source", "=", "overview")
    .executeTakeFirstOrThrow();
  const edge = new Date(now.getTime() - freshMs);
  if (until !== null && until < edge) return { fresh: undefined, until };
  const since = until ?? edge;
  // A question of its own: only a moment that is known beforehand is looked up by the index (2 ms instead of 300 among a million events).
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from (
      select from events where occurred_at >= ${since}::timestamptz limit ${mostFresh + 1}) events`.execute(db);
  if ((rows[0]?.waiting ?? 0) > mostFresh) return { fresh: undefined, until };
  return { fresh: since, until: until === null ? null : now };
}

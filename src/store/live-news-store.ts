import { sql } from "kysely";
import type { Database } from "./database.ts";

/** Something that a process tells the others: what they would hear by NOTIFY. */
export interface LiveNews {
  readonly channel: string;
  /** JSON. */
  readonly payload: string;
}

/** How long news stay, in seconds: longer than any look takes to come. */
const keptSeconds = 30;

/** For the processes that cannot listen. */
export async function storeLiveNews(db: Database, processId: number, news: readonly LiveNews[]): Promise<void> {
  await db
    .insertInto("liveNews")
    .values(news.map(({ channel, payload }) => ({ processId, channel, payload })))
    .execute();
}

/** The newest id there is; 0: none. */
export async function findLastLiveNewsId(db: Database): Promise<number> {
  const row = await db.selectFrom("liveNews").select("id").orderBy("id", "desc").limit(1).executeTakeFirst();
  return row?.id ?? 0;
}

/** What others than this process have told after an id, in order. */
export async function readLiveNews(
  db: Database,
  processId: number,
  afterId: number,
): Promise<readonly (LiveNews & { readonly id: number })[]> {
  return await db
    .selectFrom("liveNews")
    .select(["id", "channel", "payload"])
    .where("id", ">", afterId)
    .where("processId", "!=", processId)
    .orderBy("id")
    .execute();
}

export async function pruneLiveNews(db: Database): Promise<void> {
  await db.deleteFrom("liveNews").where("at", "<", sql<Date>`now() - make_interval(secs => ${keptSeconds})`).execute();
}

/** Whether any living process reads what is stored here. */
export async function hasNewsReaders(db: Database): Promise<boolean> {
  const row = await db.selectFrom("processes").select("id").where("hasSession", "=", false).executeTakeFirst();
  return row !== undefined;
}

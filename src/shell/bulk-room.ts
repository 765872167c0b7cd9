import { sql } from "kysely";
import type { Database } from "../store/database.ts";
import type { ChannelRuntime } from "./channel-runtime.ts";

/** What a broadcast may hand in now. */
export interface BulkRoom {
  /** Messages that the channels' queues have room for; infinite where nothing is limited. */
  readonly free: number;
  /** What they hold at most. */
  readonly most: number;
}

/** How far a broadcast goes ahead of what the channels can send: whoever pauses it sees it stop within this. */
const aheadSeconds = 5;
/** Slow channels hold a few all the same: a look at them each fifth of a second must not find them empty. */
const leastQueue = 20;

/**
 * Looks how much of a bot's channels' queues is taken. Their queues are in the database, so that this holds over all processes, and it is what keeps a broadcast to a million from making a million
 * messages that wait: memory stays bounded, a pause is a pause, and what is waiting when a platform is away is a few seconds' worth.
 */
export function createBulkRoom({ db, channels }: { readonly db: Database; readonly channels: ChannelRuntime }) {
  return async (botId: number): Promise<BulkRoom> => {
    const rows = await db
      .selectFrom("channels")
      .select("id")
      .where("botId", "=", botId)
      .where("status", "=", "connected")
      .execute();
    const ids = rows.map(({ id }) => id);
    const running = await Promise.all(ids.map((id) => channels.find(id)));
    const most = running.reduce((sum, channel) => {
      if (channel === undefined || channel.type.capabilities.pull === true) return sum;
      const own = channel.settings as { readonly bulkPerSecond?: number };
      const perSecond = own.bulkPerSecond ?? channel.type.capabilities.rates.bulkPerSecond;
      return sum + Math.max(leastQueue, Math.ceil(perSecond * aheadSeconds));
    }, 0);
    if (most === 0) return { free: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY };
    const { rows: counted } = await sql<{ count: number }>`select count(*) as count from (
      select from messages where status = 'queued' and lane = 1 and channel_id = any(${ids}::bigint[]) limit ${most}) queued`.execute(
      db,
    );
    return { free: Math.max(0, most - (counted[0]?.count ?? 0)), most };
  };
}

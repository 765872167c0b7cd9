import { sql } from "kysely";
import pg from "pg";
import type { Logger } from "pino";
import type { Database } from "../store/database.ts";
import {
  findLastLiveNewsId,
  type LiveNews,
  pruneLiveNews,
  readLiveNews,
  storeLiveNews,
} from "../store/live-news-store.ts";
import { lockSpaces } from "../store/lock-spaces.ts";
import { createSeldomWarning } from "./seldom-warning.ts";

/** How news come from one process to the others. */
export interface Wire {
  /** Best effort, in order. */
  tell(news: readonly LiveNews[]): void;
  stop(): Promise<void>;
}

interface WireOptions {
  readonly db: Database;
  readonly processId: number;
  /** Hears what other processes tell. */
  readonly hear: (news: LiveNews) => void;
  readonly log: Logger;
}

const retryMs = 500;

/**
 * LISTEN/NOTIFY on a connection of its own, which also holds the lock by which others see that this process is alive. `hasReaders`: whether some process cannot
 * listen; what it shall hear is stored as well.
 */
export function openSessionWire(
  options: WireOptions & {
    readonly sessionString: string;
    readonly channels: readonly string[];
    readonly hasReaders: () => boolean;
  },
): Wire {
  const { db, sessionString, channels, processId: ownId, hear, hasReaders, log } = options;
  let client: (pg.Client & { readonly processID?: number }) | undefined;
  /** From the moment it connects: while an earlier connection still holds the lock, it waits for that one's end. */
  let latest: pg.Client | undefined;
  let stopping = false;
  let sending: Promise<unknown> = Promise.resolve();
  let retry: NodeJS.Timeout | undefined;
  const warn = createSeldomWarning(log, "no connection for live news; trying again");

  async function connect(): Promise<void> {
    const fresh: pg.Client & { readonly processID?: number } = new pg.Client({
      connectionString: sessionString,
      keepAlive: true,
    });
    latest = fresh;
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      if (client === fresh) client = undefined;
      if (!stopping) retry = setTimeout(() => void connect(), retryMs);
    };
    fresh.on("error", over);
    fresh.on("end", over);
    fresh.on("notification", ({ channel, payload, processId }) => {
      // Our own news were told when they were made.
      if (processId !== fresh.processID) hear({ channel, payload: payload ?? "null" });
    });
    try {
      await fresh.connect();
      await fresh.query(channels.map((channel) => `listen ${channel}`).join("; "));
      await fresh.query("select pg_advisory_lock($1, $2)", [lockSpaces.processes, ownId]);
      client = fresh;
    } catch (thrown) {
      warn(thrown);
      await fresh.end().catch(() => undefined);
      over();
    }
  }

  async function send(news: readonly LiveNews[]): Promise<void> {
    for (const { channel, payload } of news) await client?.query("select pg_notify($1, $2)", [channel, payload]);
    if (hasReaders()) await storeLiveNews(db, ownId, news);
  }

  void connect();
  return {
    tell(news) {
      // One after the other: a connection takes one statement at a time.
      sending = sending.then(() => send(news)).catch(() => undefined);
    },
    async stop() {
      stopping = true;
      clearTimeout(retry);
      await latest?.end().catch(() => undefined);
    },
  };
}

/** Between two looks: what an agent takes for "at once". */
const lookMs = 250;
/** News get their numbers before they are committed: one with a smaller number may be seen this much later. */
const lateMs = 3_000;
const pruneMs = 10_000;

/** Behind a pooler nobody can listen: news are kept in a table for some seconds and looked for there. NOTIFY goes through a pooler; those who listen hear it. */
export function openPollingWire({ db, processId, hear, log }: WireOptions): Wire {
  let sending: Promise<unknown> = Promise.resolve();
  let stopping = false;
  let endNap: (() => void) | undefined;
  /** Ids seen of late, with when. Below `floor` nothing more is expected. */
  const seen = new Map<number, number>();
  let floor: number | undefined;
  let prunedAt = performance.now();
  const warnOfLook = createSeldomWarning(log, "live news could not be looked for; trying again");

  async function look(): Promise<void> {
    floor ??= await findLastLiveNewsId(db);
    for (const news of await readLiveNews(db, processId, floor)) {
      if (seen.has(news.id)) continue;
      seen.set(news.id, performance.now());
      hear(news);
    }
    for (const [id, at] of seen) {
      if (performance.now() - at < lateMs) continue;
      seen.delete(id);
      floor = Math.max(floor, id);
    }
    if (performance.now() - prunedAt > pruneMs) {
      prunedAt = performance.now();
      await pruneLiveNews(db);
    }
  }

  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        await look();
      } catch (thrown) {
        warnOfLook(thrown);
      }
      if (!stopping) await nap();
    }
  }

  const nap = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lookMs);
      endNap = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function send(news: readonly LiveNews[]): Promise<void> {
    await storeLiveNews(db, processId, news);
    for (const { channel, payload } of news) await sql`select pg_notify(${channel}, ${payload})`.execute(db);
  }

  const looking = loop();
  return {
    tell(news) {
      sending = sending.then(() => send(news)).catch(() => undefined);
    },
    async stop() {
      stopping = true;
      endNap?.();
      await looking;
      await sending;
    },
  };
}

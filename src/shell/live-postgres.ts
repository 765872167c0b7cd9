import pg from "pg";
import type { Logger } from "pino";
import { toError } from "../engine/to-error.ts";
import { processLockSpace } from "../store/outbox-store.ts";
import type { Live, Presence } from "./live.ts";

const channel = "repartee_live";
const jobsChannel = "repartee_jobs";
const presenceChannel = "repartee_presence";
/** News of this long are sent in one NOTIFY. */
const gatherMs = 10;
/** A NOTIFY holds 8000 bytes at most; ids have up to 16 digits. */
const maxIds = 400;
const retryMs = 500;

export interface SharedLive extends Live {
  /** Tells the processes that run jobs that there are new ones of these kinds. */
  announceJobs(kinds: readonly string[]): void;
  stop(): Promise<void>;
}

/**
 * Live news between processes on one PostgreSQL, over LISTEN/NOTIFY on a connection of its own. Best effort: while the connection is away only this
 * process's own news are heard, and pages that wait look again by themselves. `onForeignNews` hears that another process has committed something,
 * `onForeignJobs` that it left jobs to those who run them.
 */
export function createPostgresLive(options: {
  readonly connectionString: string;
  readonly local: Live;
  /** Locked as long as the connection lasts: others see by it that this process is alive. */
  readonly processId: number;
  readonly onForeignNews: () => void;
  readonly onForeignJobs: (kinds: readonly string[]) => void;
  readonly log: Logger;
}): SharedLive {
  const { connectionString, local, processId: ownId, onForeignNews, onForeignJobs, log } = options;
  let client: (pg.Client & { readonly processID?: number }) | undefined;
  /** From the moment it connects: while an earlier connection still holds the lock, it waits for that one's end. */
  let latest: pg.Client | undefined;
  let stopping = false;
  let gathered = new Set<number>();
  let gatheredKinds = new Set<string>();
  let sending: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const fresh: pg.Client & { readonly processID?: number } = new pg.Client({ connectionString, keepAlive: true });
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
    fresh.on("notification", ({ channel: heardOn, payload, processId }) => {
      // Our own news were told when they were made.
      if (processId === fresh.processID) return;
      if (heardOn === jobsChannel) {
        onForeignJobs(JSON.parse(payload ?? "[]") as string[]);
        return;
      }
      if (heardOn === presenceChannel) {
        local.announcePresence(JSON.parse(payload ?? "null") as Presence);
        return;
      }
      for (const id of JSON.parse(payload ?? "[]") as number[]) local.announce(id);
      onForeignNews();
    });
    try {
      await fresh.connect();
      await fresh.query(`listen ${channel}; listen ${jobsChannel}; listen ${presenceChannel}`);
      await fresh.query("select pg_advisory_lock($1, $2)", [processLockSpace, ownId]);
      client = fresh;
    } catch (thrown) {
      log.warn({ err: toError(thrown) }, "no connection for live news; trying again");
      await fresh.end().catch(() => undefined);
      over();
    }
  }

  function flush(): void {
    timer = undefined;
    const ids = [...gathered];
    const kinds = [...gatheredKinds];
    gathered = new Set();
    gatheredKinds = new Set();
    if (kinds.length > 0) notify(jobsChannel, kinds);
    for (let start = 0; start < ids.length; start += maxIds) notify(channel, ids.slice(start, start + maxIds));
  }

  function notify(on: string, news: readonly (number | string)[] | Presence): void {
    // One after the other: a connection takes one statement at a time.
    sending = sending
      .then(async () => await client?.query("select pg_notify($1, $2)", [on, JSON.stringify(news)]))
      .catch(() => undefined);
  }

  void connect();
  return {
    announce(contactId) {
      local.announce(contactId);
      gathered.add(contactId);
      timer ??= setTimeout(flush, gatherMs);
    },
    announceJobs(kinds) {
      for (const kind of kinds) gatheredKinds.add(kind);
      timer ??= setTimeout(flush, gatherMs);
    },
    announcePresence(presence) {
      local.announcePresence(presence);
      notify(presenceChannel, presence);
    },
    listenToPresence: (heard) => local.listenToPresence(heard),
    listen: (contactId, heard) => local.listen(contactId, heard),
    listenToAll: (heard) => local.listenToAll(heard),
    async stop() {
      stopping = true;
      clearTimeout(timer);
      clearTimeout(retry);
      await latest?.end().catch(() => undefined);
    },
  };
}

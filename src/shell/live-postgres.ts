import type { Logger } from "pino";
import type { Database } from "../store/database.ts";
import type { LiveNews } from "../store/live-news-store.ts";
import type { BroadcastNews, Live, Presence } from "./live.ts";
import { openPollingWire, openSessionWire } from "./live-wires.ts";

const channel = "repartee_live";
const jobsChannel = "repartee_jobs";
const presenceChannel = "repartee_presence";
const broadcastsChannel = "repartee_broadcasts";
const signOutsChannel = "repartee_sign_outs";
/** News of this long are sent in one NOTIFY. */
const gatherMs = 10;
/** A NOTIFY holds 8000 bytes at most; ids have up to 16 digits. */
const maxIds = 400;

export interface SharedLive extends Live {
  /** Tells the processes that run jobs that there are new ones of these kinds. */
  announceJobs(kinds: readonly string[]): void;
  stop(): Promise<void>;
}

/**
 * Live news between processes on one PostgreSQL: over LISTEN/NOTIFY on a session of its own, or, behind a pooler, by a table that is looked at. Best effort: while
 * the connection is away only this process's own news are heard, and pages that wait look again by themselves. `onForeignNews` hears that another process has
 * committed something, `onForeignJobs` that it left jobs to those who run them.
 */
export function createPostgresLive(options: {
  readonly db: Database;
  /** PostgreSQL itself; absent: only a pooler is known. */
  readonly sessionString: string | undefined;
  readonly local: Live;
  /** Locked as long as the session lasts: others see by it that this process is alive. */
  readonly processId: number;
  /** Whether some living process cannot listen. */
  readonly hasReaders: () => boolean;
  readonly onForeignNews: () => void;
  readonly onForeignJobs: (kinds: readonly string[]) => void;
  readonly log: Logger;
}): SharedLive {
  const { db, sessionString, local, processId, hasReaders, onForeignNews, onForeignJobs, log } = options;
  let gathered = new Set<number>();
  let gatheredKinds = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const hearers: Readonly<Record<string, (payload: string) => void>> = {
    [jobsChannel]: (payload) => onForeignJobs(JSON.parse(payload) as string[]),
    [presenceChannel]: (payload) => local.announcePresence(JSON.parse(payload) as Presence),
    [broadcastsChannel]: (payload) => local.announceBroadcast(JSON.parse(payload) as BroadcastNews),
    [signOutsChannel]: (payload) => local.announceSignOut(JSON.parse(payload) as number),
    [channel]: (payload) => {
      for (const id of JSON.parse(payload) as number[]) local.announce(id);
      onForeignNews();
    },
  };
  const wireOptions = { db, processId, hear: (news: LiveNews) => hearers[news.channel]?.(news.payload), log };
  const wire =
    sessionString === undefined
      ? openPollingWire(wireOptions)
      : openSessionWire({ ...wireOptions, sessionString, channels: Object.keys(hearers), hasReaders });

  function flush(): void {
    timer = undefined;
    const ids = [...gathered];
    const kinds = [...gatheredKinds];
    gathered = new Set();
    gatheredKinds = new Set();
    const news: LiveNews[] = kinds.length > 0 ? [{ channel: jobsChannel, payload: JSON.stringify(kinds) }] : [];
    for (let start = 0; start < ids.length; start += maxIds)
      news.push({ channel, payload: JSON.stringify(ids.slice(start, start + maxIds)) });
    wire.tell(news);
  }

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
      wire.tell([{ channel: presenceChannel, payload: JSON.stringify(presence) }]);
    },
    announceBroadcast(news) {
      local.announceBroadcast(news);
      wire.tell([{ channel: broadcastsChannel, payload: JSON.stringify(news) }]);
    },
    announceSignOut(userId) {
      local.announceSignOut(userId);
      wire.tell([{ channel: signOutsChannel, payload: JSON.stringify(userId) }]);
    },
    listenToSignOuts: (heard) => local.listenToSignOuts(heard),
    listenToBroadcasts: (heard) => local.listenToBroadcasts(heard),
    listenToPresence: (heard) => local.listenToPresence(heard),
    listen: (contactId, heard) => local.listen(contactId, heard),
    listenToAll: (heard) => local.listenToAll(heard),
    async stop() {
      clearTimeout(timer);
      await wire.stop();
    },
  };
}

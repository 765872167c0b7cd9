import pg from "pg";
import type { Logger } from "pino";
import { toError } from "../engine/to-error.ts";
import type { Database, OpenDatabase } from "../store/database.ts";
import { type Lease, takeLease } from "../store/lease-store.ts";
import { lockSpaces } from "../store/lock-spaces.ts";

/** Decides which process polls a channel. */
export interface ChannelLocks {
  /** `onLost`: told when the lock goes by itself. */
  acquire(channelId: number, onLost: () => void): Promise<boolean>;
  release(channelId: number): Promise<void>;
  close(): Promise<void>;
}

export function createChannelLocks(database: OpenDatabase, log: Logger): ChannelLocks {
  if (database.kind === "embedded") {
    return { acquire: async () => true, release: async () => undefined, close: async () => undefined };
  }
  const { sessionString } = database;
  return sessionString === undefined ? createLeasedLocks(database.db, log) : createSessionLocks(sessionString);
}

/** Locks that go with their connection, however the process ends. All of a process on one connection: there may be a thousand channels. */
function createSessionLocks(sessionString: string): ChannelLocks {
  const held = new Map<number, () => void>();
  let session: Promise<pg.Client> | undefined;

  function open(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: sessionString, keepAlive: true });
    const opening = client.connect().then(() => client);
    const lose = () => {
      if (session !== opening) return;
      session = undefined;
      const lost = [...held.values()];
      held.clear();
      for (const onLost of lost) onLost();
    };
    client.on("error", lose);
    client.on("end", lose);
    opening.catch(lose);
    return opening;
  }

  return {
    async acquire(channelId, onLost) {
      // The same session would get its lock a second time.
      if (held.has(channelId)) return false;
      session ??= open();
      const current = session;
      const client = await current;
      const { rows } = await client.query<{ got: boolean }>("select pg_try_advisory_lock($1, $2) as got", [
        lockSpaces.channels,
        channelId,
      ]);
      if (rows[0]?.got !== true || session !== current) return false;
      held.set(channelId, onLost);
      return true;
    },
    async release(channelId) {
      if (!held.delete(channelId)) return;
      // Where the connection is gone, so is the lock.
      const client = await session?.catch(() => undefined);
      await client?.query("select pg_advisory_unlock($1, $2)", [lockSpaces.channels, channelId]).catch(() => undefined);
    },
    async close() {
      held.clear();
      const closing = session;
      session = undefined;
      await closing?.then((client) => client.end()).catch(() => undefined);
    },
  };
}

/** How long a dead process's channel waits for another. */
const leaseMs = 10_000;
const renewMs = 2_500;

/** Behind a pooler no lock goes with a connection: a lease, kept up while the process lives. */
function createLeasedLocks(db: Database, log: Logger): ChannelLocks {
  const held = new Map<number, { readonly lease: Lease; readonly onLost: () => void }>();
  const renewal = setInterval(() => {
    for (const [channelId, { lease, onLost }] of held) {
      lease
        .renew(leaseMs)
        .catch((thrown) => {
          log.warn({ err: toError(thrown), channelId }, "a channel's lease could not be kept up");
          return performance.now() < lease.until;
        })
        .then((isKept) => {
          if (isKept || held.get(channelId)?.lease !== lease) return;
          held.delete(channelId);
          onLost();
        });
    }
  }, renewMs);
  return {
    async acquire(channelId, onLost) {
      if (held.has(channelId)) return false;
      const lease = await takeLease(db, `channel ${channelId}`, leaseMs);
      if (lease === undefined) return false;
      held.set(channelId, { lease, onLost });
      return true;
    },
    async release(channelId) {
      const lock = held.get(channelId);
      held.delete(channelId);
      await lock?.lease.end().catch(() => undefined);
    },
    async close() {
      clearInterval(renewal);
      const locks = [...held.values()];
      held.clear();
      await Promise.all(locks.map(({ lease }) => lease.end().catch(() => undefined)));
    },
  };
}

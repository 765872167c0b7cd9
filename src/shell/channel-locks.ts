import pg from "pg";
import type { OpenDatabase } from "../store/database.ts";

/** Decides which process polls a channel: its lock goes with its connection, however the process ends. */
export interface ChannelLocks {
  /** `onLost`: told when the lock goes with a connection that broke. */
  acquire(channelId: number, onLost: () => void): Promise<boolean>;
  release(channelId: number): Promise<void>;
  close(): Promise<void>;
}

/** Our number in the first half of PostgreSQL's two-part advisory lock keys. */
const lockSpace = 7_361;

export function createChannelLocks(database: OpenDatabase): ChannelLocks {
  if (database.connectionString === undefined) {
    return { acquire: async () => true, release: async () => undefined, close: async () => undefined };
  }
  const { connectionString } = database;
  // One connection a lock: when it breaks the lock is free.
  const held = new Map<number, pg.Client>();
  return {
    async acquire(channelId, onLost) {
      const client = new pg.Client({ connectionString, keepAlive: true });
      const lose = () => {
        if (held.get(channelId) !== client) return;
        held.delete(channelId);
        onLost();
      };
      client.on("error", lose);
      client.on("end", lose);
      try {
        await client.connect();
        const { rows } = await client.query<{ got: boolean }>("select pg_try_advisory_lock($1, $2) as got", [
          lockSpace,
          channelId,
        ]);
        if (rows[0]?.got === true) {
          held.set(channelId, client);
          return true;
        }
      } catch (thrown) {
        await client.end().catch(() => undefined);
        throw thrown;
      }
      await client.end();
      return false;
    },
    async release(channelId) {
      const client = held.get(channelId);
      held.delete(channelId);
      await client?.end().catch(() => undefined);
    },
    async close() {
      const clients = [...held.values()];
      held.clear();
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    },
  };
}

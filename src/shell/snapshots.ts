import type { PublishedFlow } from "../engine/prepare-flow.ts";
import type { PreparedFlow } from "../model/flow.ts";
import type { BotSnapshot } from "../model/world.ts";
import type { Database } from "../store/database.ts";
import { loadSnapshot, type VersionedSnapshot } from "../store/snapshot-store.ts";

/** The bots' published state, kept in memory and read again when the workspace's revision has moved on. */
export interface Snapshots {
  /** `revision` is what the caller's transaction sees. Undefined: the bot is gone. */
  get(db: Database, botId: number, revision: number): Promise<BotSnapshot | undefined>;
}

export function createSnapshots(prepare: (flow: PublishedFlow) => PreparedFlow): Snapshots {
  const byBot = new Map<number, VersionedSnapshot>();
  // A published version never changes: preparing it once is enough, however often the rest of the bot does.
  const prepared = new Map<number, PreparedFlow>();
  const prepareOnce = (flow: PublishedFlow) => {
    const known = prepared.get(flow.id);
    if (known?.version === flow.version && known.name === flow.name) return known;
    const fresh = prepare(flow);
    prepared.set(flow.id, fresh);
    return fresh;
  };
  return {
    async get(db, botId, revision) {
      const known = byBot.get(botId);
      if (known !== undefined && known.revision >= revision) return known.snapshot;
      const loaded = await loadSnapshot(db, botId, prepareOnce);
      if (loaded === undefined) {
        byBot.delete(botId);
        return undefined;
      }
      byBot.set(botId, loaded);
      return loaded.snapshot;
    },
  };
}

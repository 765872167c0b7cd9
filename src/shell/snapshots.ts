import { actions } from "../actions/index.ts";
import { channelTypes } from "../channels/index.ts";
import { policyOf } from "../engine/channel-policy.ts";
import type { ChannelCatalogue } from "../engine/channel-type.ts";
import type { PublishedFlow } from "../engine/prepare-flow.ts";
import type { ChannelRules } from "../model/channel-rules.ts";
import type { PreparedFlow } from "../model/flow.ts";
import type { BotSnapshot } from "../model/world.ts";
import { steps } from "../steps/index.ts";
import type { Database } from "../store/database.ts";
import { findForeignKinds, hasUnknownKinds, type KnownKinds } from "../store/known-kind-store.ts";
import { loadSnapshot, type VersionedSnapshot } from "../store/snapshot-store.ts";
import { LeftToNewer } from "./submission.ts";

/** Of this release. */
export const registeredKinds: KnownKinds = {
  steps: new Set(Object.keys(steps)),
  actions: new Set(Object.keys(actions)),
};

/** The bots' published state, kept in memory and read again when the workspace's revision has moved on. */
export interface Snapshots {
  /** `revision` is what the caller's transaction sees. Undefined: the bot is gone. */
  get(db: Database, botId: number, revision: number): Promise<BotSnapshot | undefined>;
}

/**
 * `known`: what this release can do. A bot that uses more than that, and what a newer release knows, is left to that one: its events are refused with `LeftToNewer`, so
 * that timers, jobs and messengers come again until a process of that release takes them.
 */
export function createSnapshots(
  prepare: (flow: PublishedFlow) => PreparedFlow,
  known: KnownKinds = registeredKinds,
  catalogue: ChannelCatalogue = channelTypes,
): Snapshots {
  const channelRules = new Map<string, ChannelRules>(
    Object.entries(catalogue).map(([kind, { capabilities }]) => [kind, capabilities]),
  );
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
      const kept = byBot.get(botId);
      if (kept !== undefined && kept.revision >= revision) return kept.snapshot;
      const unknown: PublishedFlow[] = [];
      const loaded = await loadSnapshot(db, botId, (flow) => {
        if (hasUnknownKinds(flow.document, known)) unknown.push(flow);
        return prepareOnce(flow);
      });
      for (const { ref, document } of unknown) {
        const [foreign] = await findForeignKinds(db, document, known);
        if (foreign !== undefined)
          throw new LeftToNewer(
            `the flow "${ref}" has a ${foreign}, which only a newer release knows; this process leaves it to that`,
            botId,
          );
      }
      if (loaded === undefined) {
        byBot.delete(botId);
        return undefined;
      }
      const channelPolicies = new Map(
        loaded.channels.map(({ id, kind, settings }) => [id, policyOf(channelRules.get(kind)?.consentWords, settings)]),
      );
      const snapshot = { ...loaded.snapshot, channelRules, channelPolicies };
      byBot.set(botId, { ...loaded, snapshot });
      return snapshot;
    },
  };
}

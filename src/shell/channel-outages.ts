import type { QueuedMessage } from "../store/outbox-store.ts";
import type { OutboxLines } from "./outbox-lines.ts";

/**
 * Knows whose platform is away. A message waits longer before each try, up to an hour: that is for one that is at fault itself. Where the platform was away, all would come as late after it is back as they
 * had waited for it: a minute's outage made one of them five minutes late. So it is asked how it is, by a call that sends nothing, and they go as soon as it is well again. Each message is hastened so once; if that was of no use, it is its
 * own fault.
 */
export interface ChannelOutages {
  /** A message was not taken, for a reason that passes. */
  postponed(message: QueuedMessage): void;
  /** A message of another process came over, which may have tried it. `now`: Unix milliseconds. */
  adopted(message: QueuedMessage, now: number): void;
  /** The platform has taken a message. */
  taken(channelId: number): void;
  stop(): void;
}

/** A fault that is over by then is nobody's outage. */
const firstLookMs = 2_000;
const longestPauseMs = 30_000;

interface Outage {
  readonly ids: Set<number>;
  look: NodeJS.Timeout | undefined;
  isAway: boolean;
}

export function createChannelOutages(
  lines: Pick<OutboxLines, "hasten" | "hasAny">,
  {
    isWell,
    hastened,
    outageLookMs = firstLookMs,
  }: {
    /** Asks the platform. Undefined: it cannot be asked. */
    readonly isWell: (channelId: number) => Promise<boolean | undefined>;
    /** Some need not wait any more. */
    readonly hastened: () => void;
    /** How long after a fault the platform is asked for the first time. */
    readonly outageLookMs?: number | undefined;
  },
): ChannelOutages {
  const outages = new Map<number, Outage>();
  let isStopped = false;

  function postponed({ channelId, id }: QueuedMessage): void {
    if (isStopped) return;
    const outage = outages.get(channelId) ?? { ids: new Set(), look: undefined, isAway: false };
    outage.ids.add(id);
    outages.set(channelId, outage);
    if (outage.look === undefined) watch(channelId, outage, outageLookMs);
  }

  function watch(channelId: number, outage: Outage, afterMs: number): void {
    outage.look = setTimeout(() => void look(channelId, outage, afterMs), afterMs);
  }

  async function look(channelId: number, outage: Outage, afterMs: number): Promise<void> {
    const answer = await isWell(channelId);
    if (outages.get(channelId) !== outage) return;
    // Nobody waits any more: there is nothing to ask for.
    if (answer === false && lines.hasAny(channelId, outage.ids)) {
      outage.isAway = true;
      watch(channelId, outage, Math.min(afterMs * 1.5, longestPauseMs));
    } else end(channelId, outage, outage.isAway);
  }

  function end(channelId: number, { look, ids }: Outage, wasAway: boolean): void {
    clearTimeout(look);
    outages.delete(channelId);
    if (wasAway && lines.hasten(channelId, ids)) hastened();
  }

  return {
    postponed,
    adopted(message, now) {
      if (message.attempts > 0 && message.notBefore > now) postponed(message);
    },
    taken(channelId) {
      const outage = outages.get(channelId);
      // Where more than one waits and none was taken before this, it was not theirs alone.
      if (outage !== undefined) end(channelId, outage, outage.isAway || outage.ids.size > 1);
    },
    stop() {
      isStopped = true;
      for (const { look } of outages.values()) clearTimeout(look);
    },
  };
}

import type { QueuedMessage } from "../store/outbox-store.ts";
import type { OutboxLines } from "./outbox-lines.ts";

/**
 * Knows whose platform is away: nothing that was tried since it last took a message was taken, and it was more than one message. A message waits longer before each try, up to an hour: that is for one that is at
 * fault itself. Where the platform was away, all would come as late after it is back as they had waited for it (a minute's outage made one of them five minutes late), so they need not wait any more then.
 */
export interface ChannelOutages {
  /** A message was not taken, for a reason that passes. */
  postponed(message: QueuedMessage): void;
  /** A message of another process came over, which may have tried it. `now`: Unix milliseconds. */
  adopted(message: QueuedMessage, now: number): void;
  /** The platform has taken a message. */
  taken(channelId: number): void;
}

export function createChannelOutages(lines: Pick<OutboxLines, "hasten">): ChannelOutages {
  const waiting = new Map<number, Set<number>>();

  function postponed({ channelId, id }: QueuedMessage): void {
    const ids = waiting.get(channelId) ?? new Set();
    waiting.set(channelId, ids.add(id));
  }

  return {
    postponed,
    adopted(message, now) {
      if (message.attempts > 0 && message.notBefore > now) postponed(message);
    },
    taken(channelId) {
      const ids = waiting.get(channelId);
      if (ids === undefined) return;
      waiting.delete(channelId);
      if (ids.size > 1) lines.hasten(channelId, ids);
    },
  };
}

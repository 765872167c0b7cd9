import type { Logger } from "pino";
import type { Database } from "../store/database.ts";
import { claimMessages, findUnsent, type QueuedMessage } from "../store/outbox-store.ts";
import type { ChannelOutages } from "./channel-outages.ts";
import type { OutboxLines } from "./outbox-lines.ts";

const claimSize = 500;
/** A commit that lost its answer is settled by then, once the database answers again. */
const doubtMs = 60_000;

/** How messages come into an outbox by the table: those that nobody alive owns, and those of its own that it did not hear of. */
export function createOutboxClaims(options: {
  readonly db: Database;
  readonly log: Logger;
  readonly processId: number;
  readonly lines: OutboxLines;
  readonly outages: ChannelOutages;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Whether more messages of a lane may be taken. */
  readonly hasRoom: (lane: QueuedMessage["lane"]) => boolean;
  /** There are some that may leave. */
  readonly claimed: () => void;
}): { claim(): Promise<void>; doubt(): void } {
  const { db, log, processId, lines, outages, now, hasRoom } = options;
  let claiming: Promise<void> | undefined;
  let doubtUntil: number | undefined;

  /** One that was sent since it was read is refused when it is to be marked. */
  async function adoptUnknown(): Promise<void> {
    const isLast = doubtUntil !== undefined && performance.now() > doubtUntil;
    for (const message of await findUnsent(db, processId)) lines.add(message);
    if (isLast) doubtUntil = undefined;
    options.claimed();
  }

  async function claimAll(): Promise<void> {
    if (doubtUntil !== undefined) await adoptUnknown();
    while (hasRoom("live")) {
      const claimed = await claimMessages(db, processId, { limit: claimSize, withBulk: hasRoom("bulk") });
      const uncertain = claimed.filter(({ isUncertain }) => isUncertain);
      if (uncertain.length > 0) log.warn({ messages: uncertain.map(({ id }) => id) }, "sends were cut off by a crash");
      for (const message of claimed) {
        lines.add(message);
        outages.adopted(message, now());
      }
      if (claimed.length > 0) options.claimed();
      if (claimed.length < claimSize) return;
    }
  }

  return {
    claim() {
      // One look at a time serves everybody who asks meanwhile.
      claiming ??= claimAll().finally(() => {
        claiming = undefined;
      });
      return claiming;
    },
    doubt() {
      doubtUntil = performance.now() + doubtMs;
    },
  };
}

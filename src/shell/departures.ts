import type { QueuedMessage } from "../store/outbox-store.ts";
import { lineOf, type OutboxLines } from "./outbox-lines.ts";
import type { SendRates } from "./send-rates.ts";

/** A message that is about to be stored. */
export type Departing = Pick<QueuedMessage, "contactId" | "channelId" | "recipient" | "lane">;

/** How long a message may leave on the mark that it was stored with, in ms. A process is taken for dead after a second at the earliest, and another then sends what it had. */
const validMs = 500;

/**
 * Looks, for one batch that is being written, which of its messages will leave as soon as they are committed: these are marked as being sent in the batch's own
 * transaction, which saves each a statement, a commit and the wait for both. Of a contact only the first on each channel, if nothing is held for it; of answers alone; as long as the
 * channel has room and its rates let them go now. Whoever is left out is marked in its turn, as every message was that another process may send to the same chat besides.
 */
export function planDepartures(options: {
  readonly lines: OutboxLines;
  readonly ratesOf: (channelId: number) => SendRates | undefined;
  /** Sends of one channel at a time. */
  readonly maxInFlight: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}): (message: Departing) => number | undefined {
  const { lines, ratesOf, maxInFlight, now } = options;
  const leaving = new Set<string>();
  const counts = new Map<number, number>();
  const until = performance.now() + validMs;
  return (message) => {
    const { channelId, recipient, lane } = message;
    const line = lineOf(message);
    if (lane !== "live" || leaving.has(line) || lines.hasLine(message)) return undefined;
    // One that waits behind it would be marked before it, were it the first to be let go.
    leaving.add(line);
    const count = counts.get(channelId) ?? 0;
    if (lines.count(channelId) + count >= maxInFlight) return undefined;
    if ((ratesOf(channelId)?.waitFor(recipient, lane, now()) ?? 1) > 0) return undefined;
    counts.set(channelId, count + 1);
    return until;
  };
}

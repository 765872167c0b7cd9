import { toError } from "../engine/to-error.ts";
import { claimMessages, findUnsent, type QueuedMessage } from "../store/outbox-store.ts";
import type { StoredMessage } from "../store/outcome-store.ts";
import type { ChannelRuntime, RunningChannel } from "./channel-runtime.ts";
import { createOutboxLines, lineOf } from "./outbox-lines.ts";
import { createSender, type SenderOptions } from "./outbox-send.ts";
import { createSendRates, type SendRates } from "./send-rates.ts";

export interface OutboxOptions extends SenderOptions {
  readonly channels: ChannelRuntime;
}

export interface Outbox {
  /** Messages that were just committed under this process's lease. */
  take(messages: readonly StoredMessage[]): void;
  /** Whether new messages should be leased to this process; no when it has its hands full. */
  readonly hasRoom: boolean;
  /** Takes over what nobody alive owns. Called at the start and every half second. */
  claim(): Promise<void>;
  /** Messages may have been stored for this process without its hearing of it: looks for them. */
  doubt(): void;
  /** Lets running sends end, and starts no more. */
  stop(): Promise<void>;
}

/** Messages held in memory at most; the rest waits in the table. */
const maxHeld = 5_000;
const claimSize = 500;
/** Sends under way at a time, over all channels: enough to hide 50 ms of network at two thousand messages a second. */
const maxInFlight = 128;
const longestNapMs = 60_000;
const databaseAwayDelayMs = 500;
/** An earlier message of the contact is with another process: it will not be long. */
const behindDelayMs = 100;
/** A commit that lost its answer is settled by then, once the database answers again. */
const doubtMs = 60_000;

/**
 * Sends what the batches stored: per contact and channel strictly in order, at the channel's rates, answers before broadcasts. Before a send
 * the message is marked in the database, after it the result is recorded, both in groups: a kill leaves at most the marked
 * ones uncertain.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { db, log, now, processId, channels } = options;
  const lines = createOutboxLines();
  const ratesOf = createRatesByChannel();
  const attempt = createSender(options);
  const sending = new Set<string>();
  /** Lines that look again in a moment, by this process's own time: they wait for another process or for the database. */
  const resting = new Map<string, NodeJS.Timeout>();
  let stopping = false;
  let claiming: Promise<void> | undefined;
  let doubtUntil: number | undefined;
  let alarm: NodeJS.Timeout | undefined;
  let whenQuiet: (() => void) | undefined;

  /** Milliseconds until the message may leave. A channel's rates are known from its first message on. */
  const waitFor = (message: QueuedMessage) =>
    Math.max(
      message.notBefore - now(),
      ratesOf.known(message.channelId)?.waitFor(message.recipient, message.lane, now()) ?? 0,
    );

  /** Starts whatever may start now and sets the alarm for the rest. */
  function pump(): void {
    clearTimeout(alarm);
    if (stopping) return;
    let soonest = Number.POSITIVE_INFINITY;
    for (const head of lines.heads()) {
      if (sending.size >= maxInFlight) return;
      if (sending.has(lineOf(head)) || resting.has(lineOf(head))) continue;
      const wait = waitFor(head);
      if (wait <= 0) void send(head);
      else soonest = Math.min(soonest, wait);
    }
    if (soonest < Number.POSITIVE_INFINITY) alarm = setTimeout(pump, Math.min(soonest, longestNapMs));
  }

  function rest(line: string, forMs: number): void {
    const over = setTimeout(() => {
      resting.delete(line);
      pump();
    }, forMs);
    resting.set(line, over);
  }

  async function send(message: QueuedMessage): Promise<void> {
    const line = lineOf(message);
    sending.add(line);
    try {
      const channel = await channels.find(message.channelId);
      const rates = channel === undefined ? undefined : ratesOf.of(channel);
      if (waitFor(message) > 0) return;
      rates?.took(message.recipient, message.lane, now());
      const verdict = await attempt(message, channel, rates);
      if (verdict.status === "again") lines.replace(message, verdict.message);
      else if (verdict.status === "behind") rest(line, behindDelayMs);
      else lines.remove(message);
    } catch (thrown) {
      // The database is away; the message is still marked as ours.
      log.warn({ err: toError(thrown), messageId: message.id }, "a send could not be recorded; trying again");
      rest(line, databaseAwayDelayMs);
    } finally {
      sending.delete(line);
      if (stopping && sending.size === 0) whenQuiet?.();
      pump();
    }
  }

  /** One that was sent since it was read is refused when it is to be marked. */
  async function adoptUnknown(): Promise<void> {
    const isLast = doubtUntil !== undefined && performance.now() > doubtUntil;
    for (const message of await findUnsent(db, processId)) lines.add(message);
    if (isLast) doubtUntil = undefined;
    pump();
  }

  async function claimAll(): Promise<void> {
    if (doubtUntil !== undefined) await adoptUnknown();
    while (!stopping && lines.size < maxHeld) {
      const claimed = await claimMessages(db, processId, claimSize);
      const uncertain = claimed.filter(({ isUncertain }) => isUncertain);
      if (uncertain.length > 0) log.warn({ messages: uncertain.map(({ id }) => id) }, "sends were cut off by a crash");
      for (const message of claimed) lines.add(message);
      if (claimed.length > 0) pump();
      if (claimed.length < claimSize) return;
    }
  }

  return {
    take(messages) {
      for (const message of messages) {
        lines.add({ ...message, attempts: 0, partsSent: 0, isUncertain: false, notBefore: 0 });
      }
      pump();
    },
    get hasRoom() {
      return !stopping && lines.size < maxHeld;
    },
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
    async stop() {
      stopping = true;
      clearTimeout(alarm);
      for (const timer of resting.values()) clearTimeout(timer);
      if (sending.size > 0) await new Promise<void>((resolve) => (whenQuiet = resolve));
    },
  };
}

/** The limiter of each channel, made anew when its rates are changed. */
function createRatesByChannel() {
  const made = new Map<number, { readonly key: string; readonly rates: SendRates }>();
  return {
    known: (channelId: number): SendRates | undefined => made.get(channelId)?.rates,
    of(channel: RunningChannel): SendRates {
      const { rates: defaults } = channel.type.capabilities;
      const own = channel.settings as Partial<typeof defaults>;
      const limits = {
        bulkPerSecond: own.bulkPerSecond ?? defaults.bulkPerSecond,
        perChatPerSecond: own.perChatPerSecond ?? defaults.perChatPerSecond,
        chatBurst: own.chatBurst ?? defaults.chatBurst,
      };
      const key = JSON.stringify(limits);
      const known = made.get(channel.id);
      if (known?.key === key) return known.rates;
      const rates = createSendRates(limits);
      made.set(channel.id, { key, rates });
      return rates;
    },
  };
}

import { toError } from "../engine/to-error.ts";
import { type QueuedMessage, takeMarksBack } from "../store/outbox-store.ts";
import type { StoredMessage } from "../store/outcome-store.ts";
import { type ChannelOutages, createChannelOutages } from "./channel-outages.ts";
import { createChannelRates } from "./channel-rates.ts";
import type { ChannelRuntime } from "./channel-runtime.ts";
import { type Departing, planDepartures } from "./departures.ts";
import { healthInTime } from "./health-in-time.ts";
import { createOutboxClaims } from "./outbox-claims.ts";
import { createOutboxLines, lineOf, type OutboxLines } from "./outbox-lines.ts";
import { createSender, type SenderOptions, type Verdict } from "./outbox-send.ts";
import type { SendRates } from "./send-rates.ts";
import { tracing } from "./tracing.ts";

export interface OutboxOptions extends SenderOptions {
  readonly channels: ChannelRuntime;
  /** Other processes may send on the same channels: their rates are kept together, in the database. */
  readonly sharesChannels: boolean;
  /** How long after a passing fault a platform is asked how it is. Absent: two seconds. */
  readonly outageLookMs?: number;
}

export interface Outbox {
  /** Messages that were just committed under this process's lease. */
  take(messages: readonly StoredMessage[]): void;
  /** Whether new messages of a lane should be leased to this process; no when it has its hands full. A broadcast takes no room from answers. */
  hasRoom(lane: QueuedMessage["lane"]): boolean;
  /** For one batch: until when (by `performance.now`) a message that it stores leaves on its commit; undefined: it is marked in its turn. */
  planDepartures(): (message: Departing) => number | undefined;
  /** Takes over what nobody alive owns. Called at the start and every half second. */
  claim(): Promise<void>;
  /** Messages may have been stored for this process without its hearing of it: looks for them. */
  doubt(): void;
  /** Lets running sends end, and starts no more. What was to leave and did not waits for another process like all the rest. */
  stop(): Promise<void>;
}

/** Messages held in memory at most; the rest waits in the table. */
const maxHeld = { live: 20_000, bulk: 10_000 };
/**
 * Sends under way at a time: of one channel enough to hide 50 ms of network at two thousand messages a second, and no more, so that a platform that hangs holds up nobody else's. Some are kept for
 * answers.
 */
const maxInFlight = { all: 1_024, channel: 128, bulk: 96 };
const longestNapMs = 60_000;
const databaseAwayDelayMs = 500;
/** An earlier message of the contact is with another process: it will not be long. */
const behindDelayMs = 100;

/**
 * Sends what the batches stored: per contact and channel strictly in order, at the channel's rates, answers before broadcasts. Before a send
 * the message is marked in the database (with the batch that stores it where it leaves at once, else in groups), after it the result is recorded, in groups: a kill leaves at most
 * the marked ones uncertain.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { db, log, now, processId, channels, hasPeers } = options;
  const lines = createOutboxLines();
  const ratesOf = createChannelRates(options, () => pump());
  const attempt = createSender(options);
  const sending = new Set<string>();
  const flights = createFlights();
  const outages = createChannelOutages(lines, {
    ...options,
    isWell: (channelId) => askHowItIs(channelId, options),
    hastened: () => pump(),
  });
  const rests = createRests(() => pump());
  let stopping = false;
  const hasRoom = (lane: QueuedMessage["lane"]) => !stopping && lines.held(lane) < maxHeld[lane];
  const claims = createOutboxClaims({ db, log, processId, lines, outages, now, hasRoom, claimed: () => pump() });
  let alarm: NodeJS.Timeout | undefined;
  let whenQuiet: (() => void) | undefined;

  /** Milliseconds until the message may leave. A channel's rates are known from its first message on. */
  const waitFor = (message: QueuedMessage) =>
    Math.max(
      message.notBefore - now(),
      ratesOf.known(message.channelId)?.waitFor(message.recipient, message.lane, now()) ?? 0,
    );

  /** Starts whatever may start now and sets the alarm for the rest. A group of sends is recorded together, and each look goes over all heads: one for the whole group. */
  const pump = oncePerTurn(() => {
    clearTimeout(alarm);
    if (stopping) return;
    let soonest = Number.POSITIVE_INFINITY;
    for (const channelId of lines.channels()) {
      soonest = Math.min(soonest, pumpLane(channelId, "live", maxInFlight.channel));
      soonest = Math.min(soonest, pumpLane(channelId, "bulk", maxInFlight.bulk));
    }
    if (soonest < Number.POSITIVE_INFINITY) alarm = setTimeout(pump, Math.min(soonest, longestNapMs));
  });

  /** Starts what may start of a channel's lane; returns how long the soonest of the others has to wait, in ms. */
  function pumpLane(channelId: number, lane: QueuedMessage["lane"], most: number): number {
    const rates = ratesOf.known(channelId);
    // The first message of a channel goes alone: its rates are not known before.
    const limit = rates === undefined ? 1 : most;
    const isFull = () => flights.of(channelId) >= limit || sending.size >= maxInFlight.all;
    let soonest = Number.POSITIVE_INFINITY;
    for (const head of lines.heads(channelId, lane)) {
      if (isFull()) break;
      if (sending.has(lineOf(head)) || rests.has(lineOf(head))) continue;
      const wait = waitFor(head);
      if (wait <= 0) void send(head);
      else soonest = Math.min(soonest, wait);
      // Nobody else's turn either.
      if (lane === "bulk" && (rates?.bulkWaitFor(now()) ?? 0) > 0) break;
    }
    return soonest;
  }

  async function send(message: QueuedMessage): Promise<void> {
    const line = lineOf(message);
    sending.add(line);
    flights.begin(message.channelId);
    const known = ratesOf.known(message.channelId);
    // At once, not after the channel was read: others are started in the same turn.
    known?.took(message.recipient, message.lane, now());
    try {
      const channel = await findChannel(channels, message, known);
      const rates = channel === undefined ? undefined : ratesOf.of(channel);
      if (known === undefined) {
        if (waitFor(message) > 0) return;
        rates?.took(message.recipient, message.lane, now());
        // Those that waited to know them need not wait for this one's answer.
        pump();
      }
      const verdict = await attempt(message, channel, rates);
      if (verdict.status === "behind") {
        rates?.gaveBack(message.recipient, message.lane);
        rests.begin(line, behindDelayMs);
      } else follow(verdict, message, { lines, outages });
    } catch (thrown) {
      // The database is away; the message is still marked as ours. What it left on does not hold for another attempt.
      lines.replace(message, { ...message, leavesUntil: undefined });
      log.warn({ err: toError(thrown), ...idsOf(message) }, "a send could not be recorded; trying again");
      rests.begin(line, databaseAwayDelayMs);
    } finally {
      sending.delete(line);
      flights.end(message.channelId);
      if (stopping && sending.size === 0) whenQuiet?.();
      pump();
    }
  }

  return {
    take(messages) {
      const fresh = { trace: tracing()?.current(), attempts: 0, partsSent: 0, isUncertain: false, notBefore: 0 };
      for (const message of messages) lines.add({ ...message, ...fresh });
      pump();
    },
    hasRoom,
    planDepartures() {
      // Who else sends to these chats is asked where the rates are: in the database, by the statement that marks.
      if (stopping || hasPeers()) return () => undefined;
      return planDepartures({ lines, ratesOf: ratesOf.known, maxInFlight: maxInFlight.channel, now });
    },
    claim: claims.claim,
    doubt: claims.doubt,
    async stop() {
      stopping = true;
      clearTimeout(alarm);
      rests.stop();
      outages.stop();
      if (sending.size > 0) await new Promise<void>((resolve) => (whenQuiet = resolve));
      const marked = lines.all().flatMap(({ id, leavesUntil }) => (leavesUntil === undefined ? [] : [id]));
      if (marked.length === 0) return;
      // The end must not fail because the database is away: they count as cut off then.
      await takeMarksBack(db, processId, marked).catch((thrown) =>
        log.warn({ err: toError(thrown), messages: marked }, "marks of what did not leave could not be taken back"),
      );
    },
  };
}

/** Takes a message out of its line, or puts it back for its next try. */
function follow(
  verdict: Exclude<Verdict, { readonly status: "behind" }>,
  message: QueuedMessage,
  { lines, outages }: { readonly lines: OutboxLines; readonly outages: ChannelOutages },
): void {
  if (verdict.status === "again") {
    lines.replace(message, verdict.message);
    if (verdict.isFault) outages.postponed(message);
    return;
  }
  lines.remove(message);
  if (verdict.status === "sent") outages.taken(message.channelId);
}

/** Runs once for all that ask in the same turn, behind the promises that are settled by then. */
function oncePerTurn(run: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    process.nextTick(() => {
      isDue = false;
      run();
    });
  };
}

/** Lines that look again in a moment, by this process's own time: they wait for another process or for the database. */
function createRests(over: () => void) {
  const timers = new Map<string, NodeJS.Timeout>();
  return {
    has: (line: string) => timers.has(line),
    begin(line: string, forMs: number): void {
      const timer = setTimeout(() => {
        timers.delete(line);
        over();
      }, forMs);
      timers.set(line, timer);
    },
    stop(): void {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

/** How many sends of each channel are under way; a channel that has none is not remembered. */
function createFlights() {
  const counts = new Map<number, number>();
  const of = (channelId: number) => counts.get(channelId) ?? 0;
  return {
    of,
    begin: (channelId: number) => void counts.set(channelId, of(channelId) + 1),
    end(channelId: number) {
      if (of(channelId) > 1) counts.set(channelId, of(channelId) - 1);
      else counts.delete(channelId);
    },
  };
}

/** Asks the platform by the channel kind's own harmless call. Undefined: it has none, or the channel is gone. */
async function askHowItIs(
  channelId: number,
  { channels, ports, log }: Pick<OutboxOptions, "channels" | "ports" | "log">,
): Promise<boolean | undefined> {
  try {
    const channel = await channels.find(channelId);
    if (channel?.type.health === undefined) return undefined;
    const { ok } = await healthInTime(channel.type.health(channel, ports), channel.type.title);
    log.debug({ channelId, ok }, "a platform was asked how it is");
    return ok;
  } catch (thrown) {
    log.info({ err: toError(thrown), channelId }, "a platform could not be asked how it is");
    return false;
  }
}

/** A message that did not go because the database is away is none that its chat has had. */
async function findChannel(channels: ChannelRuntime, message: QueuedMessage, known: SendRates | undefined) {
  try {
    return await channels.find(message.channelId);
  } catch (thrown) {
    known?.gaveBack(message.recipient, message.lane);
    throw thrown;
  }
}
const idsOf = ({ id: messageId, contactId, channelId }: QueuedMessage) => ({ messageId, contactId, channelId });

import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { cleanText } from "../engine/clean-text.ts";
import { toError } from "../engine/to-error.ts";
import type { Database } from "../store/database.ts";
import type { StoredMessage } from "../store/outcome-store.ts";
import { isPassingFault } from "../store/passing-fault.ts";
import type { Transact } from "../store/transact.ts";
import { takeEventIdBlock } from "../store/world-store.ts";
import { startStages } from "./batch-stages.ts";
import { type BatchDependencies, type BatchResult, handleBatch } from "./handle-batch.ts";
import { isMerge } from "./merging.ts";
import { batchSeconds, batchSize, eventsHandled, eventsWaiting, eventWaitSeconds } from "./metrics.ts";
import {
  type Arrival,
  LeftToNewer,
  type Submission,
  type Submit,
  type SubmitReply,
  Unavailable,
} from "./submission.ts";
import { inSpan, type SpanWish, tracing } from "./tracing.ts";

export interface WaistOptions extends BatchDependencies {
  readonly db: Database;
  readonly transact: Transact;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Told after the commit, in the order of the commits of each contact. */
  readonly onCommitted: (result: {
    readonly messages: readonly StoredMessage[];
    readonly touched: readonly number[];
    readonly jobKinds: readonly string[];
  }) => void;
  /** Told of a batch that was tried again or given up after a commit whose answer was lost: what it stored is there or not. */
  readonly onDoubt: () => void;
  /** Transactions at a time: 1 on the embedded database, which has one connection. */
  readonly concurrency: number;
  /** How long a batch is tried again while the database is away, in ms. */
  readonly patienceMs?: number;
}

export interface Waist {
  readonly submit: Submit;
  /** Refuses new events, and resolves when those that were taken are committed. */
  stop(): Promise<void>;
}

/** Events in one transaction at most: past this the gain is small and the wait of the last is felt. */
const maxBatch = 400;
/**
 * Beside a running transaction the next begins only with more than this: below, waiting makes one larger batch of two, and a batch's own cost
 * (two round trips, a commit) is that of some events.
 */
const worthASecond = 15;
/** Events that may wait; beyond, callers are told to come back, since memory is no queue. */
const maxWaiting = 20_000;
/** Of a batch's span; the rest of its events are only counted there. */
const mostLinks = 32;
const defaultPatienceMs = 25_000;

interface Waiting extends Arrival {
  readonly person: string;
  /** By `performance.now`. */
  readonly arrivedAt: number;
  /** `traceparent` of whoever handed it in. */
  readonly trace: string | undefined;
  readonly resolve: (reply: SubmitReply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The waist: takes events, and commits them in batches of whatever has arrived meanwhile. Events of one person are never in two
 * batches at a time, so they are handled in the order in which they came.
 */
export function createWaist(options: WaistOptions): Waist {
  const { db, log, now, concurrency } = options;
  const takeEventId = createEventIds(db);
  const withPatience = createPatience(log, options.patienceMs ?? defaultPatienceMs);
  let waiting: Waiting[] = [];
  const busy = new Set<string>();
  let running = 0;
  let stopping = false;
  let idle: (() => void) | undefined;
  let turn: NodeJS.Immediate | undefined;

  async function submit(given: Submission): Promise<SubmitReply> {
    // One event that the database cannot store would fail its whole batch first.
    const submission = cleanText(given);
    if (stopping) throw new Unavailable("the server is stopping");
    if (waiting.length >= maxWaiting) throw new Unavailable("too many events are waiting; try again in a moment");
    // No event comes before it happens, whatever a platform's clock says: dated ahead, it would stand above all that is written until then.
    const at = Math.min(submission.at ?? Number.POSITIVE_INFINITY, now());
    return await new Promise((resolve, reject) => {
      waiting.push({
        submission,
        eventId: 0,
        at,
        seed: Math.floor(Math.random() * 2 ** 32),
        person: personOf(submission),
        arrivedAt: performance.now(),
        trace: tracing()?.current(),
        resolve,
        reject,
      });
      pump();
    });
  }

  /**
   * One turn later, once everything that has arrived by now is read. Begun at once, a batch would hold the first request alone: the embedded database computes
   * in this very thread, and the others would not be read before it ends (152 events a second instead of some thousand).
   */
  function pump(): void {
    if (turn !== undefined) return;
    turn = setImmediate(() => {
      turn = undefined;
      begin();
    });
  }

  function begin(): void {
    while (running < concurrency && waiting.length > (running === 0 ? 0 : worthASecond)) {
      const batch = takeBatch();
      if (batch.length === 0) return;
      running += 1;
      void run(batch).finally(() => {
        running -= 1;
        for (const { person } of batch) busy.delete(person);
        if (waiting.length > 0) pump();
        else if (running === 0) idle?.();
      });
    }
  }

  function takeBatch(): Waiting[] {
    const { batch, left } = chooseBatch(waiting, busy);
    const begunAt = performance.now();
    for (const { person, arrivedAt } of batch) {
      busy.add(person);
      eventWaitSeconds.observe((begunAt - arrivedAt) / 1000);
    }
    waiting = left;
    eventsWaiting.set(left.length);
    return batch;
  }

  async function run(batch: readonly Waiting[]): Promise<void> {
    try {
      const arrivals: Waiting[] = [];
      for (const item of batch) arrivals.push({ ...item, eventId: await withPatience(takeEventId) });
      await inSpan(toBatchSpan(arrivals), () => commit(arrivals));
    } catch (thrown) {
      for (const { reject } of batch) reject(toError(thrown));
    }
  }

  async function commit(batch: readonly Waiting[]): Promise<void> {
    const stopTimer = batchSeconds.startTimer();
    const stages = startStages();
    let decided: BatchResult | undefined;
    let attempts = 0;
    let result: BatchResult;
    try {
      result = await withPatience(() => {
        attempts += 1;
        return options.transact(async (trx) => {
          const outcome = await handleBatch(trx, batch, options, { inDoubt: decided, stages });
          decided = outcome.result;
          const last = outcome.last.then((written) => {
            stages.enter("commit");
            return written;
          });
          return { last };
        });
      });
    } catch (thrown) {
      // Decided, and perhaps committed without an answer.
      if (decided !== undefined) options.onDoubt();
      await isolate(batch, toError(thrown));
      return;
    }
    // An attempt before may have stored messages that this one did not hear of.
    if (attempts > 1) options.onDoubt();
    stopTimer();
    for (const { stage, from, to } of stages.end()) tracing()?.open({ name: stage, from }).end(to);
    batchSize.observe(batch.length);
    options.onCommitted(result);
    answerAll(batch, result, log);
  }

  /** One event that cannot be written must not stop the others: halves, down to the culprit. */
  async function isolate(batch: readonly Waiting[], error: Error): Promise<void> {
    const isOneBots = error instanceof LeftToNewer;
    if ((error instanceof Unavailable && !isOneBots) || batch.length === 1) {
      const events = batch.map(describeArrival);
      if (isOneBots) log.warn({ err: error, events }, "an event is left to a newer release");
      else log.error({ err: error, events }, "events could not be written");
      for (const { reject } of batch) reject(error);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await commit(batch.slice(0, half));
    await commit(batch.slice(half));
  }

  return {
    submit,
    async stop() {
      stopping = true;
      if (running > 0 || waiting.length > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}

/** Tells each caller what came of its event. */
function answerAll(batch: readonly Waiting[], result: BatchResult, log: Logger): void {
  const isTold = log.isLevelEnabled("debug");
  for (const [index, item] of batch.entries()) {
    const reply = result.replies[index];
    if (reply === undefined) {
      item.reject(new Error("a batch answered fewer events than it had"));
      continue;
    }
    eventsHandled.inc({ kind: item.submission.happening.kind, result: reply.status });
    if (isTold)
      log.debug({ ...describeArrival(item), contactId: reply.contactId, result: reply.status }, "an event was handled");
    item.resolve(reply);
  }
}

/** In the trace of the first event that has one; the others' are linked. */
function toBatchSpan(batch: readonly Waiting[]): SpanWish {
  const [parent, ...links] = new Set(batch.flatMap(({ trace }) => trace ?? []));
  return { name: "batch", parent, links: links.slice(0, mostLinks), attributes: { "repartee.events": batch.length } };
}

/** An event by our own ids, for the log. */
function describeArrival({ eventId, submission: { target, happening, source } }: Arrival) {
  const whom = {
    ...("contactId" in target ? { contactId: target.contactId } : {}),
    ...("channelId" in target ? { channelId: target.channelId } : {}),
    ...("create" in target ? { botId: target.create.botId } : {}),
  };
  return { eventId, kind: happening.kind, source, ...whom };
}

/** Tries again through deadlocks, lost connections and a restarting database. */
function createPatience(log: Logger, patienceMs: number) {
  return async <T>(attempt: () => Promise<T>): Promise<T> => {
    const deadline = performance.now() + patienceMs;
    for (let delay = 20; ; delay = Math.min(delay * 2, 500)) {
      try {
        return await attempt();
      } catch (thrown) {
        const error = toError(thrown);
        if (!isPassingFault(error)) throw error;
        if (performance.now() > deadline) throw new Unavailable("the database does not answer", { cause: error });
        log.warn({ err: error }, "the database is away or busy; trying again");
        await new Promise((resolve) => setTimeout(resolve, delay * (0.5 + Math.random())));
      }
    }
  };
}

/** The oldest events whose people are not being handled; one person's events stay together and in order. A merge goes alone. */
function chooseBatch(waiting: readonly Waiting[], busy: ReadonlySet<string>): { batch: Waiting[]; left: Waiting[] } {
  const batch: Waiting[] = [];
  const left: Waiting[] = [];
  const held = new Set<string>();
  let isFull = false;
  for (const item of waiting) {
    const isAlone = isMerge(item.submission);
    const isFree = !isFull && !busy.has(item.person) && !held.has(item.person);
    if (isFree && (!isAlone || batch.length === 0)) {
      batch.push(item);
      isFull = isAlone || batch.length === maxBatch;
    } else {
      left.push(item);
      if (isAlone) held.add(item.person);
    }
  }
  return { batch, left };
}

function personOf({ target }: Submission): string {
  if ("contactId" in target) return `#${target.contactId}`;
  // Nobody else can be the one who is only now made.
  return "create" in target ? `new ${randomUUID()}` : `${target.channelId}:${target.externalId}`;
}

function createEventIds(db: Database): () => Promise<number> {
  let next = 0;
  let end = 0;
  return async () => {
    if (next === end) {
      next = await takeEventIdBlock(db);
      end = next + 1000;
    }
    next += 1;
    return next - 1;
  };
}

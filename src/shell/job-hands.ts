import type { Logger } from "pino";
import { toError } from "../engine/to-error.ts";
import { createGroupWriter } from "./group-writer.ts";
import { jobIds } from "./job-ids.ts";
import { jobSeconds } from "./metrics.ts";

/** One try of a job: an end that is told of an earlier one does not count. */
interface JobAttempt {
  readonly id: string;
  readonly retryCount: number;
}

/** A job as the queue hands it out. */
interface TakenJob extends JobAttempt {
  readonly data: unknown;
  readonly groupId?: string | null;
}

/** What hands need of the queue; `PgBoss` is one. */
interface HandsQueue {
  fetch(kind: string, options: { batchSize: number; groupConcurrency?: number }): Promise<readonly TakenJob[]>;
  complete(kind: string, jobs: JobAttempt[]): Promise<unknown>;
  fail(kind: string, jobs: JobAttempt[], output: object): Promise<unknown>;
  touch(kind: string, jobs: JobAttempt[]): Promise<unknown>;
}

interface HandsOptions {
  readonly queue: HandsQueue;
  readonly kind: string;
  readonly atOnce: number;
  readonly perGroup: number | undefined;
  readonly run: (data: unknown, group: string | undefined) => Promise<void>;
  readonly log: Logger;
  /** Told of each look at the queue that failed. */
  readonly warnOfLook: (thrown: unknown, ids: object) => void;
  /** Between two looks when nothing calls, in ms. */
  readonly pollMs: number;
  /** Between two signs of life of the jobs under way, in ms. */
  readonly beatMs: number;
}

/** What runs the jobs of one kind in this process. */
export interface Hands {
  /** There may be something to do. Only a hint: without it the next look finds it. */
  wake(): void;
  /** Takes up no more, and resolves when those under way have ended. */
  rest(): Promise<void>;
  /** Gives no more signs of life: whatever is still under way comes again elsewhere. */
  stop(): void;
}

/**
 * One look at the queue for all free hands, while each job ends for itself: a slow one keeps its own hand and nobody else's. Hands are cheap (a promise each), looks are not: the number of
 * hands changes nothing about how often the database is asked.
 */
export function startHands(options: HandsOptions): Hands {
  const { queue, kind, atOnce, perGroup, log, warnOfLook, pollMs } = options;
  const running = new Map<string, TakenJob>();
  let resting = false;
  let isAsked = false;
  /** The last look left something behind, or may have. */
  let isMoreWaiting = false;
  let endNap: (() => void) | undefined;
  let ended: (() => void) | undefined;
  const settle = createGroupWriter((items: readonly Ended[]) => settleAll(queue, kind, items));
  const beat = startBeat(options, running);

  function wake(): void {
    isAsked = true;
    endNap?.();
  }

  async function look(): Promise<void> {
    while (!resting) {
      isAsked = false;
      const free = atOnce - running.size;
      const taken = free > 0 ? await take(free) : [];
      for (const job of taken) void perform(job);
      // A group at its limit may stand before others in the queue.
      isMoreWaiting = free === 0 || taken.length === free || (perGroup !== undefined && taken.length > 0);
      const isWorthAnother = isMoreWaiting && running.size < atOnce && taken.length > 0;
      if (!isAsked && !isWorthAnother && !resting) await nap();
    }
  }

  async function take(limit: number): Promise<readonly TakenJob[]> {
    try {
      return await queue.fetch(kind, {
        batchSize: limit,
        ...(perGroup === undefined ? {} : { groupConcurrency: perGroup }),
      });
    } catch (thrown) {
      warnOfLook(thrown, { kind });
      isAsked = false;
      return [];
    }
  }

  async function perform(job: TakenJob): Promise<void> {
    running.set(job.id, job);
    let error: Error | undefined;
    const stopTimer = jobSeconds.startTimer({ queue: kind });
    try {
      await options.run(job.data, job.groupId ?? undefined);
    } catch (thrown) {
      error = toError(thrown);
      log.warn({ err: error, job: job.id, kind, ...jobIds(job.data) }, "a job failed");
    }
    stopTimer({ result: error === undefined ? "done" : "failed" });
    try {
      await settle({ job, error });
    } catch (thrown) {
      log.warn(
        { err: toError(thrown), job: job.id, kind, ...jobIds(job.data) },
        "the end of a job could not be noted: it comes again",
      );
    }
    running.delete(job.id);
    if (isMoreWaiting) wake();
    if (running.size === 0) ended?.();
  }

  function nap(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      endNap = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const looking = look();
  return {
    wake,
    async rest() {
      resting = true;
      endNap?.();
      await looking;
      if (running.size > 0) await new Promise<void>((resolve) => (ended = resolve));
    },
    stop() {
      resting = true;
      endNap?.();
      clearInterval(beat);
    },
  };
}

interface Ended {
  readonly job: TakenJob;
  readonly error: Error | undefined;
}

/** Jobs that ended at the same time are noted together; each that failed comes again for itself. */
async function settleAll(queue: HandsQueue, kind: string, items: readonly Ended[]): Promise<undefined[]> {
  const done = items.filter(({ error }) => error === undefined);
  if (done.length > 0) await queue.complete(kind, done.map(toAttempt));
  for (const item of items) {
    if (item.error === undefined) continue;
    await queue.fail(kind, [toAttempt(item)], { message: item.error.message, stack: item.error.stack });
  }
  return items.map(() => undefined);
}

const toAttempt = ({ job: { id, retryCount } }: Pick<Ended, "job">): JobAttempt => ({ id, retryCount });

/** A job without a sign of life is taken for that of a killed process. */
function startBeat({ queue, kind, log, beatMs }: HandsOptions, running: ReadonlyMap<string, TakenJob>): NodeJS.Timeout {
  let isBeating = false;
  return setInterval(() => {
    if (isBeating || running.size === 0) return;
    isBeating = true;
    queue
      .touch(
        kind,
        [...running.values()].map((job) => toAttempt({ job })),
      )
      .catch((thrown) => log.warn({ err: toError(thrown), kind }, "no sign of life for jobs under way; trying again"))
      .finally(() => {
        isBeating = false;
      });
  }, beatMs);
}

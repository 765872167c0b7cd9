import type { Logger } from "pino";

/** How long between two looks at the database's clock. */
const everyMs = 10_000;
/** A machine whose clock is that far off is told of. */
const noteworthyMs = 1_000;

export interface SharedClock {
  /** Unix milliseconds, whole. */
  readonly now: () => number;
  stop(): void;
}

/**
 * The time as the database has it, which all processes on it share: a process whose machine is five seconds ahead would let everybody's timers fire
 * five seconds early, and make messages newer than the answers to them. Between looks a monotonic clock carries it on, so that setting the machine's clock changes nothing.
 *
 * `readTime` gives the database's Unix milliseconds. A look that fails leaves the time as it runs; the first throws.
 */
export async function startSharedClock({
  readTime,
  log,
  monotonic = () => performance.now(),
  wall = () => Date.now(),
}: {
  readonly readTime: () => Promise<number>;
  readonly log: Pick<Logger, "warn">;
  readonly monotonic?: () => number;
  readonly wall?: () => number;
}): Promise<SharedClock> {
  /** To be added to the monotonic clock, as the last look has it: between these two. */
  const look = async () => {
    const before = monotonic();
    const time = await readTime();
    return { least: time - monotonic(), most: time - before };
  };
  const first = await look();
  let offset = (first.least + first.most) / 2;
  let isLooking = false;
  const now = () => Math.round(monotonic() + offset);
  const off = wall() - now();
  if (Math.abs(off) > noteworthyMs) {
    log.warn({ aheadMs: off }, "this machine's clock is not the database's, whose time is used; set it by NTP");
  }
  const timer = setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      const { least, most } = await look();
      // Only as far as the look proves: an answer that took long says little.
      offset = Math.min(Math.max(offset, least), most);
    } catch (error) {
      log.warn({ err: error }, "the database's clock could not be read; the time runs on by this machine's");
    } finally {
      isLooking = false;
    }
  }, everyMs);
  timer.unref();
  return { now, stop: () => clearInterval(timer) };
}

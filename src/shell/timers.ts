import type { Logger } from "pino";
import type { Database } from "../store/database.ts";
import { findDuePositions, findNextWake } from "../store/timer-store.ts";
import { timerLateSeconds } from "./metrics.ts";
import { createSeldomWarning } from "./seldom-warning.ts";
import { LeftToNewer, type Submit } from "./submission.ts";

export interface Timers {
  stop(): Promise<void>;
}

/** Positions handed to the waist at a time. */
const defaultPageSize = 1_000;
/** A wait made meanwhile (here or in another process) is noticed within this time. */
const longestSleepMs = 500;
/** How long the waits of a bot are left alone that this release does not know: its flows may be others by then. */
const leftMs = 10_000;

/**
 * Wakes positions whose time has come. The position row is the timer: it survives whatever the process does, is found with one indexed
 * look, and goes with the position. Two processes may both hand one in; the second finds it gone and nothing happens.
 */
export function startTimers(options: {
  readonly db: Database;
  readonly submit: Submit;
  readonly now: () => number;
  readonly log: Logger;
  readonly pageSize?: number;
}): Timers {
  const { db, submit, now, log, pageSize = defaultPageSize } = options;
  const warn = createSeldomWarning(log, "timers could not be looked at; trying again");
  let stopping = false;
  let wakeUp: (() => void) | undefined;
  /** Bots that are a newer release's, each until when (`performance.now`). A page full of theirs would hold up everybody else's. */
  const left = new Map<number, number>();

  function stillLeft(): number[] {
    for (const [botId, until] of left) if (until < performance.now()) left.delete(botId);
    return [...left.keys()];
  }

  async function loop(): Promise<void> {
    while (!stopping) {
      let sleep = longestSleepMs;
      try {
        const due = await findDuePositions(db, now(), pageSize, stillLeft());
        const at = now();
        for (const { wakeAt } of due) timerLateSeconds.observe(Math.max(0, at - wakeAt) / 1000);
        await Promise.all(due.map(wake));
        if (due.length > 0) continue;
        // Those that are left are due all the time.
        const next = left.size > 0 ? undefined : await findNextWake(db);
        if (next !== undefined) sleep = Math.min(Math.max(next - now(), 1), longestSleepMs);
      } catch (thrown) {
        warn(thrown);
      }
      await new Promise<void>((resolve) => {
        const timeout = setTimeout(resolve, sleep);
        wakeUp = () => {
          clearTimeout(timeout);
          resolve();
        };
      });
    }
  }

  async function wake({ id, contactId }: { readonly id: string; readonly contactId: number }): Promise<void> {
    try {
      await submit({ target: { contactId }, happening: { kind: "timer", positionId: id }, source: "timer" });
    } catch (thrown) {
      if (!(thrown instanceof LeftToNewer) || thrown.botId === undefined) throw thrown;
      left.set(thrown.botId, performance.now() + leftMs);
    }
  }

  const done = loop();
  return {
    async stop() {
      stopping = true;
      wakeUp?.();
      await done;
    },
  };
}

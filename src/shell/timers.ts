import type { Logger } from "pino";
import { toError } from "../engine/to-error.ts";
import type { Database } from "../store/database.ts";
import { findDuePositions, findNextWake } from "../store/timer-store.ts";
import { timerLateSeconds } from "./metrics.ts";
import type { Submit } from "./submission.ts";

export interface Timers {
  stop(): Promise<void>;
}

/** Positions handed to the waist at a time. */
const pageSize = 1_000;
/** A wait made meanwhile (here or in another process) is noticed within this time. */
const longestSleepMs = 500;

/**
 * Wakes positions whose time has come. The position row is the timer: it survives whatever the process does, is found with one indexed
 * look, and goes with the position. Two processes may both hand one in; the second finds it gone and nothing happens.
 */
export function startTimers(options: {
  readonly db: Database;
  readonly submit: Submit;
  readonly now: () => number;
  readonly log: Logger;
}): Timers {
  const { db, submit, now, log } = options;
  let stopping = false;
  let wakeUp: (() => void) | undefined;

  async function loop(): Promise<void> {
    while (!stopping) {
      let sleep = longestSleepMs;
      try {
        const due = await findDuePositions(db, now(), pageSize);
        const at = now();
        for (const { wakeAt } of due) timerLateSeconds.observe(Math.max(0, at - wakeAt) / 1000);
        await Promise.all(due.map(wake));
        if (due.length > 0) continue;
        const next = await findNextWake(db);
        if (next !== undefined) sleep = Math.min(Math.max(next - now(), 1), longestSleepMs);
      } catch (thrown) {
        log.warn({ err: toError(thrown) }, "timers could not be looked at; trying again");
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
    await submit({ target: { contactId }, happening: { kind: "timer", positionId: id }, source: "timer" });
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

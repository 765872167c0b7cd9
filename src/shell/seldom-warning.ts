import type { Logger } from "pino";
import { toError } from "../engine/to-error.ts";

const defaultEveryMs = 30_000;

/**
 * A warning of what is tried again and again while something is away: the first time at once, the same again only every half a minute, with how often it was meanwhile (`repeated`). In full, a
 * worker without its database wrote 45 lines a second with their stacks: more than a gigabyte in a night, often onto the very disk that was full.
 */
export function createSeldomWarning(
  log: Logger,
  message: string,
  everyMs: number = defaultEveryMs,
): (thrown: unknown, ids?: object) => void {
  let quietUntil = Number.NEGATIVE_INFINITY;
  let last: string | undefined;
  let repeated = 0;
  return (thrown, ids) => {
    const err = toError(thrown);
    const now = performance.now();
    if (now < quietUntil && err.message === last) {
      repeated += 1;
      return;
    }
    log.warn({ err, ...ids, ...(repeated === 0 ? {} : { repeated }) }, message);
    quietUntil = now + everyMs;
    last = err.message;
    repeated = 0;
  };
}

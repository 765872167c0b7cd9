import type { HttpDependencies } from "./dependencies.ts";

/** What was held back, as the log names it. */
export type Limit =
  | "requests of an address"
  | "refused calls of an address"
  | "requests of a token"
  | "tries to sign in"
  | "wishes for a new password"
  | "wishes for another e-mail";

export interface RefusalLog {
  /** `who`: an address or the number of a token, never a person. */
  note(limit: Limit, who: string): void;
}

const minuteMs = 60_000;
/** Whoever has more addresses than this in a minute is not told apart in the log. */
const mostKnown = 1_000;
const others = "others";

/**
 * Logs what limits refuse, however much it is: of each limit and each who, the first in a minute, with how many there were since the line before. What comes after the last line is told with the next one,
 * or not at all; `/metrics` counts every one.
 */
export function createRefusalLog({ log, now }: Pick<HttpDependencies, "log" | "now">): RefusalLog {
  const known = new Map<string, { loggedAt: number; held: number }>();

  function forgetOld(at: number): void {
    for (const [key, { loggedAt }] of known) if (at - loggedAt >= minuteMs) known.delete(key);
  }

  return {
    note(limit, from) {
      const at = now();
      if (known.size >= mostKnown) forgetOld(at);
      const who = known.size >= mostKnown && !known.has(`${limit} ${from}`) ? others : from;
      const key = `${limit} ${who}`;
      const seen = known.get(key);
      if (seen !== undefined && at - seen.loggedAt < minuteMs) {
        seen.held += 1;
        return;
      }
      log.warn({ limit, who, count: 1 + (seen?.held ?? 0) }, "a limit refused calls");
      known.set(key, { loggedAt: at, held: 0 });
    },
  };
}

import type { BudgetAnswer } from "../store/send-budget-store.ts";

/** How many messages of broadcasts a channel may send, where every message counts. Knows no clock: every call says what time it is (Unix milliseconds). */
export interface BulkBudget {
  /** Milliseconds until a message may go; 0: now. `Infinity`: that is being asked, and the answer is told. */
  waitFor(now: number): number;
  /** A message went; one that is not of a broadcast counts too, but never waits. */
  took(lane: "live" | "bulk", now: number): void;
  /** It did not go after all. */
  gaveBack(lane: "live" | "bulk"): void;
  /** The platform wants to hear nothing until then. */
  rest(until: number): void;
}

/** A bucket of tokens that refills steadily; below zero after a burst that was let through. */
export interface Bucket {
  tokens: number;
  at: number;
}

export function fill<B extends Bucket>(bucket: B, perSecond: number, most: number, now: number): B {
  const passed = Math.max(0, now - bucket.at);
  bucket.tokens = Math.min(most, bucket.tokens + (passed * perSecond) / 1000);
  bucket.at = Math.max(bucket.at, now);
  return bucket;
}

/** A sum of many fractions falls short of the whole by about this; a timer must not be set for it. */
const rounding = 1e-6;

export function waitOf({ tokens }: Bucket, perSecond: number): number {
  return tokens >= 1 - rounding ? 0 : Math.ceil(((1 - tokens - rounding) / perSecond) * 1000);
}

/** One second's worth at once: a broadcast leaves evenly, not in lumps. */
const burstOf = (perSecond: number) => Math.max(1, perSecond);

/** For a process that has the channel to itself. */
export function createOwnBudget(perSecond: number): BulkBudget {
  const burst = burstOf(perSecond);
  const bucket: Bucket = { tokens: burst, at: 0 };
  return {
    waitFor: (now) => waitOf(fill(bucket, perSecond, burst, now), perSecond),
    took(_lane, now) {
      // Answers may push a broadcast back by one second's worth at most.
      bucket.tokens = Math.max(fill(bucket, perSecond, burst, now).tokens - 1, -burst);
    },
    gaveBack() {
      bucket.tokens = Math.min(bucket.tokens + 1, burst);
    },
    rest: () => undefined,
  };
}

/** Tokens are asked for a fifth of a second at a time: few statements, and a process that stops takes few along. */
const slicesPerSecond = 5;
/** What was granted and not used in this time is no more: the channel's second is over. */
const grantLastsMs = 1_000;
const askAgainMs = 500;

/** For processes that share a channel: each asks the database for a few messages' worth at a time. */
export function createSharedBudget(options: {
  readonly perSecond: number;
  ask(wish: {
    readonly wanted: number;
    /** Of tokens: fewer are not worth an answer. */
    readonly least: number;
    readonly spent: number;
    readonly perSecond: number;
    readonly burst: number;
    readonly at: number;
  }): Promise<BudgetAnswer>;
  /** Tells the others. */
  tellRest(until: number): void;
  /** There is an answer: `waitFor` says something new. */
  readonly onAnswer: () => void;
}): BulkBudget {
  const { perSecond, ask, tellRest, onAnswer } = options;
  const wanted = Math.ceil(perSecond / slicesPerSecond);
  let granted = 0;
  let grantEnds = 0;
  let spent = 0;
  let isAsking = false;
  let askAt = 0;

  async function askFor(at: number): Promise<void> {
    isAsking = true;
    const reported = spent;
    spent = 0;
    try {
      const answer = await ask({
        wanted,
        least: Math.ceil(wanted / 2),
        spent: reported,
        perSecond,
        burst: burstOf(perSecond),
        at,
      });
      granted = answer.granted;
      grantEnds = at + grantLastsMs;
      askAt = at + answer.waitMs;
    } catch {
      // The database is away, and so is what would be sent.
      spent += reported;
      askAt = at + askAgainMs;
    } finally {
      isAsking = false;
      onAnswer();
    }
  }

  return {
    waitFor(now) {
      if (granted >= 1 && now < grantEnds) return 0;
      if (isAsking) return Number.POSITIVE_INFINITY;
      if (now < askAt) return askAt - now;
      void askFor(now);
      return Number.POSITIVE_INFINITY;
    },
    took(lane) {
      if (lane === "bulk") granted -= 1;
      else spent += 1;
    },
    gaveBack(lane) {
      if (lane === "bulk") granted += 1;
      else spent -= 1;
    },
    rest(until) {
      granted = 0;
      tellRest(until);
    },
  };
}

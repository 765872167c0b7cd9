/** What one visitor of a web chat may do: enough for a person in a hurry, not for a script. */
export const visitorRate = { perSecond: 10, burst: 20 } as const;
const sweepMs = 5_000;

/** Counts what each of many does, in this process. Knows no clock: Unix milliseconds come with the call. */
export interface RateLimits {
  /** Whether this one may pass; what does is counted. */
  take(who: string, now: number): boolean;
}

/** `burst`: at once; `perSecond`: in the long run. */
export function createRateLimits({
  perSecond,
  burst,
}: {
  readonly perSecond: number;
  readonly burst: number;
}): RateLimits {
  const buckets = new Map<string, { tokens: number; at: number }>();
  let sweptAt = 0;

  function refill(bucket: { tokens: number; at: number }, now: number): number {
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) * perSecond) / 1000);
    bucket.at = now;
    return bucket.tokens;
  }

  /** A full bucket says the same as none. */
  function sweep(now: number): void {
    if (now - sweptAt < sweepMs) return;
    sweptAt = now;
    for (const [who, bucket] of buckets) if (refill(bucket, now) >= burst) buckets.delete(who);
  }

  return {
    take(who, now) {
      sweep(now);
      const bucket = buckets.get(who) ?? { tokens: burst, at: now };
      buckets.set(who, bucket);
      if (refill(bucket, now) < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}

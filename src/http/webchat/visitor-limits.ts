/** What one visitor may do: enough for a person in a hurry, not for a script. */
const perSecond = 10;
const burst = 20;
const sweepMs = 5_000;

/** Counts what visitors do. Knows no clock: Unix milliseconds come with the call. */
export interface VisitorLimits {
  /** Whether this one may pass; what does is counted. */
  take(visitor: string, now: number): boolean;
}

export function createVisitorLimits(): VisitorLimits {
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
    for (const [visitor, bucket] of buckets) if (refill(bucket, now) >= burst) buckets.delete(visitor);
  }

  return {
    take(visitor, now) {
      sweep(now);
      const bucket = buckets.get(visitor) ?? { tokens: burst, at: now };
      buckets.set(visitor, bucket);
      if (refill(bucket, now) < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}

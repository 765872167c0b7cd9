import type { BroadcastReportBody } from "../../../src/http/contract/broadcasts.ts";

type Numbers = BroadcastReportBody["variants"][number];

/** What came of the recipients of both parts; `next` is the later one, and says how it goes on. */
export function addReports(sum: BroadcastReportBody | undefined, next: BroadcastReportBody): BroadcastReportBody {
  if (sum === undefined) return next;
  const before = new Map(sum.variants.map((one) => [one.variant, one]));
  const after = new Set(next.variants.map(({ variant }) => variant));
  const both = next.variants.map((one) => addNumbers(before.get(one.variant), one));
  // A variant that only the earlier part had.
  const others = sum.variants.filter(({ variant }) => !after.has(variant));
  return { ...next, variants: [...both, ...others].sort((a, b) => placeOf(a) - placeOf(b)) };
}

/** Whoever is in no variant stands at the end. */
const placeOf = ({ variant }: Numbers) => variant ?? Number.POSITIVE_INFINITY;

function addNumbers(one: Numbers | undefined, other: Numbers): Numbers {
  if (one === undefined) return other;
  return {
    ...other,
    ...addEach(one, other, ["recipients", "sent", "failed", "skipped", "clicked", "replied", "unsubscribed"]),
    messages: addEach(one.messages, other.messages, ["sent", "delivered", "read", "failed", "waiting"]),
  };
}

function addEach<Key extends string>(
  one: Readonly<Record<Key, number>>,
  other: Readonly<Record<Key, number>>,
  keys: readonly Key[],
): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, one[key] + other[key]])) as Record<Key, number>;
}

/** UChat's names of spans of whole days that are over. */
export const rangeNames = [
  "yesterday",
  "last_7_days",
  "last_week",
  "last_30_days",
  "last_month",
  "last_3_months",
] as const;
type RangeName = (typeof rangeNames)[number];

const dayMs = 86_400_000;

/** From the first instant on, and before the last; in UTC. Weeks begin on Mondays. `now`: Unix milliseconds. */
export function toRange(name: RangeName, now: number): { readonly from: Date; readonly to: Date } {
  const today = Math.floor(now / dayMs) * dayMs;
  const date = new Date(today);
  const monthsAgo = (count: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - count, 1);
  const monday = today - ((date.getUTCDay() + 6) % 7) * dayMs;
  const ranges: Readonly<Record<RangeName, readonly [number, number]>> = {
    yesterday: [today - dayMs, today],
    last_7_days: [today - 7 * dayMs, today],
    last_week: [monday - 7 * dayMs, monday],
    last_30_days: [today - 30 * dayMs, today],
    last_month: [monthsAgo(1), monthsAgo(0)],
    last_3_months: [monthsAgo(3), monthsAgo(0)],
  };
  const [from, to] = ranges[name];
  return { from: new Date(from), to: new Date(to) };
}

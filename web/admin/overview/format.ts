import { timeFormat } from "../words/times.ts";
import { currentLanguage } from "../words/words.ts";

/** A share of a whole; of nothing there is none. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return "—";
  return new Intl.NumberFormat(currentLanguage(), { style: "percent", maximumFractionDigits: 1 }).format(part / whole);
}

/** `2026-01-31` as "31 Jan". */
export function formatDay(date: string): string {
  const format = timeFormat({ day: "numeric", month: "short", timeZone: "UTC" });
  return format.format(new Date(`${date}T00:00:00Z`));
}

import { DateTime, IANAZone } from "luxon";
import { parseDuration } from "../../simulator/duration.ts";

const units: Readonly<Record<string, string>> = { week: "w", day: "d", hour: "h", minute: "m", second: "s" };

/** Milliseconds of `2 days`, `1 hour 30 minutes`, `1d 12h`. Undefined: it is none. */
export function parseSpan(text: string): number | undefined {
  const short = text
    .toLowerCase()
    .replace(
      /(\d)\s*(week|day|hour|minute|second)s?\b/g,
      (_all, digit: string, unit: string) => `${digit}${units[unit]}`,
    );
  return parseDuration(short.replaceAll(",", " "));
}

/** Unix milliseconds of `2026-12-24T10:00` on a zone's clocks, or of a date-time with its own offset. Undefined: it is none. */
export function parseMoment(text: string, zone: string): number | undefined {
  const moment = DateTime.fromISO(text, { zone });
  return moment.isValid && /^\d{4}-\d\d-\d\d/.test(text) ? moment.toMillis() : undefined;
}

export function isZone(name: string): boolean {
  return IANAZone.create(name).isValid;
}

/** Monday, at nine: what is not told begins then. */
export const standardStart = "2026-01-05T09:00";

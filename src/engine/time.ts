import { DateTime, IANAZone } from "luxon";
import type { Contact } from "../model/contact.ts";
import type { BotSnapshot } from "../model/world.ts";

/**
 * The IANA zone whose clocks count for a contact: its own, else the bot's, else UTC. A name that this machine does not know is passed over, for
 * luxon would reckon with NaN in it.
 */
export function zoneOf(contact: Contact, bot: BotSnapshot): string {
  const known = [contact.profile.timeZone, bot.timeZone].find(
    (name) => name !== undefined && IANAZone.create(name).isValid,
  );
  return known ?? "UTC";
}

/** A moment as a clock on the wall of a zone shows it. */
export interface LocalTime {
  /** Minutes since midnight. */
  readonly minutes: number;
  /** ISO: 1 is Monday, 7 Sunday. */
  readonly weekday: number;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

export function localTime(now: number, zone: string): LocalTime {
  const moment = DateTime.fromMillis(now, { zone });
  return { minutes: moment.hour * 60 + moment.minute, weekday: moment.weekday, date: moment.toFormat("yyyy-MM-dd") };
}

/** Minutes since midnight of `HH:mm`; undefined: not a time of day. */
export function parseTimeOfDay(text: string): number | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim()) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/**
 * The next moment (Unix ms) after `now` at which the zone's clocks show `time` (`HH:mm`), on one of the weekdays (ISO: 1 is Monday) where they are
 * given. A time that the clocks skip is taken as late after the gap as it stood in it (02:30 becomes 03:30); of one that they show
 * twice, the first. Throws on a list without any weekday that exists.
 */
export function nextTimeOfDay(now: number, time: string, zone: string, weekdays: readonly number[] = []): number {
  const minutes = parseTimeOfDay(time) ?? 0;
  const today = DateTime.fromMillis(now, { zone }).startOf("day");
  for (let days = 0; days <= 8; days += 1) {
    const day = today.plus({ days });
    if (weekdays.length > 0 && !weekdays.includes(day.weekday)) continue;
    const moment = day.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 }).toMillis();
    if (moment > now) return moment;
  }
  throw new RangeError("no weekday of the list exists");
}

/** The moment (Unix ms) of a date field's value: a date-time as it is; a date at `time` (`HH:mm`) in the zone. Undefined: not a date. */
export function dateToMillis(value: string, zone: string, time = "00:00"): number | undefined {
  const moment = DateTime.fromISO(value, { zone });
  // A time alone would be read as one of today's, by the machine's clock.
  if (!moment.isValid || !/^\d{4}/.test(value)) return undefined;
  if (value.length > 10) return moment.toMillis();
  const minutes = parseTimeOfDay(time) ?? 0;
  return moment.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 }).toMillis();
}

/** The moment (Unix ms) as many days of the calendar later (or, negative, earlier), at the same time of day in the zone. */
export function plusDays(at: number, days: number, zone: string): number {
  return DateTime.fromMillis(at, { zone }).plus({ days }).toMillis();
}

/** Days of the calendar from one date (`YYYY-MM-DD`) to another; negative where that is earlier. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/** Minutes that the clocks of a zone are ahead of UTC at a moment (Unix ms). */
export function utcOffset(at: number, zone: string): number {
  return IANAZone.create(zone).offset(at);
}

/** The moment (Unix ms) on the same day of the zone at which its clocks show `time` (`HH:mm`). */
export function atTimeOfDay(at: number, time: string, zone: string): number {
  const minutes = parseTimeOfDay(time) ?? 0;
  const day = DateTime.fromMillis(at, { zone }).startOf("day");
  return day.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 }).toMillis();
}

/** When the day of a moment begins in the zone (Unix ms). */
export function startOfDay(at: number, zone: string): number {
  return DateTime.fromMillis(at, { zone }).startOf("day").toMillis();
}

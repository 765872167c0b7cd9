import { DateTime, IANAZone } from "luxon";
import type { BroadcastPlan, LocalStart, QuietHours } from "../model/broadcast.ts";
import { localTime, nextTimeOfDay, parseTimeOfDay } from "./time.ts";

/** The zone itself where this machine knows it, else the stand-in. */
export function knownZone(zone: string | null, standIn: string): string {
  const known = [zone, standIn].find((name) => name !== null && IANAZone.create(name).isValid);
  return known ?? "UTC";
}

/** The first clocks on earth to show a time are 14 hours ahead of UTC (https://data.iana.org/time-zones/tzdb/africa and its neighbours: Pacific/Kiritimati). */
const mostAheadMs = 14 * 3_600_000;

/** The moment (Unix ms) at which the first clocks anywhere show a local time. */
export function firstMoment({ at }: LocalStart): number {
  return DateTime.fromISO(at, { zone: "UTC" }).toMillis() - mostAheadMs;
}

/** Whether recipients have a time of their own, so that the ledger keeps one for each. */
export const isTimed = ({ local, quiet }: BroadcastPlan): boolean => local !== undefined || quiet !== undefined;

/**
 * When (Unix ms) it is the turn of contacts of a zone, in a broadcast that began at `began`; null: it has passed, and they are to be left out. A time that the clocks skip is taken as late after the
 * gap as it stood in it.
 */
export function dueAt({ local }: BroadcastPlan, zone: string, began: number): number | null {
  if (local === undefined) return began;
  const at = DateTime.fromISO(local.at, { zone });
  if (at.toMillis() >= began || local.passed === "now") return Math.max(at.toMillis(), began);
  return local.passed === "skip" ? null : nextTimeOfDay(began, at.toFormat("HH:mm"), zone);
}

/** The end (Unix ms) of the quiet hours that it is in a zone; undefined: it is none. From a time to the same time is none at all. */
export function quietUntil({ from, to }: QuietHours, zone: string, at: number): number | undefined {
  const [begin = 0, end = 0] = [parseTimeOfDay(from), parseTimeOfDay(to)];
  const { minutes } = localTime(at, zone);
  const isQuiet = begin <= end ? minutes >= begin && minutes < end : minutes >= begin || minutes < end;
  return isQuiet ? nextTimeOfDay(at, to, zone) : undefined;
}

/** What the quiet hours mean for contacts of a zone whose turn it is: until when they wait, or that they are left out. Undefined: they get it. */
export function holdFor(
  plan: BroadcastPlan,
  zone: string,
  { began, at }: { readonly began: number; readonly at: number },
): { readonly until: number } | "give_up" | undefined {
  const { quiet } = plan;
  const until = quiet === undefined ? undefined : quietUntil(quiet, zone, at);
  if (quiet === undefined || until === undefined) return undefined;
  const turn = dueAt(plan, zone, began) ?? began;
  const isTooLong = quiet.giveUpHours !== undefined && until > turn + quiet.giveUpHours * 3_600_000;
  return isTooLong ? "give_up" : { until };
}

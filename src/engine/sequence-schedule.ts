import type { FieldValue } from "../model/field.ts";
import type { SequenceDefinition, SequenceDelay, SequenceStep } from "../model/sequence.ts";
import { atTimeOfDay, dateToMillis, localTime, nextTimeOfDay, plusDays, startOfDay } from "./time.ts";

/** How far a subscriber has come; kept as the state of the position that waits. */
export interface SequenceProgress {
  /** Refs of the steps that are done with, sent or skipped, in that order. */
  readonly passed: readonly string[];
  /** The step that is waited for. */
  readonly next: string | null;
  /** Unix milliseconds at which the wait began: when the step before was done with. */
  readonly since: number;
  /** Not before this (Unix milliseconds): a reply has put the step off. */
  readonly notBefore?: number | undefined;
  /** Steps that were sent or started. */
  readonly sent: number;
}

export const isLive = (step: SequenceStep): boolean => step.isOn && step.isRemoved !== true;

/**
 * The step that a subscriber gets next; undefined: none is left. Decided by the sequence as it is now, whatever it was when the wait began: the first one that is on, was not passed yet, and stands behind the
 * one that was passed last. Where that one was moved behind the one waited for, the latter says where the subscriber stands.
 */
export function findNextStep(
  { steps }: Pick<SequenceDefinition, "steps">,
  { passed, next }: Pick<SequenceProgress, "passed" | "next">,
): SequenceStep | undefined {
  const placeOf = (ref: string | null | undefined) => steps.findIndex((step) => step.ref === ref);
  const [last, waited] = [placeOf(passed.at(-1)), placeOf(next)];
  const start = waited === -1 || last < waited ? last + 1 : waited;
  const known = new Set(passed);
  return steps.slice(start).find((step) => isLive(step) && !known.has(step.ref));
}

/** When a step is due (Unix milliseconds), or why it is to be passed over. */
export type Due = { readonly at: number } | { readonly skip: "no_date" | "date_passed" };

const unitMs = { minutes: 60_000, hours: 3_600_000 } as const;

export function findDue(
  delay: SequenceDelay,
  { since, notBefore = 0 }: Pick<SequenceProgress, "since" | "notBefore">,
  { zone, read }: { readonly zone: string; readonly read: (field: string) => FieldValue | undefined },
): Due {
  if (delay.mode === "after") return { at: afterWait(delay, since, notBefore, zone) };
  const date = findDate(delay, read(delay.field), zone);
  if (date === undefined) return { skip: "no_date" };
  // A reminder whose time was over before anybody waited for it says what is no longer true.
  return date < since ? { skip: "date_passed" } : { at: Math.max(date, notBefore) };
}

type After = Extract<SequenceDelay, { mode: "after" }>;

function afterWait({ amount, unit, time, weekdays }: After, since: number, notBefore: number, zone: string): number {
  const end = unit === "days" ? plusDays(since, amount, zone) : since + amount * unitMs[unit];
  if (time === undefined) return onWeekday(Math.max(end, notBefore), weekdays, zone);
  // "In three days at ten" is ten o'clock of that day, though the three days are over only in the evening.
  const earliest = unit === "days" ? Math.max(startOfDay(end, zone), since + 1) : end;
  return nextTimeOfDay(Math.max(earliest, notBefore) - 1, time, zone, weekdays);
}

/** At the same time of day, on the next of the weekdays. */
function onWeekday(at: number, weekdays: readonly number[], zone: string): number {
  if (weekdays.length === 0) return at;
  for (let days = 0; days < 7; days += 1) {
    const moment = plusDays(at, days, zone);
    if (weekdays.includes(localTime(moment, zone).weekday)) return moment;
  }
  return at;
}

function findDate(
  { days, time }: Extract<SequenceDelay, { mode: "on_date" }>,
  value: FieldValue | undefined,
  zone: string,
): number | undefined {
  const moment = typeof value === "string" ? dateToMillis(value, zone, time ?? "09:00") : undefined;
  if (moment === undefined) return undefined;
  const day = plusDays(moment, days, zone);
  return time === undefined ? day : atTimeOfDay(day, time, zone);
}

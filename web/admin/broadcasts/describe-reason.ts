import type { TFunction } from "i18next";

const knownReasons = [
  "opted_out",
  "banned",
  "blocked",
  "no_channel",
  "with_agent",
  "had_another",
  "too_late",
  "quiet_hours",
  "cancelled",
  "merged",
  "deleted",
] as const;

/** Why somebody was left out, in words where there are some. */
export function describeReason(t: TFunction, reason: string): string {
  const known = knownReasons.find((one) => one === reason);
  return known === undefined ? reason : t(`broadcasts.why.${known}`);
}

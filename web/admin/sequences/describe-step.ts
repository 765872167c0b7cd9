import type { TFunction } from "i18next";
import type { SequenceContent, SequenceDelay } from "../../../src/model/sequence.ts";
import { sayClock } from "../words/times.ts";

/** When a step is due, in words. */
export function describeDelay(
  t: TFunction,
  language: string,
  delay: SequenceDelay,
  { isFirst, fieldNames }: { readonly isFirst: boolean; readonly fieldNames: ReadonlyMap<string, string> },
): string {
  if (delay.mode === "on_date") return describeDate(t, delay, fieldNames.get(delay.field) ?? delay.field);
  const { amount, unit, time, weekdays } = delay;
  const span = amount === 0 ? t("sequences.delay.atOnce") : t(`sequences.delay.in.${unit}`, { count: amount });
  const { format } = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" });
  // 1 January 2024 was a Monday.
  const days = weekdays.map((day) => format(Date.UTC(2024, 0, day))).join(", ");
  const parts = [
    `${span} ${t(isFirst ? "sequences.delay.afterStart" : "sequences.delay.afterStep")}`,
    ...(time === undefined ? [] : [t("sequences.delay.at", { time: sayClock(time) })]),
    ...(days === "" ? [] : [t("sequences.delay.on", { days })]),
  ];
  return parts.join(", ");
}

function describeDate(t: TFunction, { days, time }: Extract<SequenceDelay, { mode: "on_date" }>, field: string) {
  const when =
    days === 0
      ? t("sequences.delay.onDay", { field })
      : t(days < 0 ? "sequences.delay.before" : "sequences.delay.behind", { count: Math.abs(days), field });
  return time === undefined ? when : `${when}, ${t("sequences.delay.at", { time: sayClock(time) })}`;
}

/** What a step does, in a line. */
export function describeContent(
  t: TFunction,
  content: SequenceContent,
  flowNames: ReadonlyMap<string, string>,
): string {
  if (content.kind === "flow") {
    return t("sequences.startsFlow", { flow: flowNames.get(content.flow) ?? content.flow });
  }
  const message = content.content;
  if (typeof message === "string") return message.trim() === "" ? t("sequences.noText") : message;
  const [file] = message.attachments;
  return (
    (message.text ?? "").trim() || (file === undefined ? t("sequences.noText") : t(`broadcasts.mediaKind.${file.kind}`))
  );
}

const knownReasons = [
  "opted_out",
  "banned",
  "blocked",
  "no_channel",
  "window_closed",
  "condition",
  "no_date",
  "date_passed",
  "no_flow",
  "empty",
] as const;

export function describeSkip(t: TFunction, reason: string): string {
  const known = knownReasons.find((one) => one === reason);
  return known === undefined ? reason : t(`sequences.why.${known}`);
}

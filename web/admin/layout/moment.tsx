import { Text } from "@mantine/core";
import { timeFormat } from "../words/times.ts";
import { currentLanguage } from "../words/words.ts";

const steps = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** "3 minutes ago", in the person's language. */
export function describeDistance(at: Date, now: number, language: string): string {
  const seconds = (at.getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return format.format(Math.round(seconds / size), unit);
}

/** An instant to the second, as this browser's clock shows it. */
export function sayMoment(at: string): string {
  return timeFormat({ dateStyle: "medium", timeStyle: "medium" }).format(new Date(at));
}

/** The day of an instant, by this browser's clock. */
export function sayDay(at: string): string {
  return timeFormat({ dateStyle: "long" }).format(new Date(at));
}

/** An instant as its distance from now, with the exact time for whoever points at it. */
export function Moment({ at }: { readonly at: string | null }) {
  if (at === null) return <Text span>—</Text>;
  const date = new Date(at);
  const language = currentLanguage();
  const exact = timeFormat({ dateStyle: "medium", timeStyle: "short" }).format(date);
  return (
    <time dateTime={at} title={exact}>
      {describeDistance(date, Date.now(), language)}
    </time>
  );
}

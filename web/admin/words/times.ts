import { currentLanguage } from "./words.ts";

/** What the browser prefers, first to last. */
const preferred = (): readonly string[] => (typeof navigator === "undefined" ? [] : navigator.languages);

/** The page's language as the browser has it, with its region: British English writes dates as Britain does. */
export function localeOf(language: string, tags: readonly string[]): string {
  return tags.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}

/** Whether the browser counts hours to 12 or to 24: its own fields for times do so, whatever the page's language. */
export function hourCycleOf(tags: readonly string[]): Intl.DateTimeFormatOptions["hourCycle"] {
  const { hourCycle } = new Intl.DateTimeFormat([...tags.slice(0, 1)], { hour: "numeric" }).resolvedOptions();
  return hourCycle as Intl.DateTimeFormatOptions["hourCycle"];
}

/** How every date and time of the admin is said. */
export function timeFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const tags = preferred();
  const hourCycle = hourCycleOf(tags);
  return new Intl.DateTimeFormat(localeOf(currentLanguage(), tags), {
    ...options,
    ...(hourCycle === undefined ? {} : { hourCycle }),
  });
}

/** A time of day such as `22:00`, as the field shows in which it was set. */
export function sayClock(time: string): string {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return timeFormat({ timeStyle: "short", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1, hours, minutes));
}

import type { z } from "zod";
import { delay } from "../../../src/steps/delay/delay.step.ts";
import type { DelayWords } from "../words/catalogue.ts";
import { sayClock } from "../words/times.ts";

type DelayConfig = z.output<typeof delay.config>;

/** How long a delay takes, as people say it: "For 3 seconds", "Until Monday, 09:00". Undefined: its settings are half typed. */
export function describeDelay(
  words: DelayWords,
  config: unknown,
  nameOf: (field: string) => string | undefined,
): string | undefined {
  const parsed = delay.config.safeParse(config);
  return parsed.success ? sayDelay(words, parsed.data, nameOf) : undefined;
}

function sayDelay(words: DelayWords, config: DelayConfig, nameOf: (field: string) => string | undefined): string {
  if (config.mode === "duration") return count(words, config.unit, config.amount);
  if (config.mode === "until_time") {
    const time = sayClock(config.time);
    const chosen = words.weekdays.filter((_name, index) => config.weekdays.includes(index + 1));
    if (chosen.length === 0 || chosen.length === words.weekdays.length) return fill(words.untilTime, { time });
    const days = new Intl.ListFormat(words.language, { type: "disjunction" }).format(chosen);
    return fill(words.untilDays, { days, time });
  }
  const field = nameOf(config.field) ?? config.field;
  if (config.offsetDays === 0) return fill(words.untilDate, { field });
  return count(words, config.offsetDays < 0 ? "before" : "after", Math.abs(config.offsetDays), { field });
}

function count(
  { forms, language }: DelayWords,
  what: "seconds" | "minutes" | "hours" | "days" | "before" | "after",
  number: number,
  values: Readonly<Record<string, string>> = {},
): string {
  const form = forms[`${what}_${new Intl.PluralRules(language).select(number)}`] ?? forms[`${what}_other`];
  return fill(form, { count: new Intl.NumberFormat(language).format(number), ...values });
}

function fill(form: string, values: Readonly<Record<string, string>>): string {
  return form.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}

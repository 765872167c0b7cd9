import { z } from "zod";
import { defineStep, type StepContext } from "../../engine/step-type.ts";
import { dateToMillis, nextTimeOfDay, plusDays, zoneOf } from "../../engine/time.ts";
import { say } from "../../model/sentence.ts";

const timeOfDay = z.string().regex(/^([01]?\d|2[0-3]):[0-5]\d$/, "a time of day looks like 09:30");

const configSchema = z.discriminatedUnion("mode", [
  z.object({
    mode: z.literal("duration"),
    amount: z.number().positive().max(100_000),
    unit: z.enum(["seconds", "minutes", "hours", "days"]),
  }),
  z.object({
    mode: z.literal("until_time"),
    time: timeOfDay,
    /** ISO: 1 is Monday; none: any day. */
    weekdays: z.array(z.number().int().min(1).max(7)).max(7).default([]),
  }),
  z.object({
    mode: z.literal("until_date"),
    field: z.string().min(1).max(200),
    /** Days after (or, negative, before) the date. */
    offsetDays: z.number().int().min(-3650).max(3650).default(0),
    /** For a date without a time. */
    time: timeOfDay.default("09:00"),
  }),
]);
type Config = z.output<typeof configSchema>;

const unitMs = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;

export const delay = defineStep({
  kind: "delay",
  title: "Smart delay",
  category: "logic",
  description: "Waits for some minutes or days, or until a certain time, and goes on.",
  config: configSchema,
  example: { mode: "duration", amount: 1, unit: "hours" },
  outputs: () => [{ name: "next", title: "Next" }],
  warnings(config, bot) {
    if (config.mode !== "until_date") return [];
    const kind = bot.fields.get(config.field)?.kind;
    if (kind === undefined) return [say`there is no field "${{ field: config.field }}"`];
    return ["date", "datetime", "text"].includes(kind)
      ? []
      : [say`the field "${{ field: config.field }}" (${{ kind }}) holds no date`];
  },
  run(context) {
    const until = endOf(context);
    // A date that is past or missing is no reason to keep anybody waiting.
    return until === undefined || until <= context.now ? { go: "next" } : { wait: "time", until };
  },
  // A forged or outdated press must not cut the wait short.
  resume: (_context, signal) => (signal.kind === "timeout" ? { go: "next" } : { pass: true }),
});

function endOf(context: StepContext<Config>): number | undefined {
  const { config, now, contact, bot } = context;
  const zone = zoneOf(contact, bot);
  // A fraction of a millisecond is no moment that a timer can be set to.
  if (config.mode === "duration") return now + Math.round(config.amount * unitMs[config.unit]);
  if (config.mode === "until_time") return nextTimeOfDay(now, config.time, zone, config.weekdays);
  const value = contact.fields[bot.fields.get(config.field)?.key ?? config.field];
  const moment = typeof value === "string" ? dateToMillis(value, zone, config.time) : undefined;
  if (moment === undefined) {
    context.error("delay.no_date", `the field "${config.field}" holds no date; the delay was skipped`);
    return undefined;
  }
  return plusDays(moment, config.offsetDays, zone);
}

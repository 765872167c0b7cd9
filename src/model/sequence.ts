import { z } from "zod";
import { innerConditionSchema } from "./condition.ts";
import { refSchema } from "./flow.ts";
import { messageContentSchema } from "./message.ts";

const timeOfDay = z.string().regex(/^([01]?\d|2[0-3]):[0-5]\d$/, "a time of day looks like 09:30");

/**
 * When a step is due: so long after the wait began (days are those of the calendar: the same time of day, also where the clocks change), then at the next `time` on one of
 * `weekdays` where these are given; or so many `days` after (negative: before) the date in a field. All in the contact's time zone.
 */
export const sequenceDelaySchema = z.discriminatedUnion("mode", [
  z.object({
    mode: z.literal("after"),
    amount: z.number().int().min(0).max(100_000),
    unit: z.enum(["minutes", "hours", "days"]),
    time: timeOfDay.optional(),
    /** ISO: 1 is Monday; none: any day. */
    weekdays: z.array(z.number().int().min(1).max(7)).max(7).default([]),
  }),
  z.object({
    mode: z.literal("on_date"),
    field: z.string().min(1).max(200),
    days: z.number().int().min(-3650).max(3650).default(0),
    /** Absent: the field's own time, or 09:00 where it is a date alone. */
    time: timeOfDay.optional(),
  }),
]);
export type SequenceDelay = z.output<typeof sequenceDelaySchema>;

export const sequenceContentSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("message"),
    content: z.union([z.string().max(20_000), messageContentSchema]).describe("A text (a template) or a message."),
  }),
  z.object({ kind: z.literal("flow"), flow: refSchema, step: refSchema.optional() }),
]);
export type SequenceContent = z.output<typeof sequenceContentSchema>;

export const sequenceStepSchema = z.object({
  /** Stable: who has had a step is known by it. */
  ref: refSchema,
  name: z.string().max(200).optional(),
  isOn: z.boolean().default(true),
  delay: sequenceDelaySchema,
  /** Asked when the step is due; where it does not hold, the step is skipped. */
  condition: innerConditionSchema.optional(),
  content: sequenceContentSchema,
});

/** `isRemoved`: deleted, and kept in its place: where those stood who waited for it, and what its buttons did, must stay known. */
export type SequenceStep = z.output<typeof sequenceStepSchema> & { readonly isRemoved?: true };

export const restartRules = ["after_end", "always", "continue", "never"] as const;
export const replyRules = ["go_on", "pause", "end"] as const;

export const sequenceSettingsSchema = z.object({
  /**
   * Who is subscribed again: `after_end`, begins again once the subscription has ended; `always`, also while it goes on; `continue`, goes on behind the last step that they had; `never`: once is enough.
   */
  restart: z.enum(restartRules).default("after_end"),
  /** What a message of the contact's does once the first step is out: nothing; puts the next step off; ends the subscription. */
  onReply: z.enum(replyRules).default("go_on"),
  /** How long after the last reply a `pause` ends. */
  pauseHours: z.number().int().min(1).max(8760).default(24),
});
export type SequenceSettings = z.output<typeof sequenceSettingsSchema>;

export interface SequenceDefinition extends SequenceSettings {
  readonly ref: string;
  readonly name: string;
  readonly steps: readonly SequenceStep[];
}

/** How many steps a sequence has at most. */
export const mostSequenceSteps = 200;

/** Why a subscription ended. */
export type SequenceEnd = "finished" | "unsubscribed" | "replied";

/** A subscription that has ended. */
export interface PastSequence {
  readonly end: SequenceEnd;
  /** Unix milliseconds. */
  readonly at: number;
  /** Refs of the steps that the contact was through, in their order, sent or skipped. */
  readonly passed: readonly string[];
  /** The step that was waited for. */
  readonly next: string | null;
}

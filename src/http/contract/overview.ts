import { z } from "zod";
import { broadcastStatuses } from "../../model/broadcast.ts";
import { refSchema } from "../../model/flow.ts";
import { idSchema, instantSchema } from "./common.ts";

/** Days a period may have. */
export const maxDays = 366;

const shape = {
  from: z.iso.date().optional().describe("First day, of the workspace's time zone; absent: 29 days before the last."),
  to: z.iso.date().optional().describe("Last day; absent: today."),
  bot: z.string().min(1).max(20).optional().describe("Id or ref; absent: all."),
  channel: idSchema.optional().describe("Id; absent: all."),
};
export const periodQuery = z.strictObject(shape);
export const broadcastPeriodQuery = periodQuery.omit({ channel: true });
export type PeriodQuery = z.output<typeof broadcastPeriodQuery>;

const number = z.number().int();

const countsShape = {
  created: number.describe("Became contacts, whichever way: by writing, by a link, through the API, by an import."),
  unblocked: number.describe("Unblocked the bot on a channel."),
  optedIn: number.describe("Want messages again."),
  unbanned: number.describe("Are no longer banned."),
  blocked: number.describe("Blocked the bot on a channel, or are not to be found there any more."),
  optedOut: number.describe("Want no more messages."),
  banned: number.describe("Were banned by the team or a flow."),
  deleted: number.describe("Were deleted for good. A contact that was merged into another is not lost."),
  messagesIn: number.describe("Messages and presses of buttons by contacts."),
  messagesByBot: number.describe("Made by flows, broadcasts and programs, whatever became of them."),
  messagesByAgents: number.describe("Made by people of the team, whatever became of them."),
};
export type ActivityKey = keyof typeof countsShape;

const periodShape = {
  from: z.iso.date(),
  to: z.iso.date(),
  timeZone: z.string().describe("Whose days they are."),
};
const countedUntil = instantSchema
  .nullable()
  .describe("What happened after it is still being counted; null: so is what happened before the server had this.");

export const activitySchema = z
  .object({
    ...periodShape,
    countedUntil,
    days: z.array(z.object({ date: z.iso.date(), ...countsShape })).describe("Every day of the period."),
    channels: z
      .array(z.object({ channel: z.number().nullable().describe("Id; null: by no channel."), ...countsShape }))
      .describe(
        "The period as a whole, by channel; what the team or a program did is counted for the contact's first channel.",
      ),
  })
  .meta({ id: "Activity" });
export type ActivityBody = z.infer<typeof activitySchema>;

export const flowCountsSchema = z
  .object({
    ...periodShape,
    countedUntil,
    flows: z.array(
      z.object({
        ref: z.string(),
        name: z.string(),
        started: number.describe("How often it was begun in the period; once more for who begins anew."),
        answered: number.describe("In how many of these walks the person wrote or pressed something that led on."),
      }),
    ),
  })
  .meta({ id: "FlowCounts" });
export type FlowCountsBody = z.infer<typeof flowCountsSchema>;

const stepsSchema = z
  .string()
  .max(200)
  .transform((text) => text.split(","))
  .pipe(
    z
      .array(refSchema)
      .min(2)
      .max(8)
      .refine((steps) => new Set(steps).size === steps.length, "names a step twice"),
  );
export const funnelQuery = z
  .strictObject({
    ...shape,
    steps: stepsSchema.describe(
      "2 to 8 refs of steps, separated by commas, in the order in which people come to them.",
    ),
  })
  .omit({ bot: true });

export const funnelSchema = z
  .object({
    ...periodShape,
    countedUntil,
    steps: z.array(z.object({ step: z.string(), people: number })),
  })
  .meta({ id: "Funnel" });
export type FunnelBody = z.infer<typeof funnelSchema>;

export const broadcastResultsSchema = z
  .object({
    ...periodShape,
    broadcasts: z
      .array(
        z.object({
          id: z.number(),
          name: z.string(),
          status: z.enum(broadcastStatuses),
          startedAt: instantSchema,
          sent: number,
          failed: number,
          skipped: number,
          waiting: number.describe("Whose turn has not come."),
        }),
      )
      .describe("The newest 50 that began in the period."),
  })
  .meta({ id: "BroadcastResults" });
export type BroadcastResultsBody = z.infer<typeof broadcastResultsSchema>;

import { z } from "zod";
import { idSchema } from "./common.ts";

const cursor = z
  .string()
  .max(200)
  .optional()
  .describe("`nextCursor` of the answer before: a pass through all that had failed when it began takes several calls.");

export const retrySchema = z.strictObject({ cursor });
export const messagesRetrySchema = z.strictObject({
  cursor,
  status: z
    .array(z.enum(["failed", "uncertain"]))
    .min(1)
    .max(2)
    .default(["failed"])
    .describe("`uncertain`: it may have arrived, and would then arrive twice."),
  channelId: idSchema.optional(),
});
export const callsRetrySchema = z.strictObject({ cursor, integrationId: idSchema.optional() });

export const retriedSchema = z
  .object({
    retried: z.number().describe("How many of them this call handed in again."),
    nextCursor: z.string().nullable().describe("Null: there is nothing left that had failed when the pass began."),
  })
  .meta({ id: "Retried" });
export type RetriedBody = z.infer<typeof retriedSchema>;

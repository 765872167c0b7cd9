import { z } from "zod";
import { botReferenceSchema, idSchema, instantSchema, jsonValue, nameSchema, pageQuery } from "./common.ts";

export const conditionBody = jsonValue.describe(
  "A condition as the condition step has it: `{match: all|any, rules: [...]}`, at most 10 groups deep and 200 comparisons. Time of day and weekday are those of the moment of asking, in each contact's time zone.",
);

export const segmentSchema = z
  .object({
    id: z.number(),
    botId: z.number().nullable().describe("Null: asked about the contacts of all bots."),
    name: z.string(),
    condition: jsonValue,
    createdAt: instantSchema,
  })
  .meta({ id: "Segment" });
export type SegmentBody = z.infer<typeof segmentSchema>;

export const segmentCreateSchema = z.strictObject({
  name: nameSchema,
  condition: conditionBody,
  bot: botReferenceSchema.optional().describe("Absent: all of the workspace's bots."),
});
export const segmentChangeSchema = z.strictObject({ name: nameSchema.optional(), condition: conditionBody.optional() });

export const segmentCountSchema = z.object({ count: z.number() });
export const segmentTestSchema = z.object({ isMember: z.boolean() });
export const segmentPageQuery = z.object(pageQuery);
export const segmentContactParams = z.object({ id: idSchema, contact: z.string().regex(/^(\d{1,15}|cuid:.{1,100})$/) });

import { z } from "zod";
import { refSchema } from "../../model/flow.ts";
import { botReferenceSchema, idSchema, instantSchema, nameSchema } from "./common.ts";

/** What a link says of the person, in words; `p`, `e`, `eId` and `v` in the link itself. */
export const entryDataSchema = z.strictObject({
  phone: z.string().min(1).max(40).optional(),
  email: z.string().min(1).max(254).optional(),
  externalId: z.string().min(1).max(200).optional(),
  variables: z.record(z.string().min(1).max(100), z.union([z.string().max(2000), z.number(), z.boolean()])).optional(),
});

const stored = entryDataSchema.describe(
  "Brought without standing in the link: as long as you like, the same for all who open it.",
);

export const entryLinkCreateSchema = z
  .strictObject({
    bot: botReferenceSchema,
    name: nameSchema,
    flow: refSchema.optional().describe("The flow it starts; absent: what the bot's triggers name."),
    step: refSchema.optional().describe("The step of that flow."),
    key: z.string().min(1).max(1000).optional().describe("A plain key: becomes the contact's clientExternalId."),
    data: entryDataSchema.optional().describe("Stands in the link, encoded, for one person."),
    stored: stored.optional(),
    channel: idSchema.optional().describe("Only for this channel; absent: for all of the bot's."),
  })
  .refine(({ key, data }) => key === undefined || data === undefined, {
    error: "give `key` or `data`, not both; `data.externalId` does what `key` does",
    path: ["key"],
  })
  .refine(({ flow, step }) => step === undefined || flow !== undefined, {
    error: "a step needs its flow",
    path: ["step"],
  });

export const entryLinkChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  flow: refSchema.nullable().optional(),
  step: refSchema.nullable().optional(),
  stored: stored.nullable().optional(),
});

export const entryLinkSummarySchema = z
  .object({
    ref: z.string(),
    botId: z.number(),
    name: z.string(),
    flow: z.string().nullable(),
    step: z.string().nullable(),
    stored: z.record(z.string(), z.unknown()).nullable(),
    payload: z.string().describe("What stands in the link."),
    createdAt: instantSchema,
  })
  .meta({ id: "EntryLinkSummary" });
export type EntryLinkSummaryBody = z.infer<typeof entryLinkSummarySchema>;

export const entryLinkSchema = entryLinkSummarySchema
  .extend({
    length: z.number().describe("Of the payload."),
    maxLength: z.number().describe("Of a payload that all the links below can carry."),
    links: z.array(z.object({ channelId: z.number(), kind: z.string(), url: z.string(), qrSvg: z.string() })),
  })
  .meta({ id: "EntryLink" });
export type EntryLinkBody = z.infer<typeof entryLinkSchema>;

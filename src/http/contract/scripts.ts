import { z } from "zod";
import { fieldKeySchema } from "../../model/field.ts";
import { longestScript, scriptLimitsSchema } from "../../model/script.ts";
import { jsonValue, sentenceShape } from "./common.ts";
import { contactReferenceSchema } from "./contacts.ts";

export const scriptTestParams = z.object({ bot: z.string().min(1).max(20).describe("Id or ref.") });

export const scriptTestSchema = z.strictObject({
  contact: contactReferenceSchema,
  code: z.string().min(1).max(longestScript),
  outputs: z.array(z.string().max(40)).max(20).default([]).describe("What it may return beside `next` and `failed`."),
  vars: z
    .record(fieldKeySchema, jsonValue)
    .default({})
    .describe("Variables of the walk, beside those that the contact's entry link and the bot have."),
  message: z
    .strictObject({ text: z.string().max(20_000) })
    .optional()
    .describe("The message that brings the contact there."),
  ...scriptLimitsSchema.shape,
});

const problemSchema = z.object({ code: z.string(), ...sentenceShape });
const changesSchema = z.record(z.string(), z.unknown());

export const scriptTestAnswerSchema = z.object({
  ok: z.boolean(),
  error: problemSchema.optional().describe("Why a flow would go on through `failed`."),
  output: z.string().optional(),
  fields: changesSchema.describe("What it would set, by key; null clears."),
  vars: changesSchema,
  problems: z.array(problemSchema).describe("What could not be kept; a flow records it and goes on."),
  log: z.array(z.string()),
  milliseconds: z.number().describe("Of a processor's time."),
});

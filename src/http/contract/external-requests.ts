import { z } from "zod";
import {
  answerMappingSchema,
  requestMethods,
  requestReportSchema,
  requestSchema,
} from "../../model/external-request.ts";
import { fieldKeySchema } from "../../model/field.ts";
import { jsonValue, sentenceShape } from "./common.ts";
import { contactReferenceSchema } from "./contacts.ts";

export const requestTestSchema = z.strictObject({
  contact: contactReferenceSchema,
  ...requestSchema.shape,
  timeoutSeconds: z.number().int().min(1).max(60).default(15),
  save: z.array(answerMappingSchema).max(50).default([]),
  vars: z.record(fieldKeySchema, jsonValue).default({}).describe("Variables of the walk."),
});

const changes = z.record(z.string(), z.unknown());

export const requestTestAnswerSchema = z.object({
  request: z
    .object({
      method: z.enum(requestMethods),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      body: z.string().nullable(),
    })
    .nullable()
    .describe("As it went out; null: it could not be put together."),
  report: requestReportSchema,
  fields: changes.describe("What a flow would set, by key; null clears."),
  vars: changes,
  problems: z.array(z.object({ code: z.string(), ...sentenceShape })),
});

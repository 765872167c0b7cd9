import { z } from "zod";
import { fieldKeySchema, fieldKindSchema } from "../../model/field.ts";
import { botReferenceSchema, instantSchema, jsonValue, nameSchema } from "./common.ts";

const description = z.string().max(1000).describe("For the people who use it.");

export const fieldSchema = z
  .object({
    id: z.number(),
    key: z.string(),
    name: z.string(),
    kind: fieldKindSchema,
    description: z.string(),
    createdAt: instantSchema,
  })
  .meta({ id: "Field" });
export type FieldBody = z.infer<typeof fieldSchema>;

export const fieldCreateSchema = z.strictObject({
  key: fieldKeySchema.describe("What templates and conditions call it; never changes."),
  name: nameSchema,
  kind: fieldKindSchema,
  description: description.default(""),
});
export const fieldChangeSchema = z.strictObject({ name: nameSchema.optional(), description: description.optional() });

export const variableSchema = fieldSchema
  .extend({ botId: z.number(), value: z.unknown().describe("null: no value.") })
  .meta({ id: "Variable" });
export type VariableBody = z.infer<typeof variableSchema>;

const variableValue = jsonValue.describe("Of the variable's kind; null clears it.");
export const variableCreateSchema = fieldCreateSchema.extend({
  bot: botReferenceSchema,
  value: variableValue.optional(),
});
export const variableChangeSchema = fieldChangeSchema.extend({ value: variableValue.optional() });
export const variableQuery = z.object({ bot: z.string().max(20).optional() });

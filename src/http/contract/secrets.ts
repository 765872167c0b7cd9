import { z } from "zod";
import { fieldKeySchema } from "../../model/field.ts";
import { botReferenceSchema, instantSchema, nameSchema } from "./common.ts";

const description = z.string().max(1000).describe("For the people who use it.");
const value = z
  .string()
  .min(8, "a secret has at least 8 characters")
  .max(4000)
  .describe("Sealed at rest. It goes into external requests as `{{ secrets.KEY }}`, and is shown to nobody again.");

export const secretSchema = z
  .object({
    id: z.number(),
    botId: z.number(),
    key: z.string(),
    name: z.string(),
    description: z.string(),
    createdAt: instantSchema,
    updatedAt: instantSchema,
  })
  .meta({ id: "Secret" });
export type SecretBody = z.infer<typeof secretSchema>;

export const secretCreateSchema = z.strictObject({
  bot: botReferenceSchema,
  key: fieldKeySchema.describe("What templates call it; never changes."),
  name: nameSchema,
  description: description.default(""),
  value,
});
export const secretChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  description: description.optional(),
  value: value.optional(),
});
export const secretQuery = z.object({ bot: z.string().max(20).optional() });

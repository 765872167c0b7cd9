import { z } from "zod";
import { instantSchema, jsonValue, nameSchema } from "./common.ts";

const settings = z.record(z.string().max(100), jsonValue);

export const integrationSchema = z
  .object({
    id: z.number(),
    ref: z.string().describe("What flows name it by; the name does as well."),
    kind: z.string(),
    name: z.string(),
    settings: z.record(z.string(), z.unknown()).describe("Secrets are shown as `••••••••`."),
    active: z.boolean(),
    error: z.string().nullable().describe("The latest failure; null again after a success."),
    errorAt: instantSchema.nullable(),
    createdAt: instantSchema,
  })
  .meta({ id: "Integration" });
export type IntegrationBody = z.infer<typeof integrationSchema>;

export const integrationCreateSchema = z.strictObject({
  kind: z.string().max(40),
  name: nameSchema,
  settings: settings.default({}),
  active: z.boolean().default(true),
});
export const integrationChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  active: z.boolean().optional(),
  settings: settings
    .optional()
    .describe("Merged into what is there; null takes a setting out, `••••••••` leaves a secret as it is."),
});
export const integrationKindSchema = z.object({
  kind: z.string(),
  title: z.string(),
  description: z.string(),
  secrets: z.array(z.string()),
  settings: z.record(z.string(), z.unknown()).describe("JSON Schema of the settings."),
  lookups: z.array(z.string()).describe("Lists that the other system gives, for forms."),
  oauth: z.boolean().describe("Whether one signs in at the other system in the browser."),
});
export const integrationHealthSchema = z.object({ ok: z.boolean(), message: z.string() });
export const lookupParams = z.object({
  id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  name: z.string().max(60),
});
export const lookupSchema = z.object({ data: z.unknown() });
export const authorizeSchema = z.object({
  url: z.string().describe("Open it in a browser and sign in there; the other system sends the browser back here."),
  redirectUri: z.string().describe("What the other system has to know as the address to send the browser back to."),
});

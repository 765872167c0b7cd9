import { z } from "zod";
import { botReferenceSchema, instantSchema, jsonValue, nameSchema } from "./common.ts";

const settings = z.record(z.string().max(100), jsonValue);

export const channelSchema = z
  .object({
    id: z.number(),
    botId: z.number(),
    kind: z.string(),
    name: z.string(),
    settings: z.record(z.string(), z.unknown()).describe("Secrets are shown as `••••••••`."),
    status: z.enum(["connected", "disconnected", "broken"]),
    statusMessage: z.string().nullable(),
    webhookUrl: z.string(),
    chatUrl: z
      .string()
      .nullable()
      .describe("What opens the bot there; null: it has no such link, or is not connected yet."),
    createdAt: instantSchema,
  })
  .meta({ id: "Channel" });
export type ChannelBody = z.infer<typeof channelSchema>;

export const channelCreateSchema = z.strictObject({
  bot: botReferenceSchema,
  kind: z.string().max(40),
  name: nameSchema,
  settings: settings.default({}),
  connect: z.boolean().default(true).describe("Register with the platform at once."),
});
export const channelChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  settings: settings
    .optional()
    .describe("Merged into what is there; null takes a setting out, `••••••••` leaves a secret as it is."),
});
export const channelHealthSchema = z.object({ ok: z.boolean(), message: z.string() });
export const platformTemplateSchema = z
  .object({
    name: z.string(),
    language: z.string(),
    status: z.string().describe("In the platform's words, small; only what is `approved` goes out."),
    category: z.string(),
    text: z.string(),
    header: z.string().optional().describe("`text`, `image`, `video`, `document` or `location`; absent: none."),
    variables: z.number().describe("How many the text has."),
    buttons: z.array(z.object({ kind: z.string(), title: z.string(), hasVariable: z.boolean() })),
  })
  .meta({ id: "PlatformTemplate" });
export const channelKindSchema = z.object({
  kind: z.string(),
  title: z.string(),
  secrets: z.array(z.string()),
  settings: z.record(z.string(), z.unknown()).describe("JSON Schema of the settings."),
  capabilities: z.record(z.string(), z.unknown()),
});

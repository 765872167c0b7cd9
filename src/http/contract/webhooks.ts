import { z } from "zod";
import { refSchema } from "../../model/flow.ts";
import {
  inboundMappingSchema,
  messageMatchSchema,
  webhookEventSchema,
  webhookEvents,
  webhookFormats,
} from "../../model/webhook.ts";
import { botReferenceSchema, idSchema, instantSchema, jsonValue, nameSchema, pageQuery } from "./common.ts";

const meanings = Object.entries(webhookEvents)
  .map(([event, meaning]) => `\`${event}\`: ${meaning}`)
  .join(" ");
const eventsSchema = z.array(webhookEventSchema).min(1).max(100).describe(meanings);
const headersSchema = z
  .record(z.string().min(1).max(100), z.string().max(2000))
  .describe("Sent with every call; sealed at rest, and shown to nobody.");
const basicAuthSchema = z.strictObject({ username: z.string().max(200), password: z.string().max(500) }).nullable();
const secretSchema = z.string().min(8).max(200).describe("Signs the calls (not in UChat's form). Absent: one is made.");
const matchSchema = messageMatchSchema
  .nullable()
  .describe("Of `message_in`, only messages with one of these words, as a keyword trigger reads them; null: all.");
const urlSchema = z.string().min(1).max(2000);

export const webhookSchema = z
  .object({
    id: z.number(),
    botId: z.number().nullable(),
    format: z.enum(webhookFormats),
    name: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    messageMatch: messageMatchSchema.nullable(),
    headerNames: z.array(z.string()).describe("Of the headers that are sent; their values are not shown."),
    hasBasicAuth: z.boolean(),
    active: z.boolean(),
    error: z.string().nullable().describe("The latest failure; null again after a success."),
    errorAt: instantSchema.nullable(),
    createdAt: instantSchema,
  })
  .meta({ id: "Webhook" });
export type WebhookBody = z.infer<typeof webhookSchema>;

export const webhookCreatedSchema = webhookSchema
  .extend({ secret: z.string().describe("Shown in this answer only.") })
  .meta({ id: "WebhookCreated" });
export type WebhookCreatedBody = z.infer<typeof webhookCreatedSchema>;

export const webhookCreateSchema = z.strictObject({
  name: nameSchema,
  url: urlSchema,
  events: eventsSchema
    .optional()
    .describe(
      `What it hears of. With the format \`uchat\` left out: that tells of messages that come in while the bot is silent. ${meanings}`,
    ),
  bot: botReferenceSchema.optional().describe("Absent: all of the workspace's bots."),
  messageMatch: matchSchema.default(null),
  format: z.enum(webhookFormats).default("native"),
  secret: secretSchema.optional(),
  headers: headersSchema.default({}),
  basicAuth: basicAuthSchema.default(null),
  active: z.boolean().default(true),
});

export const webhookChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  url: urlSchema.optional(),
  events: eventsSchema.optional(),
  messageMatch: matchSchema.optional(),
  secret: secretSchema.optional(),
  headers: z
    .record(z.string().min(1).max(100), z.string().max(2000).nullable())
    .optional()
    .describe("All of them, in place of those before; null: this one keeps its value."),
  basicAuth: basicAuthSchema.optional(),
  active: z.boolean().optional(),
});

export const deliverySchema = z
  .object({
    id: z.string(),
    contactId: z.number(),
    eventId: z.number(),
    event: z.string(),
    status: z.enum(["waiting", "delivered", "dead"]).describe("`dead`: given up; it can be sent again."),
    attempts: z.number(),
    lastStatus: z.number().nullable().describe("HTTP status of the latest answer."),
    lastError: z.string().nullable(),
    body: jsonValue.describe("What is sent."),
    createdAt: instantSchema,
    triedAt: instantSchema.nullable(),
    nextTryAt: instantSchema.nullable().describe("Of one that waits after a failed try; null: at once, or never."),
  })
  .meta({ id: "WebhookDelivery" });
export type DeliveryBody = z.infer<typeof deliverySchema>;

export const deliveryQuery = z.object({
  ...pageQuery,
  status: z.enum(["waiting", "delivered", "dead"]).optional(),
});
export const deliveryParams = z.object({ id: idSchema, delivery: z.uuid() });

export const webhookTestSchema = z
  .object({
    ok: z.boolean(),
    status: z.number().nullable(),
    error: z.string().nullable(),
    durationMs: z.number(),
  })
  .meta({ id: "WebhookTest" });

const mappingSchema = z.array(inboundMappingSchema).max(50);

export const inboundWebhookSchema = z
  .object({
    id: z.number(),
    botId: z.number(),
    uid: z.string(),
    url: z.string().describe("Whoever knows it may call it."),
    name: z.string(),
    flow: z.string().nullable(),
    step: z.string().nullable(),
    mapping: mappingSchema,
    active: z.boolean(),
    createdAt: instantSchema,
  })
  .meta({ id: "InboundWebhook" });
export type InboundWebhookBody = z.infer<typeof inboundWebhookSchema>;

export const inboundWebhookCreateSchema = z.strictObject({
  bot: botReferenceSchema,
  name: nameSchema,
  flow: refSchema.nullable().default(null).describe("The flow that a call starts; null: none."),
  step: refSchema.nullable().default(null),
  mapping: mappingSchema.default([]).describe("Where parts of the call go, by JSON paths (RFC 9535)."),
  active: z.boolean().default(true),
});

export const inboundWebhookChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  flow: refSchema.nullable().optional(),
  step: refSchema.nullable().optional(),
  mapping: mappingSchema.optional(),
  active: z.boolean().optional(),
});

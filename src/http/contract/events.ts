import { z } from "zod";
import { instantSchema, pageQuery } from "./common.ts";

export const eventSchema = z
  .object({
    id: z.number(),
    contactId: z.number(),
    channelId: z.number().nullable(),
    kind: z.string(),
    source: z.string(),
    payload: z.unknown(),
    facts: z.array(z.looseObject({ kind: z.string() })).describe("What followed."),
    at: instantSchema,
    failed: z.string().nullable().describe("Why it could not be handled, where it could not."),
    sent: z
      .array(z.string())
      .optional()
      .describe(
        "In a contact's history, of `actions`: the texts of the messages that went out by them, as they were sent. The payload has what was asked for: a template, often.",
      ),
  })
  .meta({ id: "Event" });
export type EventBody = z.infer<typeof eventSchema>;

export const retriedEventSchema = z
  .object({
    eventId: z.number().nullable().describe("The event that the new try is kept as."),
    status: z
      .enum(["done", "refused"])
      .describe("`refused`: it failed again, and can be tried again as the new event."),
  })
  .meta({ id: "RetriedEvent" });

export const eventQuery = z.object(pageQuery);
export const contactEventQuery = eventQuery.extend({
  kind: z
    .union([
      z
        .string()
        .max(60)
        .transform((one) => [one]),
      z.array(z.string().max(60)).max(50),
    ])
    .optional()
    .describe("Kinds of what happened (`message`, `button` …) or of what followed (`tag_added`, `error` …)."),
});

export const integrationCallSchema = z
  .object({
    id: z.number(),
    contactId: z.number().nullable(),
    integration: z.string(),
    direction: z.enum(["in", "out"]),
    ok: z.boolean(),
    summary: z.string(),
    request: z.unknown(),
    response: z.unknown(),
    durationMs: z.number(),
    createdAt: instantSchema,
    integrationId: z.number().nullable(),
    attempt: z.number().describe("1 for the first try."),
    canRetry: z.boolean().describe("It has failed for good, and can be sent again."),
    retriedAt: instantSchema.nullable(),
  })
  .meta({ id: "IntegrationCall" });
export type IntegrationCallBody = z.infer<typeof integrationCallSchema>;

const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value));
export const integrationLogQuery = z.object({
  ...pageQuery,
  contact: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
  integration: z.string().max(60).optional(),
  ok: z.enum(["true", "false"]).optional(),
  integrationId: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
  from: instant.optional().describe("ISO 8601."),
  to: instant.optional().describe("ISO 8601; that moment itself is not in it."),
});

import { z } from "zod";
import { actionCallSchema } from "../../model/action-call.ts";
import { broadcastStatuses, recipientStatuses } from "../../model/broadcast.ts";
import { messageContentSchema } from "../../model/message.ts";
import { botReferenceSchema, idSchema, instantSchema, nameSchema, pageQuery } from "./common.ts";
import { contactAskShape } from "./contact-lists.ts";
import { conditionBody } from "./segments.ts";

const counts = z.object({
  waiting: z.number(),
  sending: z.number(),
  sent: z.number(),
  failed: z.number(),
  skipped: z.number(),
});

export const broadcastSchema = z
  .object({
    id: z.number(),
    botId: z.number(),
    name: z.string(),
    status: z.enum(broadcastStatuses),
    perMinute: z.number().nullable().describe("null: as fast as it goes; channels keep their own rates."),
    startAt: instantSchema.nullable(),
    createdAt: instantSchema,
    startedAt: instantSchema.nullable(),
    endedAt: instantSchema.nullable(),
    recipients: counts.describe("How many stand where; together the audience, once it is prepared."),
    expectedEnd: instantSchema.nullable().describe("By its rate; null: unknown, or over."),
    actions: z.array(z.unknown()).describe("What each recipient gets."),
  })
  .meta({ id: "Broadcast" });
export type BroadcastBody = z.infer<typeof broadcastSchema>;

const audienceSchema = z
  .strictObject({
    contacts: z.array(idSchema).min(1).max(100_000).optional(),
    tags: z.array(nameSchema).min(1).max(50).optional().describe("Who has one of them."),
    excludeTags: z.array(nameSchema).max(50).optional(),
    segments: z.array(idSchema).min(1).max(20).optional().describe("Who is in one of them."),
    condition: conditionBody.optional(),
    all: z.literal(true).optional(),
    q: contactAskShape.q.describe("Beside one of the others: only who is called so, as in a search of contacts."),
  })
  .refine(
    ({ contacts, tags, segments, condition, all }) =>
      [contacts, tags, segments, condition, all].filter((one) => one !== undefined).length === 1,
    { error: "name one of contacts, tags, segments, condition and all" },
  );

export const broadcastCreateSchema = z
  .strictObject({
    bot: botReferenceSchema,
    name: nameSchema,
    audience: audienceSchema,
    content: z
      .union([z.string().min(1).max(20_000), messageContentSchema])
      .optional()
      .describe("A text (a template) or a message."),
    flow: z.string().min(1).max(20).optional(),
    step: z.string().min(1).max(20).optional(),
    actions: z.array(actionCallSchema).min(1).max(20).optional().describe("Anything of the action catalogue."),
    perMinute: z.number().int().min(1).max(1_000_000).nullable().default(null),
    startAt: instantSchema.optional().describe("When it begins once it is started; absent: at once."),
    start: z.boolean().default(false),
  })
  .refine(({ content, flow, actions }) => [content, flow, actions].filter((one) => one !== undefined).length === 1, {
    error: "name one of content, flow and actions",
  });
export type BroadcastCreate = z.output<typeof broadcastCreateSchema>;

export const recipientQuery = z.object({ ...pageQuery, status: z.enum(recipientStatuses).optional() });
export const reasonSchema = z.object({ status: z.enum(recipientStatuses), reason: z.string(), count: z.number() });

export const recipientSchema = z.object({
  contactId: z.number(),
  status: z.enum(recipientStatuses),
  reason: z.string().nullable(),
  at: instantSchema.nullable(),
});

import { z } from "zod";
import {
  attachmentSchema,
  messageStatuses,
  messageTemplateSchema,
  outgoingButtonSchema,
  quickReplySchema,
  sendReasons,
} from "../../model/message.ts";
import { idSchema, instantSchema, pageQuery } from "./common.ts";

export const messageSchema = z
  .object({
    id: z.number(),
    contactId: z.number(),
    channelId: z.number(),
    direction: z.enum(["in", "out"]),
    content: z.record(z.string(), z.unknown()),
    status: z.enum(messageStatuses),
    error: z.string().nullable(),
    externalId: z.string().nullable(),
    flow: z.string().nullable(),
    step: z.string().nullable(),
    attempts: z.number(),
    uncertainSends: z
      .number()
      .describe("How often a crash cut off the answer to a send: it may have gone out more than once."),
    author: z.enum(["contact", "bot", "agent"]).describe("Who wrote it; an agent is a person of the team."),
    reason: z
      .enum(sendReasons)
      .nullable()
      .describe(
        "Why it was allowed to leave: it answers the person, an agent wrote it, the person agreed to this kind of channel, or is subscribed. Null: it came in, or is older than this.",
      ),
    createdAt: instantSchema,
    sentAt: instantSchema.nullable(),
    editedAt: instantSchema.nullable(),
  })
  .meta({ id: "Message" });
export type MessageBody = z.infer<typeof messageSchema>;

const status = z.enum(messageStatuses);
const midSchema = z.string().min(1).max(200);
export const messageQuery = z.object({
  ...pageQuery,
  status: z
    .union([status.transform((one) => [one]), z.array(status).max(8)])
    .optional()
    .describe("Several times: any of them."),
  contact: idSchema.optional(),
  mid: z
    .union([midSchema.transform((one) => [one]), z.array(midSchema).max(100)])
    .optional()
    .describe(
      "Several times: these messages, in this order and in one page, whatever else is asked. A mid is the id as text; the platform's id counts too, unless it is digits alone.",
    ),
});

export const messageSendSchema = z
  .strictObject({
    text: z.string().max(20_000).optional().describe("A template, as in flows."),
    attachments: z.array(attachmentSchema).max(10).default([]),
    buttons: z.array(outgoingButtonSchema).max(100).default([]),
    quickReplies: z.array(quickReplySchema).max(100).default([]),
    template: messageTemplateSchema
      .optional()
      .describe(
        "An approved message (WhatsApp), whose texts are templates as in flows; goes out where nothing else may.",
      ),
    author: z
      .enum(["agent", "bot"])
      .default("agent")
      .describe("Who speaks: a person of the team, or a program in the bot's name."),
    channelId: idSchema.optional().describe("Absent: the channel the contact was last heard on."),
  })
  .refine(({ text, attachments, template }) => (text ?? "").trim() !== "" || attachments.length > 0 || template, {
    error: "a message has a text or an attachment",
    path: ["text"],
  });
export const messagesSentSchema = z.object({ repeated: z.boolean(), messages: z.array(messageSchema) });

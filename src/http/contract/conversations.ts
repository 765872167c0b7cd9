import { z } from "zod";
import { conversationStatuses } from "../../model/conversation.ts";
import { botReferenceSchema, idSchema, instantSchema, nameSchema, pageQuery } from "./common.ts";

const requirement = z.union([z.literal(0), z.literal(1), z.literal(2)]).describe("0: no, 1: may, 2: must.");

export const conversationStateSchema = z.object({
  status: z.enum(conversationStatuses),
  agent: z.number().nullable().describe("Id of the member that it is assigned to."),
  pausedUntil: instantSchema.nullable().describe("Until then the bot is silent; the year 9999: until it is resumed."),
  readAt: instantSchema.nullable().describe("When an agent last read it."),
  unread: z.boolean(),
});

export const conversationSchema = z
  .object({
    contactId: z.number(),
    botId: z.number(),
    name: z.string().nullable(),
    bannedAt: instantSchema.nullable(),
    lastInboundAt: instantSchema.nullable(),
    ...conversationStateSchema.shape,
  })
  .meta({ id: "Conversation" });

/** A conversation in the inbox, with what was said last. */
export const inboxItemSchema = conversationSchema
  .extend({
    email: z.string().nullable(),
    phone: z.string().nullable(),
    dealLabels: z.array(z.string()).describe("Labels of the sales plans in which the contact has an open deal."),
    last: z
      .object({
        direction: z.enum(["in", "out"]),
        author: z.enum(["contact", "bot", "agent"]),
        text: z.string().describe("Empty where it was media alone."),
        at: instantSchema,
      })
      .nullable()
      .describe("null: nothing was said yet."),
  })
  .meta({ id: "InboxItem" });
export type InboxItem = z.infer<typeof inboxItemSchema>;

const yesNo = z.enum(["true", "false"]).transform((word) => word === "true");

export const conversationQuery = z.strictObject({
  ...pageQuery,
  bot: z.string().max(20).optional().describe("Id or ref of a bot."),
  status: z.enum(conversationStatuses).optional(),
  agent: z
    .union([z.literal("none").transform(() => null), idSchema])
    .optional()
    .describe("Id of a member, or `none`: assigned to nobody."),
  unread: yesNo.optional(),
});

const statusSchema = z.enum(conversationStatuses);
const labelSchema = z.string().min(1).max(200);
export const inboxQuery = conversationQuery.omit({ status: true }).extend({
  status: z
    .union([statusSchema.transform((one) => [one]), z.array(statusSchema).max(4)])
    .optional()
    .describe("Several times: any of them."),
  mentioned: z.literal("true").optional().describe("Where the member who asks was mentioned and has not looked since."),
  channel: idSchema.optional().describe("Contacts who are on this channel."),
  label: z
    .union([labelSchema.transform((one) => [one]), z.array(labelSchema).max(20)])
    .optional()
    .describe("Several times: the contact has to have all."),
  q: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      "Part of a name, e-mail or phone; or words, or their beginnings, that the contact or an agent wrote in one message. What the bot said is not searched.",
    ),
});

const tabCount = z.number().describe("1000: that many or more.");
export const inboxCountsSchema = z
  .object({
    mine: tabCount,
    unassigned: tabCount,
    unread: tabCount,
    mentioned: tabCount,
    closed: tabCount,
    all: tabCount,
  })
  .meta({ id: "InboxCounts" });

export const conversationCountsSchema = z.record(z.enum(conversationStatuses), z.number());

export type InboxCountsBody = z.infer<typeof inboxCountsSchema>;

export const closingNoteSchema = z
  .object({
    id: z.number(),
    botId: z.number(),
    name: z.string(),
    description: z.string(),
    requireAttachment: requirement,
    requireSummary: requirement,
    createdAt: instantSchema,
  })
  .meta({ id: "ClosingNote" });
export type ClosingNoteBody = z.infer<typeof closingNoteSchema>;

const description = z.string().max(2000);
export const closingNoteCreateSchema = z.strictObject({
  bot: botReferenceSchema,
  name: nameSchema,
  description: description.default(""),
  requireAttachment: requirement.default(0),
  requireSummary: requirement.default(0),
});
export const closingNoteChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  description: description.optional(),
  requireAttachment: requirement.optional(),
  requireSummary: requirement.optional(),
});

export const saidClosingNoteSchema = z.object({
  id: z.number(),
  name: z.string(),
  summary: z.string(),
  attachmentUrl: z.string().nullable().describe("The address of a file."),
  agentId: z.number().nullable(),
  createdAt: instantSchema,
});

export const customEventSchema = z
  .object({ id: z.number(), name: z.string(), createdAt: instantSchema })
  .meta({ id: "CustomEvent" });

export const customEventEntrySchema = z.object({
  id: z.number(),
  contactId: z.number(),
  text: z.string().nullable(),
  price: z.number().nullable(),
  number: z.number().nullable(),
  createdAt: instantSchema,
});

const instant = z.iso.datetime({ offset: true });
export const customEventEntryQuery = z.strictObject({
  ...pageQuery,
  bot: z.string().max(20).optional().describe("Id or ref of a bot."),
  from: instant.optional().describe("From here on."),
  to: instant.optional().describe("Before this."),
});

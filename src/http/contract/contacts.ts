import { z } from "zod";
import { actionCallSchema } from "../../model/action-call.ts";
import { consentKinds } from "../../model/conversation.ts";
import { fieldKeySchema } from "../../model/field.ts";
import {
  botReferenceSchema,
  idSchema,
  instantSchema,
  jsonValue,
  nameSchema,
  pageQuery,
  sentenceShape,
} from "./common.ts";
import { conversationStateSchema } from "./conversations.ts";

const text = z.string().nullable();

const identitySchema = z.object({
  channelId: z.number(),
  kind: z.string(),
  externalId: z.string(),
  username: text,
  status: z.enum(["active", "blocked"]),
  lastInboundAt: instantSchema.nullable(),
});

export const contactSchema = z
  .object({
    id: z.number(),
    cuid: z.string(),
    botId: z.number(),
    createdAt: instantSchema,
    lastInboundAt: instantSchema.nullable(),
    optedOutAt: instantSchema.nullable(),
    name: text,
    firstName: text,
    lastName: text,
    email: text,
    phone: text,
    gender: text,
    language: text,
    timeZone: text,
    avatarUrl: text,
    clientExternalId: text,
    utm: z.record(z.string(), z.string()),
    entry: z
      .object({
        link: text.describe("Ref of the entry link."),
        payload: z.string(),
        at: instantSchema,
        variables: z.record(z.string(), z.unknown()),
      })
      .nullable()
      .describe("What the latest link brought."),
    tags: z.array(z.string()),
    labels: z.array(z.string()),
    fields: z.record(z.string(), z.unknown()).describe("By key."),
    sequences: z.array(z.string()).describe("Refs."),
    channels: z.array(identitySchema),
    conversation: conversationStateSchema,
    bannedAt: instantSchema.nullable(),
    consents: z
      .record(z.enum(consentKinds), z.object({ granted: z.boolean(), at: instantSchema }).nullable())
      .describe("What the contact said about e-mail and SMS; null: nothing."),
  })
  .meta({ id: "Contact" });
export type ContactBody = z.infer<typeof contactSchema>;

/** Profile values as a caller gives them; null or an empty text clears. */
const profileText = z.string().max(2000).nullable().optional();
const profileShape = {
  name: profileText,
  firstName: profileText,
  lastName: profileText,
  email: profileText,
  phone: profileText,
  gender: profileText,
  language: profileText,
  timeZone: profileText.describe("IANA name."),
  avatarUrl: profileText,
  clientExternalId: profileText,
};
const fieldValues = z.record(fieldKeySchema, jsonValue).describe("By key; null clears.");

export const contactCreateSchema = z.strictObject({
  bot: botReferenceSchema,
  ...profileShape,
  fields: fieldValues.optional(),
  tags: z.array(nameSchema).max(100).optional(),
  labels: z.array(nameSchema).max(100).optional(),
});
export const contactChangeSchema = z.strictObject({ ...profileShape, fields: fieldValues.optional() });
export type ContactChange = z.infer<typeof contactChangeSchema>;

const contactPattern = /^(?:[1-9]\d{0,14}|cuid:[\w-]{1,60})$/;
const contactForm = "an id, or cuid:<cuid>";
export const contactParams = z.object({
  id: z.string().regex(contactPattern, contactForm).describe("An id, or `cuid:` and the contact's cuid."),
});

/** A contact as a body names it. */
export const contactReferenceSchema = z
  .union([z.number().int().positive().max(Number.MAX_SAFE_INTEGER), z.string().regex(contactPattern, contactForm)])
  .describe("An id, or `cuid:` and the contact's cuid.");

export const contactMergeSchema = z.strictObject({
  secondary: contactReferenceSchema,
  deleteSecondary: z
    .boolean()
    .default(false)
    .describe("Delete it afterwards; its cuid then finds this contact. Else it stays with its name alone."),
});

export const mergePreviewQuery = z.object({
  secondary: z.string().regex(contactPattern, contactForm).describe("Whom a merge would take away."),
});
const values = z.record(z.string(), z.unknown());
export const mergePreviewSchema = z
  .object({
    merged: contactSchema.describe("The contact as it would be."),
    secondary: contactSchema,
    moved: z.record(z.string(), z.number()).describe("How many rows of the other contact would move, by kind."),
    lost: z
      .object({ profile: values, fields: values })
      .describe("What the other contact says otherwise than this one: it is not kept."),
    ended: z
      .array(z.object({ flow: z.string(), step: z.string() }))
      .describe("Walks of the other contact that would end."),
  })
  .meta({ id: "MergePreview" });
export type MergePreviewBody = z.infer<typeof mergePreviewSchema>;

export const contactDataSchema = z
  .record(z.string(), z.unknown())
  .describe("`contact` is the profile; the other entries are the tables that know of it, with their rows.");

/** A query parameter that may be given once or several times. */
const several = z.union([
  z
    .string()
    .max(200)
    .transform((one) => [one]),
  z.array(z.string().max(200)).max(20),
]);

export const contactQuery = z
  .object({
    ...pageQuery,
    bot: z.string().max(20).optional().describe("Id or ref of a bot."),
    channel: idSchema.optional(),
    tag: several.optional().describe("Several times: the contact has to have all."),
    label: several.optional(),
    email: z.string().max(254).optional(),
    phone: z.string().max(40).optional(),
    cuid: z.string().max(60).optional(),
    clientExternalId: z.string().max(1000).optional(),
    channelUserId: z.string().min(1).max(200).optional().describe("The person's id on any channel."),
    q: z.string().min(1).max(200).optional().describe("Part of a name, e-mail, phone, external id or user name."),
  })
  .catchall(z.string().max(2000))
  .superRefine((query, context) => {
    for (const key of Object.keys(query)) {
      if (key in knownKeys || /^field\.[a-z][a-z0-9_]{0,59}$/.test(key)) continue;
      context.addIssue({ code: "custom", message: "there is no such filter", path: [key] });
    }
  })
  .describe("Also `field.<key>`: the value of a field.");
const knownKeys = {
  limit: 1,
  cursor: 1,
  bot: 1,
  channel: 1,
  tag: 1,
  label: 1,
  email: 1,
  phone: 1,
  cuid: 1,
  clientExternalId: 1,
  channelUserId: 1,
  q: 1,
};

export const actionsSchema = z.union([
  z.strictObject({ actions: z.array(actionCallSchema).min(1).max(50) }),
  actionCallSchema.describe("One call."),
]);

const actionResultSchema = z.object({
  ok: z.boolean(),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), ...sentenceShape }).optional(),
});

export const actionsAnswerSchema = z.object({
  repeated: z.boolean().describe("The request came before; nothing was done again."),
  results: z.array(actionResultSchema).describe("One a call, in their order."),
});

export const positionSchema = z.object({
  flow: z.string(),
  step: z.string(),
  waitsFor: z.string(),
  wakeAt: instantSchema.nullable().describe("When the wait ends by itself."),
  channelId: z.number().nullable(),
  enteredAt: instantSchema,
  takesNextText: z
    .boolean()
    .describe(
      "The question that the contact's next text answers: of all that wait, the one that was asked last and was not left.",
    ),
  isLeft: z
    .boolean()
    .describe(
      "The contact went on elsewhere: no text is for this question any more. Its buttons can be pressed, and its time runs out.",
    ),
});

export const scheduledMessageSchema = z
  .object({
    id: z.string(),
    content: z.record(z.string(), z.unknown()),
    at: instantSchema,
    channelId: z.number().nullable().describe("null: the channel on which the contact is heard last by then."),
    author: z.enum(["bot", "agent"]),
  })
  .meta({ id: "ScheduledMessage" });

export const noteSchema = z.object({
  id: z.number(),
  text: z.string(),
  author: z.string().describe("The door it was written through."),
  by: z.number().nullable().describe("The member who wrote it; null: a flow or another system."),
  createdAt: instantSchema,
});

export const actionTypeSchema = z.object({
  name: z.string(),
  title: z.string(),
  group: z.string(),
  description: z.string(),
  args: z.record(z.string(), z.unknown()).describe("JSON Schema of the arguments."),
  example: z.unknown(),
});

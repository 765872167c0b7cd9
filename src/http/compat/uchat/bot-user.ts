import { z } from "zod";
import { toNs } from "../../../engine/uchat-ns.ts";
import type { ConsentKind } from "../../../model/conversation.ts";
import type { FieldKind, FieldValue } from "../../../model/field.ts";
import type { ContactCard } from "../../../store/contact-card-store.ts";
import { dateTimeSchema, toDateTime } from "./answers.ts";
import { toChannelName } from "./channel-names.ts";

export const varTypes = ["text", "number", "boolean", "date", "datetime", "array"] as const;
type VarType = (typeof varTypes)[number];

/** UChat's names of our kinds of fields; JSON of any form is an array there. */
export const toVarType: Readonly<Record<FieldKind, VarType>> = {
  text: "text",
  number: "number",
  boolean: "boolean",
  date: "date",
  datetime: "datetime",
  list: "array",
  json: "array",
};

/** UChat's subscriber. What is unknown is an empty text; a time that there was not is null. */
export const botUserSchema = z.strictObject({
  name: z.string(),
  user_ns: z.string().regex(/^f\d+u\d+$/),
  user_id: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  gender: z.string(),
  email: z.string(),
  phone: z.string(),
  locale: z.string(),
  language: z.string(),
  profile_pic: z.string(),
  subscribed: dateTimeSchema.nullable(),
  opted_in_email: dateTimeSchema.nullable(),
  opted_in_sms: dateTimeSchema.nullable(),
  opted_in_through: z.string(),
  last_interaction: dateTimeSchema.nullable(),
  last_seen: dateTimeSchema.nullable(),
  last_message_at: dateTimeSchema.nullable(),
  last_message_type: z.enum(["", "in", "out", "agent"]),
  tags: z.array(z.strictObject({ name: z.string(), tag_ns: z.string().regex(/^f\d+t\d+$/) })),
  /** Not in UChat's document, but in its answers: clients read it. */
  labels: z.array(z.strictObject({ id: z.number().int(), name: z.string() })),
  user_fields: z.array(
    z.strictObject({
      name: z.string(),
      var_ns: z.string().regex(/^f\d+v\d+$/),
      var_type: z.enum(varTypes),
      description: z.string(),
      value: z.string(),
    }),
  ),
});
export type BotUser = z.infer<typeof botUserSchema>;

export function presentBotUser(card: ContactCard): BotUser {
  const { botId, tags, labels, fields, lastMessage } = card;
  return {
    name: nameOf(card),
    user_ns: toNs("contact", botId, card.id),
    user_id: userIdOf(card),
    first_name: card.firstName ?? "",
    last_name: card.lastName ?? "",
    gender: card.gender ?? "",
    email: card.email ?? "",
    phone: card.phone ?? "",
    locale: card.language?.replace("-", "_") ?? "",
    language: card.language?.split("-", 1)[0] ?? "",
    profile_pic: card.avatarUrl ?? "",
    subscribed: card.optedOutAt === null ? toDateTime(card.createdAt) : null,
    opted_in_email: consentedAt(card, "email"),
    opted_in_sms: consentedAt(card, "sms"),
    opted_in_through: toChannelName(latestIdentity(card)?.kind ?? "api"),
    last_interaction: toDateTimeOrNull(card.lastInboundAt),
    last_seen: toDateTimeOrNull(card.lastInboundAt),
    last_message_at: toDateTimeOrNull(lastMessage?.at ?? null),
    last_message_type: lastMessage?.type ?? "",
    tags: tags.map(({ id, name }) => ({ name, tag_ns: toNs("tag", botId, id) })),
    labels: [...labels],
    user_fields: fields.map(({ id, name, kind, description, value }) => ({
      name,
      var_ns: toNs("field", botId, id),
      var_type: toVarType[kind],
      description,
      value: toVarValue(value),
    })),
  };
}

function consentedAt({ consents }: ContactCard, kind: ConsentKind): string | null {
  const consent = consents?.[kind];
  return consent?.granted === true ? toDateTime(consent.at) : null;
}

const toDateTimeOrNull = (at: number | null) => (at === null ? null : toDateTime(at));

function nameOf({ name, firstName, lastName }: ContactCard): string {
  return name ?? [firstName, lastName].filter((part) => part !== null && part !== "").join(" ");
}

/** The id on the channel where they wrote last; without a channel, the id in another system or the phone's digits. */
function userIdOf(card: ContactCard): string {
  const { clientExternalId, phone } = card;
  return latestIdentity(card)?.externalId ?? clientExternalId ?? phone?.replace("+", "") ?? "";
}

function latestIdentity({ identities, inbound }: ContactCard) {
  return [...identities].sort((a, b) => (inbound[b.channelId] ?? 0) - (inbound[a.channelId] ?? 0))[0];
}

/** A field's value as text, whatever its kind; lists and JSON as JSON. */
export function toVarValue(value: FieldValue | null): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

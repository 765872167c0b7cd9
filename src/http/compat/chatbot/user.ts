import { z } from "zod";
import { toObjectId } from "../../../engine/object-id.ts";
import type { Contact, ProfileKey } from "../../../model/contact.ts";
import type { FieldValue } from "../../../model/field.ts";
import type { Field } from "../../../store/field-store.ts";
import { dateSchema, objectIdSchema, toDate } from "./answers.ts";

/** ChatBot's own attributes that are parts of our profile. */
export const profileAttributes = {
  default_email: "email",
  default_name: "name",
  default_avatar: "avatarUrl",
  default_language: "language",
  default_timezone: "timeZone",
  default_gender: "gender",
} as const satisfies Readonly<Record<string, ProfileKey>>;
export type ProfileAttribute = keyof typeof profileAttributes;

/** Its others are fields of that name, made when somebody first has one. */
const fieldAttributes = [
  "default_url",
  "default_ip",
  "default_city",
  "default_region",
  "default_country",
  "default_referrer",
  "default_username",
] as const;

const defaults: readonly string[] = [...Object.keys(profileAttributes), ...fieldAttributes];

export const userSchema = z.strictObject({
  id: objectIdSchema,
  userId: z.string(),
  banned: z.boolean(),
  attributes: z
    .record(z.string(), z.string().nullable())
    .refine((attributes) => defaults.every((key) => key in attributes), "all of the default attributes"),
  conversations: z.number().int().nonnegative(),
  segments: z.array(objectIdSchema),
  createdAt: dateSchema,
  lastSeen: dateSchema,
});
export type User = z.infer<typeof userSchema>;

const toText = (value: FieldValue) => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** `tagIds`: of the workspace's tags by name. */
export function presentUser(
  contact: Contact,
  fields: readonly Pick<Field, "key" | "name">[],
  tagIds: ReadonlyMap<string, number>,
): User {
  const { profile } = contact;
  const own = fields.flatMap(({ key, name }) => {
    const value = Object.hasOwn(contact.fields, key) ? contact.fields[key] : undefined;
    return value === undefined ? [] : [[name, toText(value)] as const];
  });
  const known = Object.entries(profileAttributes).map(([name, key]) => [name, profile[key] ?? null] as const);
  return {
    id: toObjectId("user", contact.id),
    userId: userIdOf(contact),
    banned: contact.bannedAt !== undefined,
    attributes: {
      ...Object.fromEntries(fieldAttributes.map((name) => [name, null])),
      ...Object.fromEntries(own),
      ...Object.fromEntries(known),
    },
    // One for each channel that the person talks on.
    conversations: contact.identities.length,
    segments: contact.tags.flatMap((tag) => {
      const id = tagIds.get(tag);
      return id === undefined ? [] : [toObjectId("segment", id)];
    }),
    createdAt: toDate(contact.createdAt),
    lastSeen: toDate(contact.lastInboundAt ?? contact.createdAt),
  };
}

/** The id that the caller gave; of people who came by a channel the id there, else our own public one. */
function userIdOf({ profile, identities, cuid }: Contact): string {
  return profile.clientExternalId ?? identities[0]?.externalId ?? cuid;
}

import { z } from "zod";
import { fieldAttributes, profileAttributes, toAttributes } from "../../../engine/chatbot-attributes.ts";
import { toObjectId } from "../../../engine/object-id.ts";
import type { Contact } from "../../../model/contact.ts";
import type { Field } from "../../../store/field-store.ts";
import { dateSchema, objectIdSchema, toDate } from "./answers.ts";

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

/** `tagIds`: of the workspace's tags by name. */
export function presentUser(
  contact: Contact,
  fields: readonly Pick<Field, "key" | "name">[],
  tagIds: ReadonlyMap<string, number>,
): User {
  const attributes = toAttributes(contact, fields);
  return {
    id: toObjectId("user", contact.id),
    userId: userIdOf(contact),
    banned: contact.bannedAt !== undefined,
    attributes: { ...attributes.defaults, ...attributes.own },
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

import type { Contact, ProfileKey } from "../model/contact.ts";
import type { FieldValue } from "../model/field.ts";

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

export const isProfileAttribute = (name: string): name is ProfileAttribute => Object.hasOwn(profileAttributes, name);

/** Its others are fields of that name, made when somebody first has one. */
export const fieldAttributes = [
  "default_url",
  "default_ip",
  "default_city",
  "default_region",
  "default_country",
  "default_referrer",
  "default_username",
] as const;

/**
 * A contact's attributes as ChatBot has them, all of them text: those that are its own (null: unknown), and fields by their names. What is no language or time zone that
 * flows can reckon with is kept as a field, and shown all the same.
 */
export function toAttributes(
  { profile, fields: values }: Pick<Contact, "profile" | "fields">,
  fields: Iterable<{ readonly key: string; readonly name: string }>,
): { readonly defaults: Record<string, string | null>; readonly own: Record<string, string> } {
  const own: Record<string, string> = {};
  for (const { key, name } of fields) {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value !== undefined) own[name] = toText(value);
  }
  const defaults: Record<string, string | null> = Object.fromEntries(fieldAttributes.map((name) => [name, null]));
  for (const [name, key] of Object.entries(profileAttributes)) defaults[name] = profile[key] ?? null;
  defaults.default_name ??= [profile.firstName, profile.lastName].filter(Boolean).join(" ") || null;
  for (const name of Object.keys(defaults)) {
    defaults[name] ??= Object.hasOwn(own, name) ? (own[name] ?? null) : null;
    delete own[name];
  }
  return { defaults, own };
}

const toText = (value: FieldValue) => (typeof value === "object" ? JSON.stringify(value) : String(value));

import { toLiteral } from "../../engine/literal-text.ts";
import { parseEmail, parseFieldValue, parsePhone, parseTimeZone } from "../../engine/values.ts";
import type { ActionCall } from "../../model/action-call.ts";
import { AppError } from "../../model/app-error.ts";
import { profileKeys } from "../../model/contact.ts";
import type { FieldDefinition } from "../../model/field.ts";
import { type Place, say, sayPlaces, toSentence } from "../../model/sentence.ts";
import type { ContactChange } from "../contract/contacts.ts";

/**
 * A change of profile and fields as calls of the action catalogue. Everything is checked first, so that a change is refused whole: throws
 * `request.invalid` with each place in `details`.
 */
export function toCalls(change: ContactChange, fields: readonly FieldDefinition[]): ActionCall[] {
  const problems = [...checkProfile(change), ...checkFields(change, fields)];
  if (problems.length > 0) {
    throw new AppError("request.invalid", sayPlaces(problems), { details: problems });
  }
  const profile = profileKeys.flatMap((key) => {
    const value = change[key];
    return value === undefined ? [] : [{ action: "set_profile", args: { key, value: toLiteral(value ?? "") } }];
  });
  const values = Object.entries(change.fields ?? {}).map(([field, value]) =>
    value === null
      ? { action: "clear_field", args: { field } }
      : { action: "set_field", args: { field, value: typeof value === "string" ? toLiteral(value) : value } },
  );
  return [...profile, ...values];
}

const readers = {
  email: [parseEmail, say`is not an e-mail address`],
  phone: [(raw: string) => parsePhone(raw), say`is not a phone number with its country's code`],
  timeZone: [parseTimeZone, say`is not an IANA time zone name`],
} as const;

function checkProfile(change: ContactChange): Place[] {
  return (["email", "phone", "timeZone"] as const).flatMap((key) => {
    const value = change[key];
    const [read, problem] = readers[key];
    return value === undefined || value === null || value.trim() === "" || read(value) !== undefined
      ? []
      : [{ path: key, ...problem }];
  });
}

function checkFields({ fields: values = {} }: ContactChange, fields: readonly FieldDefinition[]): Place[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const field = fields.find((candidate) => candidate.key === key);
    if (field === undefined) return [{ path: `fields.${key}`, ...say`is no field of this workspace` }];
    if (value === null || value === "") return [];
    const parsed = parseFieldValue(field.kind, value);
    return parsed.ok ? [] : [{ path: `fields.${key}`, ...toSentence(parsed) }];
  });
}

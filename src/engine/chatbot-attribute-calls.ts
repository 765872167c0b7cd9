import type { ActionCall } from "../model/action-call.ts";
import type { FieldDefinition } from "../model/field.ts";
import { isProfileAttribute, profileAttributes } from "./chatbot-attributes.ts";
import { toLiteral } from "./literal-text.ts";
import { parseFieldValue, parseProfileValue } from "./values.ts";

const most = 99;
const longestKey = 200;
const longest = 1024;
const longestName = 256;

/** Any words at ChatBot; what flows cannot reckon with is kept as a field, and the profile stays without. */
const loose: ReadonlySet<string> = new Set(["default_language", "default_timezone"]);

/** By the name; null clears. */
export type Attributes = ReadonlyMap<string, string | null>;

type KnownField = Pick<FieldDefinition, "key" | "name" | "kind">;

/**
 * Attributes as ChatBot's callers and receivers write them: 1 to 99 keys, values of 1 to 1024 characters; null or "" clears. What does not fit is left out and said in
 * `problems`.
 */
export function readAttributes(given: unknown): {
  readonly attributes: Attributes;
  readonly problems: readonly string[];
} {
  const attributes = new Map<string, string | null>();
  // PHP writes an empty object as a list.
  const isNothing =
    given === undefined || given === null || given === "" || (Array.isArray(given) && given.length === 0);
  if (isNothing) return { attributes, problems: [] };
  if (typeof given !== "object" || Array.isArray(given))
    return { attributes, problems: ["attributes has to be an object"] };
  const entries = Object.entries(given);
  if (entries.length > most) return { attributes, problems: [`there may be ${most} attributes at most`] };
  const problems = entries.flatMap(([key, value]) => {
    const name = key.trim();
    const text = value === null || value === "" ? null : toText(value);
    const problem = findProblem(name, text);
    if (problem === undefined) attributes.set(name, text);
    return problem ?? [];
  });
  return { attributes, problems };
}

const toText = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));

function findProblem(name: string, text: string | null): string | undefined {
  if (name === "" || name.length > longestKey || /\p{Cc}/u.test(name))
    return `an attribute's key has 1 to ${longestKey} characters`;
  if (text === null) return undefined;
  const limit = name === "default_name" ? longestName : longest;
  if (text.length > limit) return `the attribute ${name} may have ${limit} characters at most`;
  if (!isProfileAttribute(name) || loose.has(name)) return undefined;
  return parseProfileValue(profileAttributes[name], text) === undefined
    ? `"${text.slice(0, 60)}" does not fit the attribute ${name}`
    : undefined;
}

/** What has to be there as fields before the attributes can be kept: ChatBot takes any key. Nothing is made to hold nothing. */
export function listMissingFields(attributes: Attributes, fields: readonly KnownField[]): readonly string[] {
  return [...attributes]
    .filter(([name, value]) => value !== null && !isOfProfile(name, value) && findField(fields, name) === undefined)
    .map(([name]) => name);
}

/** Attributes as calls of the catalogue, and what of them cannot be kept, as sentences: what does not fit a field's kind, or has no field. */
export function toAttributeCalls(
  attributes: Attributes,
  fields: readonly KnownField[],
): { readonly actions: readonly ActionCall[]; readonly problems: readonly string[] } {
  const actions: ActionCall[] = [];
  const problems: string[] = [];
  for (const [name, value] of attributes) {
    const fits = isOfProfile(name, value);
    const kept = isProfileAttribute(name) && !loose.has(name) ? [] : toFieldCalls(fields, name, fits ? null : value);
    if (typeof kept === "string") {
      problems.push(kept);
      continue;
    }
    if (isProfileAttribute(name)) {
      const own = fits ? toLiteral(value ?? "") : "";
      actions.push({ action: "set_profile", args: { key: profileAttributes[name], value: own } });
    }
    actions.push(...kept);
  }
  return { actions, problems };
}

/** Whether the value has its place in the profile. */
function isOfProfile(name: string, value: string | null): boolean {
  if (!isProfileAttribute(name)) return false;
  return !loose.has(name) || value === null || parseProfileValue(profileAttributes[name], value) !== undefined;
}

function toFieldCalls(fields: readonly KnownField[], name: string, value: string | null): ActionCall[] | string {
  const field = findField(fields, name);
  // There is nothing to clear.
  if (field === undefined) return value === null ? [] : `there is no field "${name}" for the attribute`;
  if (value === null) return [{ action: "clear_field", args: { field: field.key } }];
  const parsed = parseFieldValue(field.kind, value);
  if (!parsed.ok) return `the attribute ${name} ${parsed.message}`;
  return [{ action: "set_field", args: { field: field.key, value: toLiteral(value) } }];
}

/** The first by its name, since that is what ChatBot's clients have. */
const findField = <F extends KnownField>(fields: readonly F[], name: string) =>
  fields.find((field) => field.name === name) ?? fields.find((field) => field.key === name);

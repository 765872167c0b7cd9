import { isProfileAttribute, profileAttributes } from "../../../engine/chatbot-attributes.ts";
import { createFieldKey } from "../../../engine/field-key.ts";
import { toLiteral } from "../../../engine/literal-text.ts";
import { parseFieldValue, parseProfileValue } from "../../../engine/values.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { AppError } from "../../../model/app-error.ts";
import type { FieldKind } from "../../../model/field.ts";
import type { Database } from "../../../store/database.ts";
import { createField, type Field, listFields } from "../../../store/field-store.ts";

const most = 99;
const longest = 1024;

/** Any words at ChatBot; what flows cannot reckon with is kept as a field, and the profile stays without. */
const loose: ReadonlySet<string> = new Set(["default_language", "default_timezone"]);

const bad = (sentence: string) => new AppError("request.invalid", sentence);

/** Attributes as a caller gives them, checked: 1 to 99 keys, values of 1 to 1024 characters; null or "" clears. Throws `request.invalid`. */
export function readAttributes(given: unknown): ReadonlyMap<string, string | null> {
  // PHP writes an empty object as a list.
  const isNothing =
    given === undefined || given === null || given === "" || (Array.isArray(given) && given.length === 0);
  if (isNothing) return new Map();
  if (typeof given !== "object" || Array.isArray(given)) throw bad("attributes has to be an object");
  const entries = Object.entries(given);
  if (entries.length > most) throw bad(`there may be ${most} attributes at most`);
  return new Map(entries.map(([key, value]) => [readKey(key), readValue(key, value)]));
}

function readKey(key: string): string {
  const name = key.trim();
  if (name === "" || name.length > 200 || /\p{Cc}/u.test(name)) throw bad("an attribute's key has 1 to 200 characters");
  return name;
}

function readValue(key: string, value: unknown): string | null {
  if (value === null || value === "") return null;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const limit = key === "default_name" ? 256 : longest;
  if (text.length > limit) throw bad(`the attribute ${key} may have ${limit} characters at most`);
  if (!isProfileAttribute(key) || loose.has(key)) return text;
  if (parseProfileValue(profileAttributes[key], text) === undefined) {
    throw bad(`"${text.slice(0, 60)}" does not fit the attribute ${key}`);
  }
  return text;
}

/**
 * Attributes as calls of the catalogue. An attribute that the workspace has no field for yet gets one, of text, as ChatBot takes any key. Throws `request.invalid` for what
 * does not fit a field's kind.
 */
export async function toAttributeCalls(
  db: Database,
  workspaceId: number,
  attributes: ReadonlyMap<string, string | null>,
): Promise<ActionCall[]> {
  const own = [...attributes].filter(([name, value]) => !isOfProfile(name, value));
  const isAboutFields = own.length > 0 || [...attributes.keys()].some((name) => loose.has(name));
  const fields = isAboutFields ? await ensureFields(db, workspaceId, own) : [];
  return [...attributes].flatMap(([name, value]): ActionCall[] => {
    if (!isProfileAttribute(name)) return toFieldCalls(fields, name, value);
    const key = profileAttributes[name];
    const fits = isOfProfile(name, value);
    return [
      { action: "set_profile", args: { key, value: fits ? toLiteral(value ?? "") : "" } },
      ...(loose.has(name) ? toFieldCalls(fields, name, fits ? null : value) : []),
    ];
  });
}

/** Whether the value has its place in the profile. */
function isOfProfile(name: string, value: string | null): boolean {
  if (!isProfileAttribute(name)) return false;
  return !loose.has(name) || value === null || parseProfileValue(profileAttributes[name], value) !== undefined;
}

type KnownField = Pick<Field, "key" | "name" | "kind">;

/** Throws `request.invalid` for what does not fit the field's kind. */
function toFieldCalls(fields: readonly KnownField[], name: string, value: string | null): ActionCall[] {
  const field = findField(fields, name);
  // There is nothing to clear.
  if (field === undefined) return [];
  if (value === null) return [{ action: "clear_field", args: { field: field.key } }];
  const parsed = parseFieldValue(field.kind, value);
  if (!parsed.ok) throw bad(`the attribute ${name} ${parsed.message}`);
  return [{ action: "set_field", args: { field: field.key, value: toLiteral(value) } }];
}

const findField = <F extends { readonly key: string; readonly name: string }>(fields: readonly F[], name: string) =>
  fields.find((field) => field.name === name) ?? fields.find((field) => field.key === name);

async function ensureFields(
  db: Database,
  workspaceId: number,
  own: readonly (readonly [string, string | null])[],
): Promise<readonly KnownField[]> {
  const known: { key: string; name: string; kind: FieldKind }[] = await listFields(db, workspaceId);
  // Nothing is made to hold nothing.
  const missing = own.filter(([name, value]) => value !== null && findField(known, name) === undefined);
  if (missing.length === 0) return known;
  return await db.transaction().execute(async (trx) => {
    const fields: { key: string; name: string; kind: FieldKind }[] = await listFields(trx, workspaceId);
    for (const [name] of missing) {
      if (findField(fields, name) !== undefined) continue;
      const key = createFieldKey(name, new Set(fields.map((field) => field.key)));
      fields.push(await createField(trx, workspaceId, { key, name, kind: "text", description: "" }));
    }
    return fields;
  });
}

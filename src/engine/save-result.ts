import type { FieldValue, Json } from "../model/field.ts";
import type { ResultMapping } from "../model/result-mapping.ts";
import { type Sentence, say } from "../model/sentence.ts";
import type { BotSnapshot } from "../model/world.ts";
import type { ContactContext } from "./action-type.ts";
import { checkJsonPath, findByJsonPath } from "./json-path.ts";
import { zoneOf } from "./time.ts";
import { parseFieldValue } from "./values.ts";

/**
 * Keeps parts of a result in fields and in variables of the walk. A path that finds several values gives a list of them; one that finds nothing, or null, clears its target: what stood
 * there belonged to an earlier result. What does not fit a field's kind, and a field that is not there, are recorded as errors.
 */
export function saveResult(
  context: Pick<ContactContext, "bot" | "contact" | "setField" | "error">,
  result: Json,
  mappings: readonly ResultMapping[],
  setValue: (key: string, value: FieldValue | null) => void,
): void {
  for (const { path, field, variable } of mappings) {
    const found = findByJsonPath(result, path);
    const value = found.length > 1 ? [...found] : (found[0] ?? null);
    if (variable !== undefined) setValue(variable, value);
    else if (field !== undefined) saveField(context, field, value);
  }
}

/** Sets a field by key or name; `null` clears it. What does not fit its kind, and a field that is not there, are recorded as errors. */
export function saveField(
  context: Pick<ContactContext, "bot" | "contact" | "setField" | "error">,
  name: string,
  value: Json,
): void {
  const field = context.bot.fields.get(name);
  if (field === undefined) {
    context.error("field.not_found", `the result could not be kept: there is no field "${name}"`);
    return;
  }
  if (value === null) {
    context.setField(field.key, null);
    return;
  }
  const parsed = parseFieldValue(field.kind, value, { timeZone: zoneOf(context.contact, context.bot) });
  if (parsed.ok) context.setField(field.key, parsed.value);
  else context.error("field.invalid_value", `the result does not fit the field "${name}": it ${parsed.message}`);
}

/** What is wrong with the mappings' paths. */
export function checkMappings(mappings: readonly ResultMapping[]): Sentence[] {
  return mappings.flatMap(({ path }) => checkJsonPath(path) ?? []);
}

/** Fields that the mappings name and the bot does not have. */
export function warnOfMappings(mappings: readonly ResultMapping[], bot: BotSnapshot): Sentence[] {
  return mappings.flatMap(({ field }) =>
    field === undefined || bot.fields.has(field) ? [] : [say`there is no field "${{ field }}" to keep the result in`],
  );
}

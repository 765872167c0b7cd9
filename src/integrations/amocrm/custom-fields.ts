import type { AmocrmApi } from "./amocrm.api.ts";
import { type CustomField, readFields } from "./lookups.ts";

export interface CustomFieldValues {
  readonly field_id?: number;
  readonly field_code?: string;
  readonly values: readonly Readonly<Record<string, string | number | boolean>>[];
}

/**
 * Texts as custom fields take them, by the field's id or code. Without what is empty: an empty value would clear what amoCRM has. The fields' types are asked for only where a text could
 * mean something else than itself.
 */
export async function toFieldValues(
  api: AmocrmApi,
  of: "leads" | "contacts",
  fields: Readonly<Record<string, string>>,
): Promise<CustomFieldValues[]> {
  const filled = Object.entries(fields).filter(([, text]) => text.trim() !== "");
  const known = filled.some(([, text]) => isTelling(text)) ? await readFields(api, of) : [];
  return filled.map(([key, text]) => {
    const field = known.find(({ id, code }) => String(id) === key || code === key);
    const name = /^\d+$/.test(key) ? { field_id: Number(key) } : { field_code: key };
    return { ...name, values: toValues(text.trim(), field) };
  });
}

const yes = /^(true|yes|on|1|да)$/i;
const no = /^(false|no|off|0|нет)$/i;
const date = /^\d{4}-\d{2}-\d{2}/;

/** Could be the value of a box, a date, a number or several options: these are not sent as texts. */
function isTelling(text: string): boolean {
  return yes.test(text.trim()) || no.test(text.trim()) || date.test(text.trim()) || /[,;\n]/.test(text);
}

/** By type (https://www.amocrm.ru/developers/content/crm_platform/custom-fields). What does not fit its type goes as it is: amoCRM says what is wrong with it. */
function toValues(text: string, field: CustomField | undefined): CustomFieldValues["values"] {
  switch (field?.type) {
    case "checkbox":
      return [{ value: yes.test(text) || (no.test(text) ? false : text) }];
    case "date":
    case "birthday":
      return [{ value: toDay(text) ?? text }];
    case "date_time":
      return [{ value: toSeconds(text) ?? text }];
    case "numeric":
    case "monetary":
      return [{ value: /^[\d\s.,-]+$/.test(text) ? text.replace(/\s/g, "").replace(",", ".") : text }];
    case "multiselect":
      return toOptions(text, field).map((value) => ({ value }));
    default:
      return [{ value: text }];
  }
}

/** In the account's zone it has to be the same day: ten in the morning by UTC is that from -10 to +13. */
function toDay(text: string): number | undefined {
  return date.test(text) ? toSeconds(`${text.slice(0, 10)}T10:00:00Z`) : undefined;
}

/** A time without a zone is UTC. */
function toSeconds(text: string): number | undefined {
  if (!date.test(text)) return undefined;
  const hasZone = text.length === 10 || /(Z|[+-]\d{2}:?\d{2})$/i.test(text);
  const ms = Date.parse(hasZone ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1_000);
}

/** An option's name may have a comma in it. */
function toOptions(text: string, { enums }: CustomField): readonly string[] {
  if (enums?.some(({ value }) => value === text) === true) return [text];
  return text
    .split(/[,;\n]/)
    .map((option) => option.trim())
    .filter((option) => option !== "");
}

import { wordsOf } from "./json-schema.ts";

/** A part of a text: words as they stand, or a variable. */
type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "variable";
      /** As it is written. */
      readonly code: string;
      /** `contact.first_name` */
      readonly path: string;
      /** What stands there where it has no value. */
      readonly fallback: string | undefined;
    };

const variable = /\{\{-?\s*([A-Za-z_][\w-]*(?:\.[\w-]+)*)((?:\s*\|(?:"[^"]*"|'[^']*'|[^}"'])*)?)\s*-?\}\}/g;
const withDefault = /\|\s*default:\s*(?:"([^"]*)"|'([^']*)'|([^\s|]+))/;

/** What a template shows, in parts; what is more than the name of a variable stays as it is written. */
export function splitTemplate(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (const { 0: code, 1: path = "", 2: filters = "", index } of text.matchAll(variable)) {
    if (index > at) parts.push({ kind: "text", text: text.slice(at, index) });
    const [, double, single, bare] = withDefault.exec(filters) ?? [];
    parts.push({ kind: "variable", code, path, fallback: double ?? single ?? bare });
    at = index + code.length;
  }
  if (at < text.length) parts.push({ kind: "text", text: text.slice(at) });
  return parts;
}

/** What everybody has, by what the words call it. */
export const wordOfPath = {
  "contact.first_name": "first_name",
  "contact.firstName": "first_name",
  "contact.last_name": "last_name",
  "contact.lastName": "last_name",
  "contact.name": "name",
  "contact.email": "email",
  "contact.phone": "phone",
  "contact.language": "language",
  "contact.username": "username",
  "contact.cuid": "cuid",
  "contact.client_external_id": "client_external_id",
  "contact.gender": "gender",
  "contact.time_zone": "time_zone",
  "contact.tags": "tags",
  "contact.labels": "labels",
  "message.text": "message_text",
  "bot.name": "bot_name",
} as const;

/** Without a name of its own, the last part of a path, as words. */
export const lastOf = (path: string): string => wordsOf(path.split(".").at(-1) ?? path);

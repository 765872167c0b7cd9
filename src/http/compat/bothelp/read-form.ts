import { decodeBody, parseJson } from "../../encoding.ts";
import { readMultipart } from "../../read-multipart.ts";

/**
 * The named texts of a body, whatever form it comes in: JSON, urlencoded or multipart. What calls itself urlencoded and is JSON (curl's `-d` without
 * a header) is read as JSON. Throws `request.malformed`, `request.bad_encoding`.
 */
export async function readForm(contentType: string, body: Buffer): Promise<Record<string, string>> {
  if (/^multipart\/form-data/i.test(contentType)) return toTexts(await readMultipart(contentType, body));
  if (/^\s*[[{]/.test(body.toString("latin1", 0, 100))) return toTexts(Object.entries(parseJson(body) ?? {}));
  return toTexts([...new URLSearchParams(decodeBody(body))]);
}

/** Of a name that comes twice the first; what is no text (a file, an object) is left out. */
function toTexts(entries: readonly (readonly [string, unknown])[]): Record<string, string> {
  const texts = entries.flatMap(([name, value]) =>
    typeof value === "string" || typeof value === "number" ? [[name, String(value)] as const] : [],
  );
  return Object.fromEntries(texts.reverse());
}

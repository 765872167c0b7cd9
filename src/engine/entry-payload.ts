import type { FieldValue } from "../model/field.ts";
import type { EntryData } from "../model/flow.ts";

/** The longest encoded payload that carries data (requirements/002; Telegram's own limit for `start` as well). */
export const maxEntryPayload = 64;

/** What a payload is: a key to be kept as it is, or data. */
export type DecodedPayload = { readonly plain: string } | { readonly data: EntryData };

/**
 * Reads a link's payload. Base64URL of a JSON object with `p` (phone), `e` (e-mail), `eId` (external id), `v` (variables) or `l` (an
 * entry link's ref, ours) is data, with padding too, which many encoders write; everything else, and all that is longer than 64 characters, is a plain key. Never throws.
 */
export function decodeEntryPayload(payload: string): DecodedPayload {
  const plain = { plain: payload };
  if (payload.length > maxEntryPayload || !/^[A-Za-z0-9_-]+={0,2}$/.test(payload)) return plain;
  const encoded = payload.replace(/=+$/, "");
  const isWhole = encoded.length === payload.length ? encoded.length % 4 !== 1 : payload.length % 4 === 0;
  if (!isWhole) return plain;
  const data = toEntryData(parseObject(decodeBase64Url(encoded)));
  return data === undefined ? plain : { data };
}

/** Encodes data as a payload; `entryPayloadLength` or the result's length tells whether it fits. */
export function encodeEntryPayload(data: EntryData): string {
  const { phone: p, email: e, externalId: eId, variables: v, link: l } = data;
  // JSON leaves out what is undefined; the order is the vendor's.
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify({ p, e, eId, v, l })));
}

function toEntryData(object: Readonly<Record<string, unknown>> | undefined): EntryData | undefined {
  if (object === undefined) return undefined;
  const variables = toVariables(object.v);
  const data = {
    phone: toText(object.p),
    email: toText(object.e),
    externalId: toText(object.eId),
    link: toText(object.l),
    variables,
  };
  return Object.values(data).every((value) => value === undefined) ? undefined : data;
}

function toText(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Whether data in a link can have a variable of this name. */
export const isVariableName = (name: string): boolean =>
  /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) && name !== "__proto__";

/** Flat values under names that templates can write: no dots (a dot is a step into an object), nothing of a prototype's. */
function toVariables(value: unknown): Record<string, FieldValue> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string | number | boolean] =>
      ["string", "number", "boolean"].includes(typeof entry[1]) && isVariableName(entry[0]),
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // Not JSON: a plain key that happens to look like it.
    return undefined;
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** UTF-8 text of Base64URL without padding; undefined: broken UTF-8. Hand-written for it runs in Node and in browsers alike. */
function decodeBase64Url(encoded: string): string | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let buffered = 0;
  for (const letter of encoded) {
    buffered = (buffered << 6) | alphabet.indexOf(letter);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((buffered >> bits) & 0xff);
    buffered &= (1 << bits) - 1;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(bytes));
  } catch {
    return undefined;
  }
}

function encodeBase64Url(bytes: Uint8Array): string {
  let encoded = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const chunk = [bytes[index] ?? 0, bytes[index + 1] ?? 0, bytes[index + 2] ?? 0];
    const number = ((chunk[0] ?? 0) << 16) | ((chunk[1] ?? 0) << 8) | (chunk[2] ?? 0);
    const letters = Math.min(bytes.length - index, 3) + 1;
    for (let place = 0; place < letters; place += 1) encoded += alphabet[(number >> (18 - 6 * place)) & 63];
  }
  return encoded;
}

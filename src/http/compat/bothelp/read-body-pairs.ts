import type { Readable } from "node:stream";
import { parseRawQuery, type QueryPair } from "../../raw-query.ts";
import { readMultipart, textsOf } from "../../read-multipart.ts";

/** A link's parameters need no more. */
const largest = 64 * 1024;

/**
 * The parameters of an action link from a body: urlencoded, multipart, or JSON with `actions` as an object. GetCourse has everything in the address; scripts that build the call themselves need
 * not. A body that is none of these, breaks off, or is too large says nothing: it is run off.
 */
export async function readBodyPairs(contentType: string, payload: Readable): Promise<QueryPair[]> {
  try {
    const body = await collect(payload);
    if (body === undefined) return [];
    if (/^multipart\/form-data/i.test(contentType)) return textsOf(await readMultipart(contentType, body));
    const text = body.toString("utf8");
    if (/^\s*\{/.test(text)) return readObject(JSON.parse(text));
    return parseRawQuery(`?${text.trim().replaceAll("#", "%23")}`);
  } catch {
    // Whatever is wrong with it, the answer is that the parameters are missing.
    return [];
  }
}

/** Undefined: larger than it may be. It is read to its end all the same, so that the caller hears the answer. */
async function collect(payload: Readable): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of payload) {
    length += (chunk as Buffer).length;
    if (length <= largest) chunks.push(chunk as Buffer);
  }
  return length <= largest ? Buffer.concat(chunks) : undefined;
}

/** `{"actions": {"add_tag": "vip"}}` is `actions[add_tag]=vip`; a list is the same parameter several times. */
function readObject(object: unknown): QueryPair[] {
  const pairs = Object.entries(object ?? {});
  return pairs.flatMap(([key, value]) => {
    const isOfActions = key === "actions" && typeof value === "object" && !Array.isArray(value);
    return isOfActions
      ? Object.entries(value ?? {}).flatMap(([name, inner]) => toPairs(`actions[${name}]`, inner))
      : toPairs(key, value);
  });
}

function toPairs(key: string, value: unknown): QueryPair[] {
  if (Array.isArray(value)) return value.flatMap((one) => toPairs(key, one));
  return ["string", "number", "boolean"].includes(typeof value) ? [{ key, value: String(value) }] : [];
}

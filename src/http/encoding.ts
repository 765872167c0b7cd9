import { isUtf8 } from "node:buffer";
import type { onRequestHookHandler } from "fastify";
import { cleanText } from "../engine/clean-text.ts";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";

/**
 * Refuses an address whose percent-escapes are not UTF-8 (an old script that sends windows-1251), or that holds U+0000, which PostgreSQL
 * cannot store. Every door has it, but one that takes what is no UTF-8 as it comes and says so itself. Most addresses have no escape and pass at once.
 */
export const checkUrl: onRequestHookHandler = (request, _reply, done) => {
  const { url } = request.raw;
  const isDoors = request.routeOptions.config?.readsOwnUrl === true;
  if (url === undefined || !url.includes("%") || isDoors || isReadable(url)) done();
  else done(new AppError("request.bad_encoding", say`the address is not percent-encoded UTF-8`) as never);
};

/** Whether text with percent-escapes decodes, and to text that can be stored. */
function isReadable(escaped: string): boolean {
  try {
    return !decodeURIComponent(escaped).includes("\0");
  } catch {
    return false;
  }
}

/** Text of a body. Throws `request.bad_encoding`. */
export function decodeBody(body: Buffer): string {
  if (!isUtf8(body)) throw new AppError("request.bad_encoding", say`the body is not UTF-8`);
  return body.toString("utf8");
}

/** Whether JSON text may hold what PostgreSQL refuses: U+0000, or half a surrogate pair, which JSON can only say by an escape. */
const suspicious = /\\u(?:0000|d[89a-f])/i;

/** Nothing that we take is half as deep; what walks through a body calls itself for each level, and the stack ends at some thousands. */
const deepest = 100;

/** What opens and closes a level, past the texts in between. */
const levels = /"(?:[^"\\]|\\.)*"|[[\]{}]/g;

/** Whether JSON text is nested deeper than is taken. */
function isTooDeep(text: string): boolean {
  if (text.length <= deepest) return false;
  let depth = 0;
  for (const [sign] of text.matchAll(levels)) {
    if (sign === "[" || sign === "{") depth += 1;
    else if (sign === "]" || sign === "}") depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
}

/** Parses a JSON body; an empty one is none. Throws `request.bad_encoding`, `request.malformed`. */
export function parseJson(body: Buffer): unknown {
  const text = decodeBody(body);
  if (text.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("request.malformed", say`the body is not JSON: ${{ reason }}`, { cause });
  }
  if (isTooDeep(text))
    throw new AppError("request.malformed", say`the body is nested more than ${{ deepest }} levels deep`);
  if (text.includes("__proto__") && hasProto(value)) {
    throw new AppError("request.malformed", say`the body has a key that is not taken: __proto__`);
  }
  if (text.includes("\0") || (suspicious.test(text) && cleanText(value) !== value)) {
    throw new AppError("request.bad_encoding", say`the body holds U+0000 or half a surrogate pair, which is no text`);
  }
  return value;
}

function hasProto(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(hasProto);
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route decodes its address, and refuses it, itself. */
    readsOwnUrl?: boolean;
  }
}

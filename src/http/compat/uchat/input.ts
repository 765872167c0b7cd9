import { z } from "zod";
import { AppError } from "../../../model/app-error.ts";
import { nestPairs } from "../../nest-pairs.ts";
import { parseRawQuery } from "../../raw-query.ts";

/** What a call brings, from wherever it brings it. */
export type RawInput = Readonly<Record<string, unknown>>;

/**
 * All that a call says: the query, over it the body, over that the path. As in Laravel, an empty text or null says nothing, except under the
 * keys in `emptyCounts`.
 */
export function readInput(
  request: { readonly url: string; readonly body: unknown; readonly params: unknown },
  emptyCounts: readonly string[] = [],
): RawInput {
  const query = request.url.includes("?") ? nestPairs(parseRawQuery(request.url)) : {};
  const body = typeof request.body === "object" && request.body !== null ? request.body : {};
  if (Array.isArray(body) && body.length > 0) {
    throw new AppError("request.malformed", "send the body as a JSON object, not as a list");
  }
  const all: Record<string, unknown> = { ...query, ...body, ...(request.params as object) };
  for (const [key, value] of Object.entries(all)) {
    if ((value === "" || value === null) && !emptyCounts.includes(key)) delete all[key];
  }
  return all;
}

/** Describes the part in the OpenAPI document as if it were this; what is accepted beside it is nobody's business. */
const shownAs = (schema: Readonly<Record<string, unknown>>) => ({ shownAs: schema });

/** Text; numbers are taken for their digits. */
export function text(max = 20_000) {
  const scalar = z.union([z.string(), z.number(), z.boolean()], { error: "must be a string" });
  const bounded = z.string().trim().min(1, "is required").max(max, `must not be longer than ${max} characters`);
  return scalar
    .transform(String)
    .pipe(bounded)
    .meta(shownAs({ type: "string" }));
}

/** A whole number; its digits as text are taken too. */
export function integer({
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
}: {
  readonly min?: number;
  readonly max?: number;
} = {}) {
  const error = "must be an integer";
  const given = z.union([z.number(), z.string().regex(/^\s*[+-]?\d{1,15}\s*$/, error)], { error });
  const bounded = z.number().int(error).min(min, `must be at least ${min}`).max(max, `must not be greater than ${max}`);
  return given
    .transform(Number)
    .pipe(bounded)
    .meta(shownAs({ type: "integer" }));
}

/** A number, as text too. */
export function decimal() {
  const error = "must be a number";
  const given = z.union([z.number(), z.string().regex(/^\s*[+-]?\d{1,15}(\.\d+)?\s*$/, error)], { error });
  return given.transform(Number).meta(shownAs({ type: "number" }));
}

/** One of these words, whatever its case. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  const message = `must be one of ${words.join(", ")}`;
  const known = z.enum(words, { error: message });
  return z
    .string({ error: message })
    .transform((given) => given.trim().toLowerCase())
    .pipe(known)
    .meta(shownAs({ type: "string", enum: words }));
}

/** UChat's yes and no, and what else clients write for them. */
export function yesNo() {
  const given = z.union([z.boolean(), z.number(), z.string()], { error: "must be yes or no" });
  return given
    .transform((answer) => String(answer).trim().toLowerCase())
    .pipe(z.enum(["yes", "no", "true", "false", "1", "0"], { error: "must be yes or no" }))
    .transform((answer) => ["yes", "true", "1"].includes(answer))
    .meta(shownAs({ type: "string", enum: ["yes", "no"] }));
}

/** A list of objects: UChat takes up to 20 in most places. */
export function listOfUpTo<Item extends z.ZodType>(max: number, item: Item) {
  return z
    .array(item, { error: "must be an array" })
    .min(1, "must have at least 1 item")
    .max(max, `must not have more than ${max} items`);
}

/** Any JSON value; with `emptyCounts`, also nothing. */
export const anyValue = z
  .custom<NonNullable<unknown> | null>((value) => value !== undefined, "is required")
  .meta(shownAs({ type: "string" }));

/** UChat's pages: `limit` at most 100, `page` from 1. More than 100 is taken for 100, as a caller who wants all means it. */
export function pageInput(lastPage = 100) {
  return {
    limit: integer({ min: 1 })
      .transform((limit) => Math.min(limit, 100))
      .default(100)
      .meta(shownAs({ type: "integer", minimum: 1, maximum: 100, default: 100 })),
    page: integer({ min: 1, max: lastPage })
      .default(1)
      .meta(shownAs({ type: "integer", minimum: 1, maximum: lastPage, default: 1 })),
  };
}

import { z } from "zod";
import { type ErrorCode, errorTable } from "../../model/app-error.ts";
import type { Json } from "../../model/field.ts";

const codes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** The one shape of errors. */
export const errorBodySchema = z
  .object({
    error: z.object({
      code: z.enum(codes).describe("Stable; docs/errors.md says what each means."),
      message: z.string().describe("A sentence for the person who looks into it."),
      details: z.unknown().optional(),
      requestId: z.string(),
    }),
  })
  .meta({ id: "Error" });

/** Any JSON value. A body was parsed as JSON, so there is nothing left to check; `z.json()` would describe itself by a reference that leads nowhere. */
export const jsonValue = z.custom<Json>((value) => value !== undefined);

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe("How many at most."),
  cursor: z.string().max(200).optional().describe("`nextCursor` of the page before."),
};

/** A page of a list; `nextCursor` is null on the last one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}

/** A list that is short enough to be whole. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item) });
}

export const idSchema = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
export const idParams = z.object({ id: idSchema });
export const refParams = z.object({ ref: z.string().min(1).max(20) });

/** An instant, ISO 8601 in UTC. */
export const instantSchema = z.string().meta({ format: "date-time" });

/** A name as people give things: no line breaks or other control characters, no space around it. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, "no control characters");

/** A bot by id or ref. */
export const botReferenceSchema = z
  .union([z.number().int().positive(), z.string().min(1).max(20)])
  .describe("Id or ref of the bot.");

export const noContent = z.null().describe("Nothing.");

/** What tokens of kind `api` may do. `write` does not include `read`. */
export const scopes = [
  "contacts:read",
  "contacts:write",
  "messages:read",
  "messages:write",
  "flows:read",
  "flows:write",
  "settings:read",
  "settings:write",
  "tokens:read",
  "tokens:write",
  "logs:read",
] as const;
export type Scope = (typeof scopes)[number];
export const scopeSchema = z.enum([...scopes, "*"]);

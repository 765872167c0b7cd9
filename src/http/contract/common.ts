import { z } from "zod";
import { type ErrorCode, errorTable } from "../../model/app-error.ts";
import type { Json } from "../../model/field.ts";
import type { Parameter } from "../../model/sentence.ts";

const codes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** A sentence, and what it takes to say it in another language. */
export const sentenceShape = {
  message: z.string().describe("A sentence for the person who looks into it."),
  form: z.string().optional().describe("The sentence with the names of its parameters in braces; absent: it has none."),
  parameters: z
    .record(
      z.string(),
      z.custom<Parameter>((value) => value !== undefined),
    )
    .optional()
    .describe("What stands in the sentence: texts, numbers, and sentences of this shape."),
  issue: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("What was found where a value does not fit its schema (`code`, `minimum`, `format` and the like)."),
};

/** The one shape of errors. */
export const errorBodySchema = z
  .object({
    error: z.object({
      code: z.enum(codes).describe("Stable; docs/errors.md says what each means."),
      ...sentenceShape,
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

/** What tokens of kind `api` may do, one by one. `write` does not include `read`; `settings:write` includes `segments:write`. */
export const scopes = [
  "contacts:read",
  "contacts:write",
  "messages:read",
  "messages:write",
  "flows:read",
  "flows:write",
  "settings:read",
  "settings:write",
  "segments:write",
  "tokens:read",
  "tokens:write",
  "logs:read",
  "audit:read",
] as const;
export type Scope = (typeof scopes)[number];

/** Scopes that go together, under one word: what most tokens need, and all that tokens of the vendors' doors know. */
export const scopeGroups = {
  read: ["contacts:read", "messages:read", "flows:read", "settings:read", "logs:read"],
  act: ["contacts:write"],
  send: ["messages:write"],
  "set-up": ["flows:write", "settings:write", "segments:write"],
} as const satisfies Readonly<Record<string, readonly Scope[]>>;
export type ScopeGroup = keyof typeof scopeGroups;
export const scopeGroupNames = Object.keys(scopeGroups) as [ScopeGroup, ...ScopeGroup[]];
/** UChat's "Manage Team": a token of one bot also opens what its door has of the whole workspace. It is no part of `*`, so that nobody has it unasked. */
export const teamScope = "team";
export const scopeSchema = z.enum([...scopes, ...scopeGroupNames, "*", teamScope]);

import { z } from "zod";
import type { Json } from "./field.ts";

/** Characters of a script. */
export const longestScript = 50_000;

/** What a script may use: milliseconds of a processor's time, and MiB of memory. */
export const scriptLimitsSchema = z.object({
  milliseconds: z.number().int().min(5).max(1_000).default(50),
  megabytes: z.number().int().min(2).max(64).default(16),
});
type ScriptLimits = z.output<typeof scriptLimitsSchema>;

/** What a script finds. It has no other source: run again with the same, it does the same. */
export interface ScriptInput {
  readonly contact: Json;
  readonly fields: { readonly [key: string]: Json };
  readonly vars: { readonly [key: string]: Json };
  readonly message: Json;
  /** What its clock shows, Unix milliseconds. */
  readonly now: number;
  /** IANA zone that its local times are in. */
  readonly timeZone: string;
  /** Where its chance begins. */
  readonly seed: number;
}

export interface ScriptRun extends ScriptLimits {
  readonly code: string;
  readonly input: ScriptInput;
}

const changesSchema = z.record(z.string(), z.json());

/** What a script brought back: only what it changed, and `null` for what it cleared; unchecked. */
export const scriptReportSchema = z.discriminatedUnion("ok", [
  z.object({
    ok: z.literal(true),
    /** Absent: it named none. */
    output: z.string().optional(),
    fields: changesSchema,
    vars: changesSchema,
    log: z.array(z.string()),
    milliseconds: z.number(),
  }),
  z.object({
    ok: z.literal(false),
    code: z.enum(["script.failed", "script.timeout", "script.out_of_memory"]),
    message: z.string(),
    log: z.array(z.string()),
    milliseconds: z.number(),
  }),
]);
export type ScriptReport = z.output<typeof scriptReportSchema>;

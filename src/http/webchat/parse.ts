import type { z } from "zod";
import { AppError } from "../../model/app-error.ts";

/** Throws `request.invalid` with the first thing that does not fit. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") ?? "";
  throw new AppError("request.invalid", `${place === "" ? "" : `${place}: `}${issue?.message ?? "does not fit"}`);
}

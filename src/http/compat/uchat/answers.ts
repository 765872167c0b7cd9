import { z } from "zod";

/** What nearly every change answers. */
export const okSchema = z.strictObject({ status: z.literal("ok") });
export const ok = { status: "ok" } as const;

/** What a change of ours answers that says how many it took away. */
export const deletedSchema = z.strictObject({ status: z.literal("ok"), delete: z.number().int().nonnegative() });

export const errorSchema = z.strictObject({ message: z.string().min(1) });
export const invalidSchema = z.strictObject({
  message: z.string().min(1),
  errors: z.record(z.string(), z.array(z.string())),
});

/** `YYYY-MM-DD HH:MM:SS`, UTC. UChat's own have no zone. */
export const dateTimeSchema = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);

export function toDateTime(at: Date | number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

/** A list in UChat's envelope. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ data: z.array(item) });
}

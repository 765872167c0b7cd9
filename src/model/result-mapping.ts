import { z } from "zod";
import { fieldKeySchema } from "./field.ts";

/** Where a part of a result is kept: what the JSON path (RFC 9535) finds goes into a field, or into a variable of the walk. */
export const resultMappingSchema = z
  .object({
    path: z.string().min(1).max(500),
    /** Key or name. */
    field: z.string().min(1).max(200).optional(),
    variable: fieldKeySchema.optional(),
  })
  .refine(({ field, variable }) => (field === undefined) !== (variable === undefined), {
    error: "name either a field or a variable",
  });
export type ResultMapping = z.infer<typeof resultMappingSchema>;

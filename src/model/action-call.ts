import { z } from "zod";
import { resultMappingSchema } from "./result-mapping.ts";

/**
 * One call of the action catalogue, as flows, doors and bulk jobs write it. `args` is checked against the named action's own
 * schema by `engine/actions.ts`; the model only knows the envelope.
 */
export const actionCallSchema = z.object({
  action: z.string().min(1).max(60),
  args: z.record(z.string(), z.unknown()).default({}),
  /** Parts of the result to keep; variables only in a flow, whose walk they belong to. */
  save: z.array(resultMappingSchema).max(50).optional(),
});
export type ActionCall = z.infer<typeof actionCallSchema>;

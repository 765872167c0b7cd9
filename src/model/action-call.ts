import { z } from "zod";

/**
 * One call of the action catalogue, as flows, doors and bulk jobs write it. `args` is checked against the named action's own
 * schema by `engine/actions.ts`; the model only knows the envelope.
 */
export const actionCallSchema = z.object({
  action: z.string().min(1).max(60),
  args: z.record(z.string(), z.unknown()).default({}),
});
export type ActionCall = z.infer<typeof actionCallSchema>;

import { z } from "zod";
import { refSchema } from "../../model/flow.ts";
import { botReferenceSchema, instantSchema, nameSchema } from "./common.ts";

export const sequenceSchema = z
  .object({ ref: z.string(), botId: z.number(), name: z.string(), createdAt: instantSchema })
  .meta({ id: "Sequence" });
export type SequenceBody = z.infer<typeof sequenceSchema>;

export const sequenceCreateSchema = z.strictObject({
  bot: botReferenceSchema,
  name: nameSchema,
  ref: refSchema.optional(),
});
export const sequenceChangeSchema = z.strictObject({ name: nameSchema });
/** Also for flows and channels: narrowed to one bot. */
export const ofBotQuery = z.object({ bot: z.string().max(20).optional().describe("Id or ref of a bot.") });

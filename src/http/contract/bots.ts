import { z } from "zod";
import { refSchema } from "../../model/flow.ts";
import { instantSchema, nameSchema } from "./common.ts";

export const botSchema = z
  .object({ id: z.number(), ref: z.string(), name: z.string(), createdAt: instantSchema })
  .meta({ id: "Bot" });
export type BotBody = z.infer<typeof botSchema>;

/** A ref of digits alone would be taken for an id. */
const botRefSchema = refSchema.regex(/\D/, "a bot's ref has at least one character that is no digit");

export const botCreateSchema = z.strictObject({ name: nameSchema, ref: botRefSchema.optional() });
export const botChangeSchema = z.strictObject({ name: nameSchema });
export const botParams = z.object({ bot: z.string().min(1).max(20).describe("Id or ref.") });

import { z } from "zod";
import { instantSchema } from "./common.ts";

const shortcut = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[\p{L}\p{N}_-]+$/u, "letters, digits, _ and -")
  .describe("What an agent types behind the slash.");
const text = z.string().trim().min(1).max(10_000).describe("A template.");

export const savedReplySchema = z
  .object({ id: z.number(), shortcut: z.string(), text: z.string(), createdAt: instantSchema })
  .meta({ id: "SavedReply" });
export type SavedReplyBody = z.infer<typeof savedReplySchema>;

export const savedReplyCreateSchema = z.strictObject({ shortcut, text });
export const savedReplyChangeSchema = z.strictObject({ shortcut: shortcut.optional(), text: text.optional() });

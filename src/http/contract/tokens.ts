import { z } from "zod";
import { botReferenceSchema, instantSchema, nameSchema, scopeSchema } from "./common.ts";

const kindSchema = z.enum(["api", "action-link", "uchat", "chatbot", "bothelp"]);

export const tokenSchema = z
  .object({
    id: z.number(),
    kind: kindSchema,
    name: z.string(),
    hint: z.string().describe("The token's last characters."),
    botId: z.number().nullable(),
    scopes: z.array(z.string()),
    createdAt: instantSchema,
    lastUsedAt: instantSchema.nullable().describe("To the minute."),
    revokedAt: instantSchema.nullable(),
  })
  .meta({ id: "Token" });
export type TokenBody = z.infer<typeof tokenSchema>;

export const tokenCreateSchema = z.strictObject({
  kind: kindSchema.default("api"),
  name: nameSchema,
  bot: botReferenceSchema.optional().describe("Sees only this bot's things."),
  scopes: z.array(scopeSchema).max(20).default([]).describe("Only for kind `api`."),
});
export const tokenCreatedSchema = tokenSchema.extend({ token: z.string().describe("Shown this once.") });

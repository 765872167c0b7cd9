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
    expiresAt: instantSchema.nullable().describe("From then on it is worth nothing; null: it does not end by itself."),
  })
  .meta({ id: "Token" });
export type TokenBody = z.infer<typeof tokenSchema>;

export const tokenCreateSchema = z.strictObject({
  kind: kindSchema.default("api"),
  name: nameSchema,
  bot: botReferenceSchema.optional().describe("Sees only this bot's things."),
  scopes: z
    .array(scopeSchema)
    .max(20)
    .default([])
    .describe(
      "What it may do: `read`, `act` (on contacts), `send`, `set-up`, `*`; for kind `api` single scopes too. For kind `uchat` `team` beside them: a token of one bot then also opens what UChat has under Manage Team, for the whole workspace; `*` does not include it. Absent or empty: nothing for kind `api`, everything for the others.",
    ),
  expiresAt: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional()
    .describe("When it ends by itself. Absent: never."),
});
export const tokenCreatedSchema = tokenSchema.extend({ token: z.string().describe("Shown this once.") });

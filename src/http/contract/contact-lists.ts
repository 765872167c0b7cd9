import { z } from "zod";
import { botReferenceSchema, idSchema, pageQuery } from "./common.ts";
import { contactSchema, positionSchema } from "./contacts.ts";
import { conditionBody } from "./segments.ts";

/** Which contacts: everything given has to hold. */
export const contactAskShape = {
  q: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe("Part of a name, e-mail, phone, external id or user name; under three characters words that begin so."),
  segment: idSchema.optional().describe("Who is in it now."),
  condition: conditionBody.optional(),
  bot: botReferenceSchema.optional(),
};

export const contactOrderSchema = z.enum(["newest", "oldest", "name"]);

export const contactSearchSchema = z.strictObject({
  ...contactAskShape,
  order: contactOrderSchema.default("newest"),
  limit: pageQuery.limit,
  cursor: z.string().max(20_000).optional().describe("`nextCursor` of the page before, asked in the same order."),
});

export const contactCountSchema = z.strictObject({
  ...contactAskShape,
  cursor: pageQuery.cursor.describe("`nextCursor` of the part before."),
});

export const contactCountPartSchema = z
  .object({
    count: z.number().describe("Of this part."),
    share: z.number().describe("How much of the whole is done, 0 to 1."),
    nextCursor: z.string().nullable().describe("null: it is whole. Else ask again with it, and add up."),
  })
  .meta({ id: "ContactCountPart" });
export type ContactCountPart = z.infer<typeof contactCountPartSchema>;

/** A contact with where it stands: what a table shows. */
export const contactRowSchema = contactSchema
  .extend({ positions: z.array(positionSchema).describe("Where it stands in flows.") })
  .meta({ id: "ContactRow" });
export type ContactRowBody = z.infer<typeof contactRowSchema>;

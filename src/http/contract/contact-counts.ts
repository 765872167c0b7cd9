import { z } from "zod";

/** What contacts can be counted by. */
export const countedThings = ["tags", "labels", "fields", "sequences", "entry-links"] as const;
export const contactCountParams = z.object({ of: z.enum(countedThings) });

export const contactCountSchema = z
  .object({
    key: z.string().describe("Id of the tag, label or field; ref of the sequence or entry link."),
    contacts: z.number(),
  })
  .meta({ id: "ContactCount" });
export type ContactCountBody = z.infer<typeof contactCountSchema>;

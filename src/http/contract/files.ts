import { z } from "zod";
import { mediaKinds } from "../../model/message.ts";
import { nameSchema } from "./common.ts";

export const fileQuery = z.strictObject({
  name: nameSchema.describe("The file's name, with its ending."),
  contact: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe("Whom it is for: deleted with the contact. Absent: kept."),
});

export const fileSchema = z
  .object({
    url: z.string().describe("Whoever has it can read the file."),
    name: z.string(),
    contentType: z.string(),
    size: z.number().describe("Bytes."),
    kind: z.enum(mediaKinds).describe("What it is in a message's `attachments`."),
  })
  .meta({ id: "File" });
export type FileBody = z.infer<typeof fileSchema>;

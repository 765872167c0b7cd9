import { z } from "zod";
import { instantSchema, nameSchema } from "./common.ts";

/** A tag or a label. */
export const nameEntrySchema = z.object({ id: z.number(), name: z.string(), createdAt: instantSchema });
export type NameEntry = z.infer<typeof nameEntrySchema>;

export const nameWriteSchema = z.strictObject({ name: nameSchema });

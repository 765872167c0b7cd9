import { z } from "zod";
import { parseTimeZone } from "../../engine/values.ts";
import { nameSchema } from "./common.ts";

export const workspaceSchema = z
  .object({
    id: z.number(),
    domain: z.string().describe("Its short name; `domain_name` in action links."),
    name: z.string(),
    timeZone: z.string().describe("IANA name; contacts without one of their own are in it."),
    publicUrl: z.string().describe("Where the world reaches this server, without a trailing slash."),
  })
  .meta({ id: "Workspace" });
export type WorkspaceBody = z.infer<typeof workspaceSchema>;

export const workspaceChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  timeZone: z
    .string()
    .max(100)
    .refine((zone) => parseTimeZone(zone) !== undefined, "is no time zone's IANA name, such as Europe/Moscow")
    .optional(),
});

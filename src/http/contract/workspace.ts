import { z } from "zod";
import { parseTimeZone } from "../../engine/values.ts";
import { nameSchema } from "./common.ts";

export const workspaceSchema = z
  .object({
    id: z.number(),
    domain: z.string().describe("Its short name; `domain_name` in action links."),
    name: z.string(),
    timeZone: z.string().describe("IANA name; contacts without one of their own are in it."),
    auditDays: z.number().describe("How many days the audit log keeps an entry."),
    needsSecondFactor: z
      .boolean()
      .describe("Whoever signs in with the password alone has to set up a second factor before they can work here."),
    assignsOnReply: z
      .boolean()
      .describe("Whoever of the team is the first to answer a conversation that is assigned to nobody gets it."),
    publicUrl: z.string().describe("Where the world reaches this server, without a trailing slash."),
  })
  .meta({ id: "Workspace" });
export type WorkspaceBody = z.infer<typeof workspaceSchema>;

/** Typed once more, so that nobody does it by mistake. */
export const workspaceDeletionSchema = z.strictObject({
  domain: z.string().max(100).describe("The workspace's domain, to confirm it."),
});

export const workspaceChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  timeZone: z
    .string()
    .max(100)
    .refine((zone) => parseTimeZone(zone) !== undefined, "is no time zone's IANA name, such as Europe/Moscow")
    .optional(),
  auditDays: z.number().int().min(30).max(3650).optional(),
  assignsOnReply: z.boolean().optional(),
  needsSecondFactor: z.boolean().optional().describe("Only an owner who has a second factor changes it, or a token."),
});

import { z } from "zod";
import { memberRoles } from "../../model/conversation.ts";
import { instantSchema, nameSchema } from "./common.ts";

export const memberSchema = z
  .object({
    id: z.number(),
    email: z.string(),
    name: z.string(),
    role: z.enum(memberRoles),
    hasSecondFactor: z.boolean(),
    createdAt: instantSchema,
  })
  .meta({ id: "Member" });
export type MemberBody = z.infer<typeof memberSchema>;

export const memberCreateSchema = z.strictObject({
  email: z.email().max(254),
  name: nameSchema.optional(),
  role: z.enum(memberRoles).default("agent"),
});
export const memberChangeSchema = z.strictObject({ role: z.enum(memberRoles) });

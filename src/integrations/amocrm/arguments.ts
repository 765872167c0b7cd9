import { z } from "zod";

/** What the actions hand over, all of it rendered. Empty texts leave amoCRM's values as they are. */
export const contactArgsSchema = z.object({
  name: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  /** Change the names of a contact who is there already. */
  rename: z.boolean(),
  phone: z.string(),
  email: z.string(),
  responsibleUser: z.number().optional(),
  tags: z.array(z.string()),
  /** By id or code of the field. */
  fields: z.record(z.string(), z.string()),
});
export type ContactArgs = z.output<typeof contactArgsSchema>;

export const dealArgsSchema = z.object({
  /** Which of the contact's deals. */
  key: z.string(),
  /** A new one each time. */
  always: z.boolean(),
  name: z.string(),
  price: z.number().optional(),
  pipeline: z.number().optional(),
  status: z.number().optional(),
  responsibleUser: z.number().optional(),
  tags: z.array(z.string()),
  fields: z.record(z.string(), z.string()),
});
export type DealArgs = z.output<typeof dealArgsSchema>;

import { z } from "zod";
import type { Contact } from "../../model/contact.ts";
import { fieldKindSchema } from "../../model/field.ts";
import { flowDocumentSchema } from "../../model/flow.ts";
import type { Deal } from "../../model/sales-plan.ts";
import { sequenceSettingsSchema, sequenceStepSchema } from "../../model/sequence.ts";
import type { Cart, Order, Variant } from "../../model/shop.ts";
import { jsonValue } from "./common.ts";
import { salesPlanSchema } from "./sales-plans.ts";

const requirement = z.union([z.literal(0), z.literal(1), z.literal(2)]);
const definition = z.object({ id: z.number(), key: z.string(), name: z.string(), kind: fieldKindSchema });

export const botSnapshotSchema = z
  .object({
    id: z.number(),
    ref: z.string(),
    name: z.string(),
    workspaceId: z.number(),
    timeZone: z.string(),
    flows: z
      .array(
        z.object({
          id: z.number(),
          ref: z.string(),
          name: z.string(),
          version: z.number(),
          document: flowDocumentSchema,
        }),
      )
      .describe("As published."),
    tags: z.array(z.string()),
    labels: z.array(z.string()),
    fields: z.array(definition),
    variables: z.array(definition.extend({ value: jsonValue.nullable() })),
    sequences: z.array(
      z.object({
        ref: z.string(),
        name: z.string(),
        ...sequenceSettingsSchema.shape,
        steps: z.array(sequenceStepSchema),
      }),
    ),
    entryLinks: z.array(
      z.object({
        ref: z.string(),
        name: z.string(),
        flow: z.string().nullable(),
        step: z.string().nullable(),
        data: jsonValue.nullable(),
      }),
    ),
    members: z.array(z.object({ id: z.number(), name: z.string(), email: z.string() })),
    closingNotes: z.array(
      z.object({
        id: z.number(),
        name: z.string(),
        requireSummary: requirement,
        requireAttachment: requirement,
      }),
    ),
    salesPlans: z.array(salesPlanSchema),
    integrations: z.array(z.object({ id: z.number(), ref: z.string(), kind: z.string(), name: z.string() })),
    channels: z.array(z.object({ id: z.number(), kind: z.string() })),
  })
  .meta({ id: "BotSnapshot" });
export type BotSnapshotBody = z.infer<typeof botSnapshotSchema>;

/** The engine's own form: what a simulator starts from, and nothing to build upon. */
export const contactSnapshotSchema = z
  .custom<Contact>((value) => typeof value === "object")
  .describe("Times are Unix milliseconds. The form follows the engine and may change with any release.");

/** What a contact has of the shop and of sales plans, in the engine's own form as well. */
export interface ContactGoods {
  /** null: nothing is in it. */
  readonly cart: Cart | null;
  /** Oldest first, like deals. */
  readonly orders: readonly Order[];
  readonly deals: readonly Deal[];
}
export const contactGoodsSchema = z
  .custom<ContactGoods>((value) => typeof value === "object")
  .describe("Times are Unix milliseconds. The form follows the engine and may change with any release.");

export const variantKeysSchema = z.strictObject({
  keys: z
    .array(z.union([z.number().int().positive().max(Number.MAX_SAFE_INTEGER), z.string().max(10_000)]))
    .min(1)
    .max(200)
    .describe("A number is an id; a text is a sku, else an id in digits."),
});
export const variantSnapshotsSchema = z.object({
  data: z
    .array(z.custom<Variant | null>((value) => typeof value === "object"))
    .describe("One for each key, in their order; null: there is none. The form follows the engine and may change."),
});
export type VariantSnapshots = z.infer<typeof variantSnapshotsSchema>;

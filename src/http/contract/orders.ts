import { z } from "zod";
import { maxLines, maxQuantity, orderDetailKeys, orderStatusSchema } from "../../model/shop.ts";
import { idSchema, instantSchema, pageQuery } from "./common.ts";

const amount = z.number().describe("Minor units of the currency.");

const lineSchema = z
  .object({
    variant: z.number().describe("Id of the variant; it may be gone meanwhile."),
    product: z.number(),
    sku: z.string().nullable(),
    name: z.string(),
    description: z.string(),
    imageUrl: z.string().nullable(),
    price: amount,
    comparePrice: amount.nullable(),
    quantity: z.number(),
    subtotal: amount,
  })
  .describe("As the variant was when it was put here.");

const sums = {
  items: z.array(lineSchema),
  quantity: z.number().describe("Of all items together."),
  total: amount,
  totalText: z.string().describe("The total as a decimal number, for people."),
};

export const cartSchema = z
  .object({
    contactId: z.number(),
    id: z.number().nullable().describe("null: the cart is empty."),
    currency: z.string().nullable(),
    ...sums,
    createdAt: instantSchema.nullable(),
    updatedAt: instantSchema.nullable(),
  })
  .meta({ id: "Cart" });
export type CartBody = z.infer<typeof cartSchema>;

type DetailKey = (typeof orderDetailKeys)[number];
const text = z.string().nullable();
const detailShape = Object.fromEntries(orderDetailKeys.map((key) => [key, text])) as Record<DetailKey, typeof text>;

export const orderSchema = z
  .object({
    id: z.number(),
    contactId: z.number(),
    botId: z.number(),
    status: orderStatusSchema,
    currency: z.string(),
    ...sums,
    ...detailShape,
    createdAt: instantSchema,
    updatedAt: instantSchema,
  })
  .meta({ id: "Order" });
export type OrderBody = z.infer<typeof orderSchema>;

const change = z.string().max(2000).nullable().optional();
const changeShape = Object.fromEntries(orderDetailKeys.map((key) => [key, change])) as Record<DetailKey, typeof change>;
export const orderChangeSchema = z
  .strictObject({
    status: orderStatusSchema.optional(),
    items: z
      .array(
        z.strictObject({
          variant: z.union([idSchema, z.string().trim().min(1).max(200)]).describe("Id or sku."),
          quantity: z.number().int().min(1).max(maxQuantity).default(1),
        }),
      )
      .min(1)
      .max(maxLines)
      .optional()
      .describe("All of them: what is not named is taken out. Those that stay keep their prices."),
    ...changeShape,
  })
  .describe("null or an empty text clears a detail.");
export type OrderChange = z.infer<typeof orderChangeSchema>;

const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value));
export const orderQuery = z.object({
  ...pageQuery,
  contact: idSchema.optional(),
  status: z
    .union([orderStatusSchema.transform((one) => [one]), z.array(orderStatusSchema).max(7)])
    .optional()
    .describe("Several times: any of them."),
  createdFrom: instant.optional().describe("ISO 8601."),
  createdTo: instant.optional().describe("ISO 8601; that moment itself is not in it."),
});

import { z } from "zod";
import { currencySchema, maxStock, priceSchema } from "../../model/shop.ts";
import { instantSchema, nameSchema, pageQuery } from "./common.ts";

const imageUrl = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .nullable();
const description = z.string().max(10_000);

export const variantSchema = z
  .object({
    id: z.number(),
    productId: z.number(),
    sku: z.string().nullable(),
    name: z.string().describe("Empty where the product has one form only."),
    description: z.string().describe("Empty: the product's."),
    imageUrl: z.string().nullable().describe("null: the product's."),
    price: z.number().describe("Minor units of the currency."),
    comparePrice: z.number().nullable().describe("What it cost before, in minor units."),
    currency: z.string(),
    priceText: z.string().describe("The price as a decimal number, for people."),
    active: z.boolean(),
    stock: z.number().nullable().describe("null: not counted."),
    createdAt: instantSchema,
    updatedAt: instantSchema,
  })
  .meta({ id: "Variant" });
export type VariantBody = z.infer<typeof variantSchema>;

export const productSchema = z
  .object({
    id: z.number(),
    name: z.string(),
    description: z.string(),
    imageUrl: z.string().nullable(),
    active: z.boolean().describe("Whether any of it is for sale."),
    createdAt: instantSchema,
    updatedAt: instantSchema,
    variants: z.array(variantSchema),
  })
  .meta({ id: "Product" });
export type ProductBody = z.infer<typeof productSchema>;

const variantShape = {
  sku: nameSchema.nullable().describe("Unique in the workspace; actions may name the variant by it."),
  name: z.union([nameSchema, z.literal("")]),
  description,
  imageUrl,
  price: priceSchema.describe("Minor units of the currency: 2500 is AUD 25.00, JPY 2500, KWD 2.500."),
  comparePrice: priceSchema.nullable().describe("What it cost before, in minor units."),
  currency: currencySchema.describe("ISO 4217."),
  active: z.boolean(),
  stock: z.number().int().min(0).max(maxStock).nullable().describe("null: not counted."),
};

export const variantCreateSchema = z.strictObject({
  ...variantShape,
  sku: variantShape.sku.default(null),
  name: variantShape.name.default(""),
  description: description.default(""),
  imageUrl: imageUrl.default(null),
  comparePrice: variantShape.comparePrice.default(null),
  active: z.boolean().default(true),
  stock: variantShape.stock.default(null),
});
export const variantChangeSchema = z.strictObject(variantShape).partial();

const productShape = { name: nameSchema, description, imageUrl, active: z.boolean() };
export const productCreateSchema = z.strictObject({
  ...productShape,
  description: description.default(""),
  imageUrl: imageUrl.default(null),
  active: z.boolean().default(true),
  variants: z.array(variantCreateSchema).max(100).default([]),
});
export const productChangeSchema = z.strictObject(productShape).partial();

export const productQuery = z.object({
  ...pageQuery,
  active: z.enum(["true", "false"]).optional(),
  q: z.string().min(1).max(200).optional().describe("Part of a name, or a whole sku."),
});

import { z } from "zod";
import { countItems, decimalsOf, toDecimalText, totalOf } from "../../../engine/money.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { type Cart, type Line, type OrderDetailKey, orderStatuses } from "../../../model/shop.ts";
import type { StoredOrder } from "../../../store/order-store.ts";
import type { Product } from "../../../store/product-store.ts";
import { toLiteral } from "../../literal-text.ts";
import { dateTimeSchema, toDateTime } from "./answers.ts";
import { text } from "./input.ts";
import { toNs } from "./ns.ts";

/** An item of a cart. Amounts are numbers in the currency's major unit (dollars); `compare_price` 0: there is none. */
const cartItemSchema = z.strictObject({
  id: z.number().int(),
  product_id: z.number().int(),
  name: z.string(),
  desc: z.string(),
  image: z.string(),
  price: z.number(),
  compare_price: z.number(),
  currency: z.string(),
  num: z.number().int(),
  subtotal: z.number(),
});

/** UChat's cart. An empty one has the id 0 and no times. */
export const cartSchema = z.strictObject({
  id: z.number().int(),
  created_at: z.union([dateTimeSchema, z.literal("")]),
  updated_at: z.union([dateTimeSchema, z.literal("")]),
  items: z.array(cartItemSchema),
  num_of_items: z.number().int(),
  total_price: z.number(),
});

/** Minor units as UChat's numbers. */
const toMajor = (amount: number, currency: string) => amount / 10 ** decimalsOf(currency);

/** UChat writes currencies in small letters. */
const toCurrency = (currency: string) => currency.toLowerCase();

/** An item's `id` is its variant's, which `remove-from-cart` takes. */
function presentLine(line: Line, currency: string): z.infer<typeof cartItemSchema> {
  const { variant, product, name, description, imageUrl, price, comparePrice, quantity } = line;
  return {
    id: variant,
    product_id: product,
    name,
    desc: description,
    image: imageUrl ?? "",
    price: toMajor(price, currency),
    compare_price: comparePrice === undefined ? 0 : toMajor(comparePrice, currency),
    currency: toCurrency(currency),
    num: quantity,
    subtotal: toMajor(price * quantity, currency),
  };
}

export function presentCart(cart: Cart | undefined): z.infer<typeof cartSchema> {
  if (cart === undefined) return { id: 0, created_at: "", updated_at: "", items: [], num_of_items: 0, total_price: 0 };
  const { id, lines, currency, createdAt, updatedAt } = cart;
  return {
    id,
    created_at: toDateTime(createdAt),
    updated_at: toDateTime(updatedAt),
    items: lines.map((line) => presentLine(line, currency)),
    num_of_items: countItems(lines),
    total_price: toMajor(totalOf(lines) ?? 0, currency),
  };
}

/** An order as lists show it; `total` is text in the major unit: "25.00". */
export const orderSummarySchema = z.strictObject({
  id: z.number().int(),
  total: z.string(),
  currency: z.string(),
  status: z.enum(orderStatuses),
});

export function presentOrderSummary(
  order: Pick<z.infer<typeof orderSummarySchema>, "id" | "status"> & {
    readonly total: number;
    readonly currency: string;
  },
): z.infer<typeof orderSummarySchema> {
  const { id, total, currency, status } = order;
  return { id, total: toDecimalText(total, currency), currency: toCurrency(currency), status };
}

/** An order whole. UChat's document does not say what one holds: this is what its calls write, in its words. */
export const orderSchema = orderSummarySchema.extend({
  user_ns: z.string(),
  created_at: dateTimeSchema,
  updated_at: dateTimeSchema,
  shipping_method: z.string(),
  payment_method: z.string(),
  reference_no: z.string(),
  note: z.string(),
  phone: z.string(),
  name: z.string(),
  email: z.string(),
  address: z.string(),
  suburb: z.string(),
  state: z.string(),
  postcode: z.string(),
  country: z.string(),
  tracking_no: z.string(),
  items: z.array(cartItemSchema),
});

export function presentOrder(order: StoredOrder): z.infer<typeof orderSchema> {
  const { details, lines, currency, createdAt, updatedAt } = order;
  return {
    ...presentOrderSummary(order),
    user_ns: toNs("contact", order.botId, order.contactId),
    created_at: toDateTime(createdAt),
    updated_at: toDateTime(updatedAt),
    shipping_method: details.shippingMethod ?? "",
    payment_method: details.paymentMethod ?? "",
    reference_no: details.referenceNo ?? "",
    note: details.note ?? "",
    phone: details.phone ?? "",
    name: details.name ?? "",
    email: details.email ?? "",
    address: details.address ?? "",
    suburb: details.suburb ?? "",
    state: details.state ?? "",
    postcode: details.postcode ?? "",
    country: details.country ?? "",
    tracking_no: details.trackingNo ?? "",
    items: lines.map((line) => presentLine(line, currency)),
  };
}

/** A product with its variants, whose ids carts and orders take. */
export const productSchema = z.strictObject({
  id: z.number().int(),
  name: z.string(),
  desc: z.string(),
  image: z.string(),
  active: z.boolean(),
  variants: z.array(
    z.strictObject({
      id: z.number().int(),
      name: z.string(),
      sku: z.string(),
      price: z.number(),
      compare_price: z.number(),
      currency: z.string(),
      stock: z.number().int().nullable(),
      active: z.boolean(),
    }),
  ),
});

export function presentProduct({
  id,
  name,
  description,
  imageUrl,
  active,
  variants,
}: Product): z.infer<typeof productSchema> {
  return {
    id,
    name,
    desc: description,
    image: imageUrl ?? "",
    active,
    variants: variants.map((variant) => ({
      id: variant.id,
      name: variant.name,
      sku: variant.sku ?? "",
      price: toMajor(variant.price, variant.currency),
      compare_price: variant.comparePrice === null ? 0 : toMajor(variant.comparePrice, variant.currency),
      currency: toCurrency(variant.currency),
      stock: variant.stock,
      active: variant.active,
    })),
  };
}

/** UChat's names of what is known of payment and delivery. */
const detailKeys = {
  shipping_method: "shippingMethod",
  payment_method: "paymentMethod",
  reference_no: "referenceNo",
  note: "note",
  phone: "phone",
  name: "name",
  email: "email",
  address: "address",
  suburb: "suburb",
  state: "state",
  postcode: "postcode",
  country: "country",
  tracking_no: "trackingNo",
} as const satisfies Record<string, OrderDetailKey>;
type DetailName = keyof typeof detailKeys;

const detail = text(2000).optional();
export const detailInput = Object.fromEntries(Object.keys(detailKeys).map((name) => [name, detail])) as {
  readonly [K in DetailName]: typeof detail;
};

/** Details as arguments of the catalogue, which takes templates. */
export function toDetailArguments(input: { readonly [K in DetailName]?: string | undefined }): ActionCall["args"] {
  return Object.fromEntries(
    (Object.keys(detailKeys) as DetailName[]).flatMap((name) => {
      const value = input[name];
      return value === undefined ? [] : [[detailKeys[name], toLiteral(value)]];
    }),
  );
}

import { z } from "zod";
import { toLiteral } from "../../../engine/literal-text.ts";
import { countItems, decimalsOf, toDecimalText, totalOf } from "../../../engine/money.ts";
import { toNs } from "../../../engine/uchat-ns.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { type Cart, type Line, type OrderDetailKey, orderStatuses } from "../../../model/shop.ts";
import type { StoredOrder } from "../../../store/order-store.ts";
import type { Product } from "../../../store/product-store.ts";
import { dateTimeSchema, toDateTime } from "./answers.ts";
import { text } from "./input.ts";

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

/** An order whole. UChat's document names `id`, `total_price` and `num_of_items`; the others are what its calls write, in its words. */
export const orderSchema = orderSummarySchema.extend({
  total_price: z.number(),
  num_of_items: z.number().int(),
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
    total_price: toMajor(order.total, currency),
    num_of_items: countItems(lines),
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

/** A variant, whose id carts and orders take. There is one option here, the variant's name. */
export const variantSchema = z.strictObject({
  id: z.number().int(),
  product_id: z.number().int(),
  name: z.string(),
  desc: z.string(),
  option_1: z.string(),
  option_2: z.string(),
  option_1_value: z.string(),
  option_2_value: z.string(),
  variant_1_value: z.string(),
  variant_2_value: z.string(),
  image: z.string(),
  price: z.number(),
  compare_price: z.number(),
  currency: z.string(),
  taxable: z.boolean(),
  sku: z.string(),
  barcode: z.string(),
  track_stock: z.boolean(),
  allow_no_stock_sell: z.boolean(),
  qty: z.number().int(),
  display_order: z.number().int(),
});

export function presentVariants({
  id,
  name,
  description,
  imageUrl,
  variants,
}: Product): z.infer<typeof variantSchema>[] {
  return variants.map((variant, index) => ({
    id: variant.id,
    product_id: id,
    name,
    desc: variant.description === "" ? description : variant.description,
    option_1: "",
    option_2: "",
    option_1_value: variant.name,
    option_2_value: "",
    variant_1_value: variant.name,
    variant_2_value: "",
    image: variant.imageUrl ?? imageUrl ?? "",
    price: toMajor(variant.price, variant.currency),
    compare_price: variant.comparePrice === null ? 0 : toMajor(variant.comparePrice, variant.currency),
    currency: toCurrency(variant.currency),
    taxable: false,
    sku: variant.sku ?? "",
    barcode: "",
    track_stock: variant.stock !== null,
    allow_no_stock_sell: variant.stock === null,
    qty: variant.stock ?? 0,
    display_order: index + 1,
  }));
}

/** A product with its variants. */
export const productSchema = z.strictObject({
  id: z.number().int(),
  name: z.string(),
  description: z.string(),
  image: z.string(),
  use_variant: z.boolean(),
  total_qty: z.number().int(),
  num_of_variants: z.number().int(),
  track_stock: z.boolean(),
  type: z.string(),
  vendor: z.string(),
  variants: z.array(variantSchema),
});

export function presentProduct(product: Product): z.infer<typeof productSchema> {
  const { id, name, description, imageUrl, variants } = product;
  return {
    id,
    name,
    description,
    image: imageUrl ?? "",
    use_variant: variants.length > 1,
    total_qty: variants.reduce((sum, { stock }) => sum + (stock ?? 0), 0),
    num_of_variants: variants.length,
    track_stock: variants.some(({ stock }) => stock !== null),
    type: "",
    vendor: "",
    variants: presentVariants(product),
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

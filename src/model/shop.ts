import { z } from "zod";

/**
 * UChat's list of what an order can be (its API, `update-order-status`). `cancelled` gives the stock back; `refunded` does not: what was sent out
 * is not on the shelf again because the money is.
 */
export const orderStatuses = [
  "ordered",
  "paid",
  "processing",
  "shipped",
  "completed",
  "cancelled",
  "refunded",
] as const;
export const orderStatusSchema = z.enum(orderStatuses);
export type OrderStatus = (typeof orderStatuses)[number];

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"));

/** An ISO 4217 code, read in any case, kept in capitals. */
export const currencySchema = z
  .string()
  .trim()
  .toUpperCase()
  .refine((code) => currencies.has(code), "has to be a currency's ISO 4217 code, like AUD");

/** Minor units (cents) of one item at most; with the bound of a total below, every sum stays exact in a double. */
export const maxPrice = 1_000_000_000_000;
/** Minor units of a whole cart or order at most. */
export const maxTotal = 1_000_000_000_000_000;
export const maxQuantity = 9999;
export const maxLines = 100;
export const maxStock = 1_000_000_000;

/** Minor units of a currency (cents, yen, fils). */
export const priceSchema = z.number().int().min(0).max(maxPrice);

/** What can be sold: one form of a product (a size, a colour). Amounts are minor units of the currency. */
export interface Variant {
  readonly id: number;
  readonly productId: number;
  readonly sku?: string | undefined;
  /** What a line calls it: the product's name, with the variant's where it has one. */
  readonly name: string;
  readonly description: string;
  readonly imageUrl?: string | undefined;
  readonly price: number;
  /** What it cost before, to be shown struck through. */
  readonly comparePrice?: number | undefined;
  readonly currency: string;
  /** It and its product are for sale. */
  readonly isActive: boolean;
  /** How many there are; absent: not counted. */
  readonly stock?: number | undefined;
}

/** So many of a variant, as it was when it was put here: what is changed in the product later changes no line. */
export interface Line {
  /** Ids of the variant and its product; either may be gone meanwhile. */
  readonly variant: number;
  readonly product: number;
  readonly sku?: string | undefined;
  readonly name: string;
  readonly description: string;
  readonly imageUrl?: string | undefined;
  /** Of one, in minor units. */
  readonly price: number;
  readonly comparePrice?: number | undefined;
  readonly quantity: number;
}

/** What a contact is about to buy. An empty cart does not exist. */
export interface Cart {
  /** Id of the event that opened it. */
  readonly id: number;
  readonly currency: string;
  /** In the order in which they were put in; one a variant. */
  readonly lines: readonly Line[];
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What is known of payment and delivery, all in people's words. */
export const orderDetailKeys = [
  "shippingMethod",
  "paymentMethod",
  "referenceNo",
  "note",
  "phone",
  "name",
  "email",
  "address",
  "suburb",
  "state",
  "postcode",
  "country",
  "trackingNo",
] as const;
export type OrderDetailKey = (typeof orderDetailKeys)[number];
export type OrderDetails = { readonly [K in OrderDetailKey]?: string | undefined };

export interface Order {
  readonly id: number;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly lines: readonly Line[];
  /** Minor units: the sum of the lines. */
  readonly total: number;
  readonly details: OrderDetails;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** How an action names a variant: by id, or by a text, which is a sku, else an id in digits. */
export type VariantKey = number | string;

/**
 * What a decision knows of the shop so far. Nothing of it is loaded with the contact: an action says what it needs, and the decision is taken again with that
 * (`engine/shop-context.ts`).
 */
export interface ShopView {
  /** null: none; undefined: not read. */
  readonly cart?: Cart | null | undefined;
  /** null: there is none. */
  readonly variants: ReadonlyMap<VariantKey, Variant | null>;
  /** Of this contact; null: there is none. */
  readonly orders: ReadonlyMap<number, Order | null>;
  /** The contact's latest, newest first; undefined: not read. */
  readonly latestOrders?: readonly Order[] | undefined;
  /** Ids that new orders may take. */
  readonly orderIds: readonly number[];
  /** Nobody else changes the workspace's stock until this is committed, and `variants` was read since. */
  readonly isStockLocked: boolean;
}

/** What a decision changes in the shop. */
export interface ShopChanges {
  /** null: emptied; undefined: as it was. */
  readonly cart?: Cart | null | undefined;
  /** Made or changed, by id. */
  readonly orders: ReadonlyMap<number, Order>;
  /** By variant: how many came back (taken: below zero). */
  readonly stock: ReadonlyMap<number, number>;
  /** How many of the view's order ids were taken. */
  readonly orderIdsTaken: number;
}

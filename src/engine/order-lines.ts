import { z } from "zod";
import type { Json } from "../model/field.ts";
import type { ActionResult } from "../model/outcome.ts";
import { say } from "../model/sentence.ts";
import {
  type Line,
  maxLines,
  maxQuantity,
  maxTotal,
  type Order,
  type OrderDetailKey,
  type OrderDetails,
  orderDetailKeys,
  type Variant,
  type VariantKey,
} from "../model/shop.ts";
import { type ContactContext, refuse } from "./action-type.ts";
import { countItems, toDecimalText, totalOf } from "./money.ts";

type Refusal = Extract<ActionResult, { ok: false }>;

/** A variant as an action's argument: its id, or a template of its sku (or of its id, in digits). */
export const variantArgument = z.union([z.number().int().positive(), z.string().trim().min(1).max(200)]);
/** How many: a number, or a template of one. */
export const quantityArgument = z.union([z.number().int().min(1).max(maxQuantity), z.string().trim().min(1).max(200)]);
export const itemArgument = z.object({ variant: variantArgument, quantity: quantityArgument.default(1) });

const detail = z.string().max(2000).optional();
/** What is known of payment and delivery, as arguments: each text is a template. */
export const detailArguments = Object.fromEntries(orderDetailKeys.map((key) => [key, detail])) as {
  readonly [K in OrderDetailKey]: typeof detail;
};

export function readVariantKey(context: ContactContext, argument: VariantKey): VariantKey {
  return typeof argument === "number" ? argument : context.render(argument).trim();
}

/** Undefined: not a quantity. */
export function readQuantity(context: ContactContext, argument: number | string): number | undefined {
  const quantity = typeof argument === "number" ? argument : Number(context.render(argument).trim() || Number.NaN);
  return Number.isInteger(quantity) && quantity >= 1 && quantity <= maxQuantity ? quantity : undefined;
}

/** The details with those that are given; an empty text clears one. */
export function withDetails(
  context: ContactContext,
  details: OrderDetails,
  given: { readonly [K in OrderDetailKey]?: string | undefined },
): OrderDetails {
  const next: Partial<Record<OrderDetailKey, string>> = {};
  for (const key of orderDetailKeys) {
    const text = given[key];
    const value = text === undefined ? details[key] : context.render(text).trim();
    if (value !== undefined && value !== "") next[key] = value;
  }
  return next;
}

export const refuseQuantity = () =>
  refuse("shop.bad_quantity", say`a quantity is a whole number from 1 to ${{ maxQuantity }}`) as Refusal;

const refuseMissing = (key: VariantKey) =>
  refuse(
    "variant.not_found",
    say`there is no variant ${{ key: typeof key === "number" ? key : `"${key}"` }}`,
  ) as Refusal;

/** A variant that can be bought now. */
export function requireForSale(context: ContactContext, key: VariantKey): Variant | Refusal {
  const variant = context.shop.variant(key);
  if (variant === null) return refuseMissing(key);
  if (variant.isActive) return variant;
  return refuse("variant.not_for_sale", say`"${{ name: variant.name }}" is not for sale at present`) as Refusal;
}

export const isRefusal = (value: object): value is Refusal => "ok" in value && value.ok === false;

export function toLine(variant: Variant, quantity: number): Line {
  const { id, productId, sku, name, description, imageUrl, price, comparePrice } = variant;
  return { variant: id, product: productId, sku, name, description, imageUrl, price, comparePrice, quantity };
}

/** The lines with one in place of that of the same variant, else at the end; or why they cannot be. */
export function putLine(lines: readonly Line[], line: Line): readonly Line[] | Refusal {
  if (line.quantity > maxQuantity) return refuseQuantity();
  const isKnown = lines.some(({ variant }) => variant === line.variant);
  const next = isKnown ? lines.map((other) => (other.variant === line.variant ? line : other)) : [...lines, line];
  if (next.length > maxLines) {
    return refuse("shop.too_many_lines", say`there can be ${{ maxLines }} different items at most`) as Refusal;
  }
  if (totalOf(next) !== undefined) return next;
  return refuse("shop.total_too_large", say`the total would be more than ${{ maxTotal }} minor units`) as Refusal;
}

interface Item {
  readonly variant: VariantKey;
  readonly quantity: number | string;
}

/** Lines for what an action names. What stands in `frozen` already keeps its name and price; the rest gets those of today. */
export function readLines(
  context: ContactContext,
  items: readonly Item[],
  frozen: { readonly lines: readonly Line[]; readonly currency: string | undefined },
): { readonly lines: readonly Line[]; readonly currency: string } | Refusal {
  const keys = items.map(({ variant }) => readVariantKey(context, variant));
  const kept = keys.map((key) => findLine(frozen.lines, key));
  const fresh = keys.filter((_key, index) => kept[index] === undefined);
  context.shop.need({ variants: fresh });
  let { currency } = frozen;
  let lines: readonly Line[] = [];
  for (const [index, item] of items.entries()) {
    const quantity = readQuantity(context, item.quantity);
    if (quantity === undefined) return refuseQuantity();
    let line = kept[index];
    if (line === undefined) {
      const variant = requireForSale(context, keys[index] ?? 0);
      if (isRefusal(variant)) return variant;
      currency ??= variant.currency;
      if (variant.currency !== currency) return refuseCurrency(currency, variant);
      line = toLine(variant, quantity);
    }
    const { variant: id } = line;
    // Named twice: together.
    const before = lines.find(({ variant }) => variant === id)?.quantity ?? 0;
    const put = putLine(lines, { ...line, quantity: before + quantity });
    if (isRefusal(put)) return put;
    lines = put;
  }
  return { lines, currency: currency ?? "" };
}

export const refuseCurrency = (currency: string, variant: Variant) =>
  refuse(
    "shop.other_currency",
    say`"${{ name: variant.name }}" costs ${{ currency: variant.currency }} and the rest ${{ rest: currency }}; one cart or order has one currency`,
  ) as Refusal;

/** By id, by sku, or by id in digits: as `VariantKey` says. */
export function findLine(lines: readonly Line[], key: VariantKey): Line | undefined {
  if (typeof key === "number") return lines.find(({ variant }) => variant === key);
  return lines.find(({ sku }) => sku === key) ?? lines.find(({ variant }) => String(variant) === key);
}

/**
 * Takes from the stock what `after` has more than `before`, and puts back what it has less; all of it or (a refusal) nothing. Whoever runs out is told how many
 * are left.
 */
export function moveStock(
  context: ContactContext,
  before: readonly Line[],
  after: readonly Line[],
): Refusal | undefined {
  const { shop } = context;
  const more = new Map<number, number>();
  for (const { variant, quantity } of after) more.set(variant, (more.get(variant) ?? 0) + quantity);
  for (const { variant, quantity } of before) more.set(variant, (more.get(variant) ?? 0) - quantity);
  const moved = [...more].filter(([, quantity]) => quantity !== 0);
  shop.need({ variants: moved.map(([id]) => id) });
  // What is not counted needs no lock; what is gone from the shop has no stock to move.
  const counted = moved.filter(([id]) => shop.variant(id)?.stock !== undefined);
  if (counted.length === 0) return undefined;
  shop.lockStock();
  for (const [id, quantity] of counted) {
    const variant = shop.variant(id);
    if (variant?.stock === undefined || variant.stock >= quantity) continue;
    return refuse(
      "variant.out_of_stock",
      say`only ${{ stock: variant.stock }} of "${{ name: variant.name }}" left`,
    ) as Refusal;
  }
  for (const [id, quantity] of counted) shop.changeStock(id, -quantity);
  return undefined;
}

/** Lines as an action's result shows them; amounts in minor units. */
export function describeLines(lines: readonly Line[]): Json[] {
  return lines.map((line) => ({
    variant: line.variant,
    product: line.product,
    sku: line.sku ?? null,
    name: line.name,
    description: line.description,
    imageUrl: line.imageUrl ?? null,
    price: line.price,
    comparePrice: line.comparePrice ?? null,
    quantity: line.quantity,
    subtotal: line.price * line.quantity,
  }));
}

/** A sum as an action's result shows it: minor units, and a decimal text for people. */
export function describeTotal(total: number, currency: string) {
  return { total, totalText: toDecimalText(total, currency), currency };
}

export function describeOrder({ id, status, total, currency, lines }: Order) {
  return { order: id, status, ...describeTotal(total, currency), quantity: countItems(lines) };
}

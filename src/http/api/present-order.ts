import { countItems, toDecimalText, totalOf } from "../../engine/money.ts";
import { type Cart, type Line, orderDetailKeys } from "../../model/shop.ts";
import type { StoredOrder } from "../../store/order-store.ts";
import type { CartBody, OrderBody } from "../contract/orders.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

function presentLine(line: Line): OrderBody["items"][number] {
  const { variant, product, sku, name, description, imageUrl, price, comparePrice, quantity } = line;
  const lacking = { sku: sku ?? null, imageUrl: imageUrl ?? null, comparePrice: comparePrice ?? null };
  return { variant, product, name, description, price, quantity, subtotal: price * quantity, ...lacking };
}

export function presentCart(contactId: number, cart: Cart | undefined): CartBody {
  const lines = cart?.lines ?? [];
  const total = totalOf(lines) ?? 0;
  return {
    contactId,
    id: cart?.id ?? null,
    currency: cart?.currency ?? null,
    items: lines.map(presentLine),
    quantity: countItems(lines),
    total,
    totalText: cart === undefined ? "0" : toDecimalText(total, cart.currency),
    createdAt: toInstantOrNull(cart?.createdAt),
    updatedAt: toInstantOrNull(cart?.updatedAt),
  };
}

export function presentOrder(order: StoredOrder): OrderBody {
  const { id, contactId, botId, status, currency, lines, total, details } = order;
  const texts = Object.fromEntries(orderDetailKeys.map((key) => [key, details[key] ?? null]));
  return {
    id,
    contactId,
    botId,
    status,
    currency,
    items: lines.map(presentLine),
    quantity: countItems(lines),
    total,
    totalText: toDecimalText(total, currency),
    ...(texts as Record<(typeof orderDetailKeys)[number], string | null>),
    createdAt: toInstant(order.createdAt),
    updatedAt: toInstant(order.updatedAt),
  };
}

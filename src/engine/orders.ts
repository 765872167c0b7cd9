import type { ActionResult } from "../model/outcome.ts";
import type { Line, Order, OrderDetailKey, OrderStatus } from "../model/shop.ts";
import { type ContactContext, ok } from "./action-type.ts";
import { totalOf } from "./money.ts";
import { describeOrder, moveStock, withDetails } from "./order-lines.ts";

interface NewOrder {
  readonly lines: readonly Line[];
  readonly currency: string;
  readonly status: OrderStatus;
  readonly details: { readonly [K in OrderDetailKey]?: string | undefined };
}

/** Makes an order of these lines and takes them from the stock. Who buys is the contact where the details do not say otherwise. */
export function placeOrder(context: ContactContext, { lines, currency, status, details }: NewOrder): ActionResult {
  const { shop, now, contact } = context;
  shop.need({ orderIds: 1 });
  const refusal = isTaken(status) ? moveStock(context, [], lines) : undefined;
  if (refusal !== undefined) return refusal;
  const { name, firstName, lastName, email, phone } = contact.profile;
  const whole = [firstName, lastName].filter(Boolean).join(" ");
  const buyer = { name: name ?? (whole === "" ? undefined : whole), email, phone };
  const order: Order = {
    id: shop.takeOrderId(),
    status,
    currency,
    lines,
    total: totalOf(lines) ?? 0,
    details: withDetails(context, buyer, details),
    createdAt: now,
    updatedAt: now,
  };
  shop.createOrder(order);
  return ok(describeOrder(order));
}

/** Whether an order of this status holds its items: they are not in the stock. */
export function isTaken(status: OrderStatus): boolean {
  return status !== "cancelled";
}

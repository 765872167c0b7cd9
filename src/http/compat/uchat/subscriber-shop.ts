import { z } from "zod";
import type { ActionCall } from "../../../model/action-call.ts";
import { orderStatuses } from "../../../model/shop.ts";
import { findCart } from "../../../store/cart-store.ts";
import { countOrders, listOrders } from "../../../store/order-store.ts";
import { ok, okSchema, pageOf, toOffset, toPage } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { integer, pageInput, text, word } from "./input.ts";
import {
  cartSchema,
  detailInput,
  orderSummarySchema,
  presentCart,
  presentOrderSummary,
  toDetailArguments,
} from "./shop-answers.ts";

const ns = text(60);
const variant = integer({ min: 1 });

async function act(call: Call, userNs: string, action: ActionCall) {
  await call.act(await call.addressContact(userNs), [action]);
  return ok;
}

/** A subscriber's cart and orders. */
export const subscriberShopEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/subscriber/cart",
    scope: "flow",
    summary: "Get subscriber shopping cart detail",
    input: z.object({ user_ns: ns }),
    answer: cartSchema,
    handle: async (call, { user_ns }) => presentCart(await findCart(call.db, (await call.requireContact(user_ns)).id)),
  }),
  endpoint({
    method: "POST",
    path: "/subscriber/add-to-cart",
    scope: "flow",
    summary: "Add item to subscriber shopping cart",
    input: z.object({ user_ns: ns, variant_id: variant, qty: integer({ min: 1, max: 9999 }).default(1) }),
    answer: okSchema,
    handle: (call, { user_ns, variant_id, qty }) =>
      act(call, user_ns, { action: "add_to_cart", args: { variant: variant_id, quantity: qty } }),
  }),
  endpoint({
    method: "DELETE",
    path: "/subscriber/remove-from-cart",
    scope: "flow",
    summary: "Remove item from subscriber shopping cart",
    input: z.object({ user_ns: ns, variant_id: variant }),
    answer: okSchema,
    handle: (call, { user_ns, variant_id }) =>
      act(call, user_ns, { action: "remove_from_cart", args: { variant: variant_id } }),
  }),
  endpoint({
    method: "DELETE",
    path: "/subscriber/empty-cart",
    scope: "flow",
    summary: "Empty subscriber shopping cart items",
    input: z.object({ user_ns: ns }),
    answer: okSchema,
    handle: (call, { user_ns }) => act(call, user_ns, { action: "empty_cart", args: {} }),
  }),
  endpoint({
    method: "POST",
    path: "/subscriber/cart-paid",
    scope: "flow",
    summary: "Checkout subscriber shopping cart and mark as paid",
    input: z.object({ user_ns: ns, ...detailInput }),
    answer: okSchema,
    handle: (call, { user_ns, ...details }) =>
      act(call, user_ns, { action: "check_out_cart", args: { status: "paid", ...toDetailArguments(details) } }),
  }),
  endpoint({
    method: "POST",
    path: "/subscriber/update-order-status",
    scope: "flow",
    summary: "Update order status",
    input: z.object({ user_ns: ns, order_id: integer({ min: 1 }), status: word(orderStatuses) }),
    answer: okSchema,
    handle: (call, { user_ns, order_id, status }) =>
      act(call, user_ns, { action: "update_order", args: { order: order_id, status } }),
  }),
  endpoint({
    method: "GET",
    path: "/subscriber/orders",
    scope: "flow",
    isOurs: true,
    summary: "List the subscriber's shop orders, newest first",
    input: z.object({ user_ns: ns, ...pageInput() }),
    answer: pageOf(orderSummarySchema).extend({ status: z.literal("ok") }),
    async handle(call, { user_ns, ...page }) {
      const { id: contact } = await call.requireContact(user_ns);
      const orders = await listOrders(call.db, call.caller, { contact }, { skip: toOffset(page), limit: page.limit });
      const count = () => countOrders(call.db, call.caller, { contact });
      return { ...(await toPage(call, page, orders.map(presentOrderSummary), count)), ...ok };
    },
  }),
];

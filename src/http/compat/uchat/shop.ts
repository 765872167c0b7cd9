import { z } from "zod";
import { orderStatuses } from "../../../model/shop.ts";
import { countOrders, listOrders, requireOrder } from "../../../store/order-store.ts";
import { countProducts, listProducts, requireProduct } from "../../../store/product-store.ts";
import { ok, okSchema, pageOf, toOffset, toPage } from "./answers.ts";
import { type AnyEndpoint, endpoint } from "./endpoint.ts";
import { integer, listOfUpTo, pageInput, text, word } from "./input.ts";
import { listInput } from "./named-lists.ts";
import {
  detailInput,
  orderSchema,
  orderSummarySchema,
  presentOrder,
  presentOrderSummary,
  presentProduct,
  presentVariants,
  productSchema,
  toDetailArguments,
  variantSchema,
} from "./shop-answers.ts";

const ns = text(60);
const id = integer({ min: 1 });
const status = word(orderStatuses).optional();
const item = z.object({ variant_id: id, qty: integer({ min: 1, max: 9999 }).default(1) });
const items = listOfUpTo(100, item);
/** Of an order that is there: an empty list, which some scripts always send, says nothing of the items. */
const newItems = z.array(item, { error: "must be an array" }).max(100, "must not have more than 100 items").default([]);

const toItems = (given: z.output<typeof items>) =>
  given.map(({ variant_id, qty }) => ({ variant: variant_id, quantity: qty }));

/** Orders, and the products whose variants they are made of. */
export const shopEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/shop/orders",
    scope: "team",
    summary: "Get list of orders, newest first",
    input: z.object({ user_ns: ns.optional(), ...pageInput() }),
    answer: pageOf(orderSummarySchema).extend({ status: z.literal("ok") }),
    async handle(call, { user_ns, ...page }) {
      const contact = user_ns === undefined ? undefined : (await call.requireContact(user_ns)).id;
      const orders = await listOrders(call.db, call.caller, { contact }, { skip: toOffset(page), limit: page.limit });
      const count = () => countOrders(call.db, call.caller, { contact });
      return { ...(await toPage(call, page, orders.map(presentOrderSummary), count)), ...ok };
    },
  }),
  endpoint({
    method: "GET",
    path: "/shop/orders/{orderId}/get-info",
    scope: "team",
    summary: "Get order info",
    input: z.object({ orderId: id }),
    answer: z.strictObject({ data: orderSchema, status: z.literal("ok") }),
    handle: async (call, { orderId }) => ({
      data: presentOrder(await requireOrder(call.db, call.caller, orderId)),
      ...ok,
    }),
  }),
  endpoint({
    method: "POST",
    path: "/shop/orders/create",
    scope: "flow",
    summary: "Create new order for bot user",
    input: z.object({ user_ns: ns, status, ...detailInput, items }),
    answer: okSchema,
    async handle(call, { user_ns, status = "ordered", items, ...details }) {
      const args = { status, items: toItems(items), ...toDetailArguments(details) };
      await call.act(await call.addressContact(user_ns), [{ action: "create_order", args }]);
      return ok;
    },
  }),
  endpoint({
    method: "PUT",
    path: "/shop/orders/{orderId}/update",
    scope: "flow",
    summary: "Update order",
    input: z.object({ orderId: id, status, ...detailInput, items: newItems }),
    answer: okSchema,
    async handle(call, { orderId, status, items, ...details }) {
      const order = await requireOrder(call.db, call.caller, orderId);
      const args = {
        order: orderId,
        ...(status === undefined ? {} : { status }),
        ...(items.length === 0 ? {} : { items: toItems(items) }),
        ...toDetailArguments(details),
      };
      await call.act({ id: order.contactId, botId: order.botId }, [{ action: "update_order", args }]);
      return ok;
    },
  }),
  endpoint({
    method: "GET",
    path: "/shop/products",
    scope: "team",
    summary: "Get list of products, with their variants",
    input: z.object(listInput),
    answer: pageOf(productSchema),
    async handle(call, { name: search, ...page }) {
      const { workspaceId } = call.caller;
      const skip = { skip: toOffset(page), limit: page.limit };
      const products = await listProducts(call.db, workspaceId, { search }, skip);
      return await toPage(call, page, products.map(presentProduct), () =>
        countProducts(call.db, workspaceId, { search }),
      );
    },
  }),
  endpoint({
    method: "GET",
    path: "/shop/products/{productId}/get-info",
    scope: "team",
    summary: "Get product info, with its variants",
    input: z.object({ productId: id }),
    answer: z.strictObject({ data: productSchema, status: z.literal("ok") }),
    async handle({ db, caller }, { productId }) {
      return { data: presentProduct(await requireProduct(db, caller.workspaceId, productId)), ...ok };
    },
  }),
  endpoint({
    method: "GET",
    path: "/shop/products/{productId}/variants",
    scope: "team",
    summary: "Get list of a product's variants",
    input: z.object({ productId: id, ...pageInput() }),
    answer: pageOf(variantSchema),
    async handle(call, { productId, ...page }) {
      const all = presentVariants(await requireProduct(call.db, call.caller.workspaceId, productId));
      const offset = toOffset(page);
      return await toPage(call, page, all.slice(offset, offset + page.limit), async () => all.length);
    },
  }),
];

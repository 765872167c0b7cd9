import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { totalOf } from "../engine/money.ts";
import {
  describeOrder,
  detailArguments,
  isRefusal,
  itemArgument,
  moveStock,
  readLines,
  withDetails,
} from "../engine/order-lines.ts";
import { isTaken } from "../engine/orders.ts";
import { say } from "../model/sentence.ts";
import { maxLines, type Order, type OrderStatus, orderStatusSchema } from "../model/shop.ts";

/** What has left the house, or never will, keeps its items. */
const open: ReadonlySet<OrderStatus> = new Set(["ordered", "paid", "processing"]);

export const updateOrder = defineAction({
  name: "update_order",
  title: "Change an order",
  group: "shop",
  description:
    "Changes an order of the contact: its status, payment and delivery, or (until it is shipped) its items. Items that stay keep their prices. A cancelled order gives its items back to the stock. All texts are templates; an empty one clears.",
  args: z.object({
    order: z.union([z.number().int().positive(), z.string().trim().min(1).max(200)]),
    status: orderStatusSchema.optional(),
    items: z.array(itemArgument).min(1).max(maxLines).optional(),
    ...detailArguments,
  }),
  example: { order: 12, status: "shipped", trackingNo: "RR123456785AU" },
  apply(context, { order: reference, status, items, ...details }) {
    const { shop } = context;
    const named = typeof reference === "number" ? String(reference) : context.render(reference).trim();
    const order = /^[1-9]\d{0,14}$/.test(named) ? shop.order(Number(named)) : null;
    if (order === null) return refuse("order.not_found", say`the contact has no order "${{ named }}"`);
    const { lines: before, currency } = order;
    if (items !== undefined && !open.has(order.status)) {
      return refuse("order.closed", say`the order is ${{ status: order.status }}: its items can no longer be changed`);
    }
    const read = items === undefined ? { lines: before } : readLines(context, items, { lines: before, currency });
    if (isRefusal(read)) return read;
    const changed: Order = {
      ...order,
      status: status ?? order.status,
      lines: read.lines,
      total: totalOf(read.lines) ?? 0,
      details: withDetails(context, order.details, details),
    };
    if (JSON.stringify(changed) === JSON.stringify({ ...order, details: withDetails(context, order.details, {}) })) {
      return ok({ ...describeOrder(order), changed: false });
    }
    const held = isTaken(order.status) ? before : [];
    const refusal = moveStock(context, held, isTaken(changed.status) ? changed.lines : []);
    if (refusal !== undefined) return refusal;
    shop.changeOrder({ ...changed, updatedAt: context.now });
    return ok({ ...describeOrder(changed), changed: true });
  },
});

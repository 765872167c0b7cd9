import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { describeLines, describeOrder } from "../engine/order-lines.ts";

export const listOrders = defineAction({
  name: "list_orders",
  title: "Read the orders",
  group: "shop",
  isForCallers: true,
  description:
    "Gives the contact's orders, the newest first, 50 at most, with their items. Amounts are minor units; `totalText` is for people.",
  args: z.object({}),
  example: {},
  apply({ shop }) {
    const orders = shop.latestOrders().map((order) => ({
      ...describeOrder(order),
      createdAt: new Date(order.createdAt).toISOString(),
      items: describeLines(order.lines),
    }));
    return ok({ orders });
  },
});

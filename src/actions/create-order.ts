import { z } from "zod";
import { defineAction } from "../engine/action-type.ts";
import { detailArguments, isRefusal, itemArgument, readLines } from "../engine/order-lines.ts";
import { placeOrder } from "../engine/orders.ts";
import { maxLines, orderStatusSchema } from "../model/shop.ts";

export const createOrder = defineAction({
  name: "create_order",
  title: "Create an order",
  group: "shop",
  description:
    "Makes an order of the variants named, by id or by sku, at their prices of now, and takes them from the stock; the cart stays as it is. All texts are templates.",
  args: z.object({
    items: z.array(itemArgument).min(1).max(maxLines),
    status: orderStatusSchema.default("ordered"),
    ...detailArguments,
  }),
  example: { items: [{ variant: "TEE-RED-M", quantity: 2 }], status: "ordered", shippingMethod: "pickup" },
  apply(context, { items, status, ...details }) {
    const read = readLines(context, items, { lines: [], currency: undefined });
    return isRefusal(read) ? read : placeOrder(context, { ...read, status, details });
  },
});

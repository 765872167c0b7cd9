import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { countItems, totalOf } from "../engine/money.ts";
import { describeLines, describeTotal } from "../engine/order-lines.ts";

export const listCartItems = defineAction({
  name: "list_cart_items",
  title: "Read the cart",
  group: "shop",
  isForCallers: true,
  description:
    "Gives what is in the contact's cart, with its total. Amounts are minor units; `totalText` is for people.",
  args: z.object({}),
  example: {},
  apply({ shop }) {
    const cart = shop.cart();
    if (cart === null) return ok({ items: [], quantity: 0, total: 0, totalText: "0", currency: null });
    const { lines, currency } = cart;
    const total = describeTotal(totalOf(lines) ?? 0, currency);
    return ok({ items: describeLines(lines), quantity: countItems(lines), ...total });
  },
});

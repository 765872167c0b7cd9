import { z } from "zod";
import { defineAction, refuse } from "../engine/action-type.ts";
import { detailArguments, isRefusal, requireForSale } from "../engine/order-lines.ts";
import { placeOrder } from "../engine/orders.ts";
import { say } from "../model/sentence.ts";
import { orderStatusSchema } from "../model/shop.ts";

export const checkOutCart = defineAction({
  name: "check_out_cart",
  title: "Make an order of the cart",
  group: "shop",
  description:
    "Makes an order of the contact's cart, at the prices that the cart shows, and takes it from the stock; the cart is empty then. All texts are templates.",
  args: z.object({ status: orderStatusSchema.default("ordered"), ...detailArguments }),
  example: { status: "paid", paymentMethod: "card", referenceNo: "TX-1" },
  apply(context, { status, ...details }) {
    const { shop } = context;
    const cart = shop.cart();
    if (cart === null) return refuse("cart.empty", say`there is nothing in the cart`);
    const { lines, currency } = cart;
    shop.need({ variants: lines.map(({ variant }) => variant), orderIds: 1 });
    for (const { variant } of lines) {
      const found = requireForSale(context, variant);
      if (isRefusal(found)) return found;
    }
    const placed = placeOrder(context, { lines, currency, status, details });
    if (placed.ok) shop.setCart(null);
    return placed;
  },
});

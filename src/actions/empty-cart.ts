import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { countItems } from "../engine/money.ts";

export const emptyCart = defineAction({
  name: "empty_cart",
  title: "Empty the cart",
  group: "shop",
  description: "Takes everything out of the contact's cart.",
  args: z.object({}),
  example: {},
  apply({ shop }) {
    const cart = shop.cart();
    if (cart === null) return ok({ removed: 0 });
    shop.setCart(null);
    return ok({ removed: countItems(cart.lines) });
  },
});

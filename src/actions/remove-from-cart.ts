import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import {
  findLine,
  quantityArgument,
  readQuantity,
  readVariantKey,
  refuseQuantity,
  variantArgument,
} from "../engine/order-lines.ts";

export const removeFromCart = defineAction({
  name: "remove_from_cart",
  title: "Take out of the cart",
  group: "shop",
  description:
    "Takes a variant, named by id or by sku, out of the contact's cart; with `quantity` only so many. Text is a template.",
  args: z.object({ variant: variantArgument, quantity: quantityArgument.optional() }),
  example: { variant: "TEE-RED-M" },
  apply(context, args) {
    const { shop } = context;
    const taken = args.quantity === undefined ? Number.POSITIVE_INFINITY : readQuantity(context, args.quantity);
    if (taken === undefined) return refuseQuantity();
    const cart = shop.cart();
    const line = findLine(cart?.lines ?? [], readVariantKey(context, args.variant));
    if (cart === null || line === undefined) return ok({ removed: 0 });
    const left = Math.max(0, line.quantity - taken);
    const lines = cart.lines.flatMap((other) =>
      other !== line ? [other] : left === 0 ? [] : [{ ...line, quantity: left }],
    );
    shop.setCart(lines.length === 0 ? null : { ...cart, lines, updatedAt: context.now });
    return ok({ removed: line.quantity - left });
  },
});

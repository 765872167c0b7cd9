import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { countItems, totalOf } from "../engine/money.ts";
import {
  describeTotal,
  isRefusal,
  putLine,
  quantityArgument,
  readQuantity,
  readVariantKey,
  refuseCurrency,
  refuseQuantity,
  requireForSale,
  toLine,
  variantArgument,
} from "../engine/order-lines.ts";
import { say } from "../model/sentence.ts";

export const addToCart = defineAction({
  name: "add_to_cart",
  title: "Put into the cart",
  group: "shop",
  description:
    "Puts so many of a variant into the contact's cart, named by id or by sku; more of what is there already. The line gets the variant's name and price of now. Text is a template.",
  args: z.object({ variant: variantArgument, quantity: quantityArgument.default(1) }),
  example: { variant: "TEE-RED-M", quantity: 1 },
  apply(context, args) {
    const { shop } = context;
    const key = readVariantKey(context, args.variant);
    const added = readQuantity(context, args.quantity);
    if (added === undefined) return refuseQuantity();
    shop.need({ cart: true, variants: [key] });
    const variant = requireForSale(context, key);
    if (isRefusal(variant)) return variant;
    const cart = shop.cart();
    const currency = cart?.currency ?? variant.currency;
    if (variant.currency !== currency) return refuseCurrency(currency, variant);
    const quantity = added + (cart?.lines.find((line) => line.variant === variant.id)?.quantity ?? 0);
    // A cart takes nothing from the stock: it only does not promise what is not there.
    if (variant.stock !== undefined && variant.stock < quantity) {
      return refuse("variant.out_of_stock", say`only ${{ stock: variant.stock }} of "${{ name: variant.name }}" left`);
    }
    const lines = putLine(cart?.lines ?? [], toLine(variant, quantity));
    if (isRefusal(lines)) return lines;
    const { now, eventId } = context;
    shop.setCart({ id: cart?.id ?? eventId, currency, lines, createdAt: cart?.createdAt ?? now, updatedAt: now });
    const total = describeTotal(totalOf(lines) ?? 0, currency);
    return ok({ variant: variant.id, quantity, items: countItems(lines), ...total });
  },
});

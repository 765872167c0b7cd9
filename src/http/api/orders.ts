import { toLiteral } from "../../engine/literal-text.ts";
import { AppError } from "../../model/app-error.ts";
import { orderDetailKeys } from "../../model/shop.ts";
import { findCart } from "../../store/cart-store.ts";
import { requireContactId } from "../../store/contact-store.ts";
import { listOrders, requireOrder } from "../../store/order-store.ts";
import { idParams, pageOf } from "../contract/common.ts";
import { contactParams } from "../contract/contacts.ts";
import { cartSchema, type OrderChange, orderChangeSchema, orderQuery, orderSchema } from "../contract/orders.ts";
import { submitOnce } from "../idempotency.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { presentCart, presentOrder } from "./present-order.ts";
import { type ApiResource, route } from "./route.ts";

const tag = "Orders";
const read = { tag, scope: "contacts:read" } as const;

export const orderResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/contacts/:id/cart",
    route(
      {
        ...read,
        id: "getCart",
        summary: "Read a contact's cart",
        description: "It is changed by actions: `add_to_cart`, `remove_from_cart`, `empty_cart`, `check_out_cart`.",
      },
      { params: contactParams },
      cartSchema,
    ),
    async ({ caller, params }) => {
      const contactId = await requireContactId(db, caller, params.id);
      return presentCart(contactId, await findCart(db, contactId));
    },
  );
  app.get(
    "/orders",
    route(
      {
        ...read,
        id: "listOrders",
        summary: "List orders, newest first",
        description: "Orders are made by actions of a contact: `check_out_cart`, `create_order`.",
      },
      { querystring: orderQuery },
      pageOf(orderSchema),
    ),
    async ({ caller, query }) => {
      const { limit, cursor, contact, status: statuses, createdFrom, createdTo } = query;
      const page = { before: decodeCursor(cursor)?.[0], limit: limit + 1 };
      const orders = await listOrders(db, caller, { contact, statuses, createdFrom, createdTo }, page);
      return toPage(orders, limit, { present: presentOrder, placeOf: ({ id }) => [id] });
    },
  );
  app.get(
    "/orders/:id",
    route({ ...read, id: "getOrder", summary: "Read an order" }, { params: idParams }, orderSchema),
    async ({ caller, params }) => presentOrder(await requireOrder(db, caller, params.id)),
  );
  app.patch(
    "/orders/:id",
    route(
      {
        tag,
        scope: "contacts:write",
        writes: true,
        id: "changeOrder",
        summary: "Change an order: its status, payment and delivery, or (until it is shipped) its items",
        description: "The action `update_order` of the order's contact.",
      },
      { params: idParams, body: orderChangeSchema },
      orderSchema,
    ),
    async (request) => {
      const { id: order, contactId } = await requireOrder(db, request.caller, request.params.id);
      const call = { action: "update_order", args: { order, ...toArguments(request.body) } };
      const reply = await submitOnce(dependencies, request, {
        target: { contactId },
        happening: { kind: "actions", actions: [call] },
      });
      const [result] = reply.results ?? [];
      if (result?.ok === false) {
        throw new AppError("action.refused", result.error, { details: { code: result.error.code } });
      }
      return presentOrder(await requireOrder(db, request.caller, order));
    },
  );
};

/** What a caller gives is no template. */
function toArguments({ status, items, ...details }: OrderChange) {
  const texts = orderDetailKeys.flatMap((key) => {
    const value = details[key];
    return value === undefined ? [] : [[key, toLiteral(value ?? "")]];
  });
  return {
    ...(status === undefined ? {} : { status }),
    ...(items === undefined
      ? {}
      : {
          items: items.map(({ variant, quantity }) => ({
            variant: typeof variant === "string" ? toLiteral(variant) : variant,
            quantity,
          })),
        }),
    ...Object.fromEntries(texts),
  };
}

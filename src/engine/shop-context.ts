import type { Fact } from "../model/outcome.ts";
import type { Cart, Order, ShopChanges, ShopView, Variant, VariantKey } from "../model/shop.ts";
import { countItems, totalOf } from "./money.ts";
import { MustRead, type ShopNeeds } from "./must-read.ts";

/** The shop as actions see it. Each reader throws `MustRead` where the answer is not read yet; `need` asks for several things at once. */
export interface ShopContext {
  need(needs: ShopNeeds): void;
  /** null: the contact has none. */
  cart(): Cart | null;
  /** With the stock as it is at this moment of the decision; null: there is none in the workspace. */
  variant(key: VariantKey): Variant | null;
  /** One of this contact's; null: the contact has no such order. */
  order(id: number): Order | null;
  /** This contact's, newest first. */
  latestOrders(): readonly Order[];
  /** From here on nobody else changes the workspace's stock until this is committed. */
  lockStock(): void;
  takeOrderId(): number;
  /** null: it is empty now. */
  setCart(cart: Cart | null): void;
  createOrder(order: Order): void;
  changeOrder(order: Order): void;
  /** `by`: how many come back; below zero: are taken. A variant whose stock is not counted is left alone. */
  changeStock(variantId: number, by: number): void;
}

/** The shop's part of a draft. */
export interface ShopDraft {
  readonly isClosed: boolean;
  view: ShopView;
  changes: ShopChanges;
}

/** Stands in where there is no shop to ask (the simulator): no cart, no orders, nothing for sale. */
const closedShop: ShopView = {
  cart: null,
  variants: new Map(),
  orders: new Map(),
  latestOrders: [],
  orderIds: [],
  isStockLocked: true,
};

/** `view` absent: the shop is closed. */
export function createShopDraft(view: ShopView | undefined): ShopDraft {
  return { isClosed: view === undefined, view: view ?? closedShop, changes: noChanges };
}

const noChanges: ShopChanges = { orders: new Map(), stock: new Map(), orderIdsTaken: 0 };

/** Undefined: nothing was changed. */
export function toShopChanges({ changes }: ShopDraft): ShopChanges | undefined {
  return changes === noChanges ? undefined : changes;
}

export function createShopContext(draft: ShopDraft, facts: Fact[]): ShopContext {
  const missing = (needs: ShopNeeds): boolean => {
    const { view } = draft;
    return (
      (needs.cart === true && view.cart === undefined) ||
      (needs.variants ?? []).some((key) => !view.variants.has(key)) ||
      (needs.order !== undefined && !view.orders.has(needs.order)) ||
      (needs.latestOrders === true && view.latestOrders === undefined) ||
      (needs.stockLock === true && !view.isStockLocked) ||
      view.orderIds.length < (needs.orderIds ?? 0)
    );
  };
  const need = (needs: ShopNeeds) => {
    if (!draft.isClosed && missing(needs)) throw new MustRead({ shop: needs });
  };
  const change = (part: Partial<ShopChanges>) => {
    draft.changes = { ...draft.changes, ...part };
  };
  const keepOrder = (order: Order) => {
    draft.view = { ...draft.view, ...withOrder(draft.view, order) };
    change({ orders: new Map(draft.changes.orders).set(order.id, order) });
  };
  return {
    need,
    cart: () => {
      need({ cart: true });
      return draft.view.cart ?? null;
    },
    variant: (key) => {
      need({ variants: [key] });
      const variant = draft.view.variants.get(key) ?? null;
      if (variant?.stock === undefined) return variant;
      return { ...variant, stock: variant.stock + (draft.changes.stock.get(variant.id) ?? 0) };
    },
    order: (id) => {
      need({ order: id });
      return draft.view.orders.get(id) ?? null;
    },
    latestOrders: () => {
      need({ latestOrders: true });
      return draft.view.latestOrders ?? [];
    },
    lockStock: () => need({ stockLock: true }),
    takeOrderId: () => {
      need({ orderIds: draft.changes.orderIdsTaken + 1 });
      const id = draft.view.orderIds[draft.changes.orderIdsTaken];
      if (id === undefined) throw new Error("no order can be made where there is no shop");
      change({ orderIdsTaken: draft.changes.orderIdsTaken + 1 });
      return id;
    },
    setCart: (cart) => {
      const currency = cart?.currency ?? draft.view.cart?.currency ?? null;
      draft.view = { ...draft.view, cart };
      change({ cart });
      const lines = cart?.lines ?? [];
      facts.push({ kind: "cart_changed", quantity: countItems(lines), total: totalOf(lines) ?? 0, currency });
    },
    createOrder: (order) => {
      keepOrder(order);
      facts.push({ kind: "order_created", ...toFact(order) });
    },
    changeOrder: (order) => {
      const before = draft.view.orders.get(order.id)?.status ?? order.status;
      keepOrder(order);
      facts.push({ kind: "order_changed", before, ...toFact(order) });
    },
    changeStock: (variantId, by) => {
      if (by === 0) return;
      change({ stock: new Map(draft.changes.stock).set(variantId, (draft.changes.stock.get(variantId) ?? 0) + by) });
    },
  };
}

const toFact = ({ id: order, status, total, currency }: Order) => ({ order, status, total, currency });

/** The orders of a view with one made or changed. */
export function withOrder(view: Pick<ShopView, "orders" | "latestOrders">, order: Order) {
  const { orders, latestOrders } = view;
  const isKnown = latestOrders?.some(({ id }) => id === order.id) === true;
  const replaced = latestOrders?.map((other) => (other.id === order.id ? order : other));
  return {
    orders: new Map(orders).set(order.id, order),
    // One that is older than the latest that were read does not become one of them.
    latestOrders: replaced === undefined || isKnown || orders.has(order.id) ? replaced : [order, ...replaced],
  };
}

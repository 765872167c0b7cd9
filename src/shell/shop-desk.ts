import type { ShopNeeds } from "../engine/must-read.ts";
import { withOrder } from "../engine/shop-context.ts";
import type { Cart, Order, ShopChanges, ShopView, Variant, VariantKey } from "../model/shop.ts";
import { findCart, writeCarts } from "../store/cart-store.ts";
import type { Database } from "../store/database.ts";
import { loadOrders, type StoredOrder, takeOrderIds, writeOrders } from "../store/order-store.ts";
import { addToStock, findVariants, lockStock } from "../store/variant-store.ts";

/** Whose decision it is. */
export interface ShopOwner {
  readonly contactId: number;
  readonly botId: number;
  readonly workspaceId: number;
}

/** What is for sale in a workspace, as far as this batch has read it. */
interface Shelf {
  readonly variants: Map<VariantKey, Variant | null>;
  isStockLocked: boolean;
}

/** One contact's part, as far as this batch has read it. */
interface Till {
  readonly owner: ShopOwner;
  cart: Cart | null | undefined;
  orders: ReadonlyMap<number, Order | null>;
  latestOrders: readonly Order[] | undefined;
}

/** What a list of a contact's orders holds at most for an action. */
const mostOrders = 50;

const untouched: ShopView = { variants: new Map(), orders: new Map(), orderIds: [], isStockLocked: false };

/** Reads of the shop what the decisions of one batch ask for, keeps what they change, and writes that at the end. */
export function createShopDesk(trx: Database) {
  const shelves = new Map<number, Shelf>();
  const tills = new Map<number, Till>();
  const carts = new Map<number, Cart | null>();
  const orders = new Map<number, StoredOrder & { readonly workspaceId: number }>();
  const stock = new Map<number, number>();
  let orderIds: readonly number[] = [];

  function shelfOf({ workspaceId }: ShopOwner): Shelf {
    const shelf = shelves.get(workspaceId) ?? { variants: new Map(), isStockLocked: false };
    shelves.set(workspaceId, shelf);
    return shelf;
  }

  function tillOf(owner: ShopOwner): Till {
    const till = tills.get(owner.contactId) ?? { owner, cart: undefined, orders: new Map(), latestOrders: undefined };
    tills.set(owner.contactId, till);
    return till;
  }

  async function readVariants(owner: ShopOwner, keys: readonly VariantKey[]): Promise<void> {
    if (keys.length === 0) return;
    const found = await findVariants(trx, owner.workspaceId, keys);
    // What this batch has taken is not written yet.
    for (const [key, variant] of found) shelfOf(owner).variants.set(key, withStock(variant, stock));
  }

  return {
    /** What decisions over this contact know so far. */
    viewOf(owner: ShopOwner): ShopView {
      const [shelf, till] = [shelves.get(owner.workspaceId), tills.get(owner.contactId)];
      if (shelf === undefined && till === undefined)
        return orderIds.length === 0 ? untouched : { ...untouched, orderIds };
      return {
        cart: till?.cart,
        variants: shelf?.variants ?? untouched.variants,
        orders: till?.orders ?? untouched.orders,
        latestOrders: till?.latestOrders,
        orderIds,
        isStockLocked: shelf?.isStockLocked ?? false,
      };
    },

    /** Reads what a decision asked for, so that the next view holds it. */
    async read(owner: ShopOwner, needs: ShopNeeds): Promise<void> {
      const [shelf, till] = [shelfOf(owner), tillOf(owner)];
      if (needs.cart === true && till.cart === undefined) till.cart = (await findCart(trx, owner.contactId)) ?? null;
      const { order } = needs;
      if (order !== undefined && !till.orders.has(order)) {
        const [found] = await loadOrders(trx, owner.contactId, { id: order });
        till.orders = new Map(till.orders).set(order, found ?? null);
      }
      if (needs.latestOrders === true && till.latestOrders === undefined) {
        const latest = await loadOrders(trx, owner.contactId, { latest: mostOrders });
        const changed = latest.map((one) => orders.get(one.id) ?? one);
        const made = [...orders.values()].filter(
          (one) => one.contactId === owner.contactId && latest.every(({ id }) => id !== one.id) && isNewer(one, latest),
        );
        till.latestOrders = [...made.sort((a, b) => b.id - a.id), ...changed];
      }
      if (needs.stockLock === true && !shelf.isStockLocked) {
        await lockStock(trx, owner.workspaceId);
        shelf.isStockLocked = true;
        // What was read before the lock may have been sold meanwhile.
        await readVariants(owner, [...shelf.variants.keys()]);
      }
      await readVariants(
        owner,
        (needs.variants ?? []).filter((key) => !shelf.variants.has(key)),
      );
      const lacking = (needs.orderIds ?? 0) - orderIds.length;
      if (lacking > 0) orderIds = [...orderIds, ...(await takeOrderIds(trx, lacking))];
    },

    /** Takes over what a decision changed. */
    keep(owner: ShopOwner, changes: ShopChanges): void {
      const till = tillOf(owner);
      orderIds = orderIds.slice(changes.orderIdsTaken);
      if (changes.cart !== undefined) {
        till.cart = changes.cart;
        carts.set(owner.contactId, changes.cart);
      }
      for (const order of changes.orders.values()) {
        Object.assign(till, withOrder(till, order));
        orders.set(order.id, { ...order, ...owner });
      }
      for (const [variant, by] of changes.stock) stock.set(variant, (stock.get(variant) ?? 0) + by);
      const { variants } = shelfOf(owner);
      for (const [key, variant] of variants) variants.set(key, withStock(variant, changes.stock));
    },

    /** One statement or two each for carts, orders and stock; none where nothing was changed. */
    async write(): Promise<void> {
      if (carts.size > 0) await writeCarts(trx, carts);
      if (orders.size > 0) await writeOrders(trx, [...orders.values()]);
      if (stock.size > 0) await addToStock(trx, stock);
    },
  };
}

function withStock(variant: Variant | null, changes: ReadonlyMap<number, number>): Variant | null {
  const by = variant === null ? undefined : changes.get(variant.id);
  if (variant?.stock === undefined || by === undefined) return variant;
  return { ...variant, stock: variant.stock + by };
}

/** Made in this batch, not an old one that was changed in it. */
function isNewer({ id }: Order, latest: readonly Order[]): boolean {
  return latest.every((other) => other.id < id);
}

import type { Needs } from "../engine/must-read.ts";
import { countDeal } from "../engine/sales-plans.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Deal, PlanState, SalesPlan } from "../model/sales-plan.ts";
import type { Cart, Order, Variant, VariantKey } from "../model/shop.ts";
import type { BotSnapshot, World } from "../model/world.ts";

/** What is for sale, and what the one contact has bought, is about to buy, and may buy. */
export interface Goods {
  readonly variants: readonly Variant[];
  /** null: there is none. */
  readonly cart: Cart | null;
  /** Oldest first, like deals. */
  readonly orders: readonly Order[];
  readonly deals: readonly Deal[];
}

/** As many of a contact's orders an action sees on a server. */
const mostOrders = 50;

/** What these keys name where they are for sale; null: nothing. */
export type FindVariants = (keys: readonly VariantKey[]) => Promise<ReadonlyMap<VariantKey, Variant | null>>;

export const noGoods: Goods = { variants: [], cart: null, orders: [], deals: [] };

type View = Required<Pick<World, "shop" | "deals">>;
/** What one decision has asked for so far. */
interface Asked {
  readonly variants: readonly VariantKey[];
  readonly orders: readonly number[];
  readonly orderIds: number;
  readonly plans: readonly number[];
  readonly deals: readonly number[];
  readonly dealIds: number;
}

const nothing: Asked = { variants: [], orders: [], orderIds: 0, plans: [], deals: [], dealIds: 0 };

/**
 * The shop and the deals of a simulation, in memory, as the shell's desks have them in the database: a decision says what it needs, and what it changes is
 * kept for the next. Ids count from 1, and those of what is gone are not given again. What `findVariants` finds is for sale besides the goods, with the stock
 * that it had when it was first asked for.
 */
export class Desks {
  #goods: Goods;
  #asked = nothing;
  #lastOrder: number;
  #lastDeal: number;
  readonly #turns = new Map<number, number>();
  readonly #findElsewhere: FindVariants | undefined;
  readonly #sought = new Set<VariantKey>();

  constructor(goods: Goods, findVariants?: FindVariants) {
    this.#goods = goods;
    this.#findElsewhere = findVariants;
    this.#lastOrder = Math.max(0, ...goods.orders.map(({ id }) => id));
    this.#lastDeal = Math.max(0, ...goods.deals.map(({ id }) => id));
  }

  get goods(): Goods {
    return this.#goods;
  }

  /** What a decision knows so far. */
  viewOf(bot: BotSnapshot): View {
    const { cart, orders, deals } = this.#goods;
    const asked = this.#asked;
    const byId = <T extends { readonly id: number }>(list: readonly T[], wanted: readonly number[]) =>
      new Map(wanted.map((id) => [id, list.find((one) => one.id === id) ?? null]));
    return {
      shop: {
        cart,
        variants: new Map(asked.variants.map((key) => [key, this.#findVariant(key)])),
        orders: byId(orders, asked.orders),
        latestOrders: orders.toReversed().slice(0, mostOrders),
        orderIds: idsAfter(this.#lastOrder, asked.orderIds),
        // Nobody else buys here.
        isStockLocked: true,
      },
      deals: {
        deals: deals.toReversed(),
        others: byId(deals, asked.deals),
        plans: new Map(asked.plans.map((id) => [id, this.#stateOf(id, bot)])),
        dealIds: idsAfter(this.#lastDeal, asked.dealIds),
      },
    };
  }

  /** Notes what a decision asked for, so that the next view holds it. */
  async read({ shop = {}, deals = {} }: Needs): Promise<void> {
    await this.#fetchVariants(shop.variants ?? []);
    const { variants, orders, orderIds, plans, deals: dealsAsked, dealIds } = this.#asked;
    const joined = <T>(list: readonly T[], more: readonly (T | undefined)[]) => [
      ...new Set([...list, ...more.filter((one) => one !== undefined)]),
    ];
    this.#asked = {
      variants: joined(variants, shop.variants ?? []),
      orders: joined(orders, [shop.order]),
      orderIds: Math.max(orderIds, shop.orderIds ?? 0),
      plans: joined(plans, [deals.plan]),
      deals: joined(dealsAsked, [deals.deal]),
      dealIds: Math.max(dealIds, deals.dealIds ?? 0),
    };
  }

  /** Takes over what a decision changed; the next one asks anew. */
  keep({ shop, deals }: Pick<Outcome, "shop" | "deals">): void {
    this.#asked = nothing;
    let { variants, cart, orders, deals: kept } = this.#goods;
    if (shop !== undefined) {
      this.#lastOrder += shop.orderIdsTaken;
      if (shop.cart !== undefined) cart = shop.cart;
      orders = replaced(orders, shop.orders);
      variants = variants.map((variant) => {
        const by = shop.stock.get(variant.id);
        return by === undefined || variant.stock === undefined ? variant : { ...variant, stock: variant.stock + by };
      });
    }
    if (deals !== undefined) {
      this.#lastDeal += deals.dealIdsTaken;
      kept = replaced(kept, deals.deals);
      for (const [id, { lastManager }] of deals.plans) if (lastManager !== undefined) this.#turns.set(id, lastManager);
    }
    this.#goods = { variants, cart, orders, deals: kept };
  }

  async #fetchVariants(keys: readonly VariantKey[]): Promise<void> {
    // Also what is found here already: digits that name a variant by its id here may be another's sku there.
    const unknown = keys.filter((key) => !this.#sought.has(key));
    if (this.#findElsewhere === undefined || unknown.length === 0) return;
    for (const key of unknown) this.#sought.add(key);
    for (const variant of (await this.#findElsewhere(unknown)).values()) {
      const { variants } = this.#goods;
      // Named by its sku and by its id, it is one.
      if (variant === null || variants.some(({ id }) => id === variant.id)) continue;
      this.#goods = { ...this.#goods, variants: [...variants, variant] };
    }
  }

  /** A number is an id; a text is a sku, else an id in digits. */
  #findVariant(key: VariantKey): Variant | null {
    const { variants } = this.#goods;
    const bySku = typeof key === "number" ? undefined : variants.find(({ sku }) => sku === key);
    return bySku ?? variants.find(({ id }) => String(id) === String(key)) ?? null;
  }

  #stateOf(id: number, { salesPlans }: BotSnapshot): PlanState | null {
    const plan: SalesPlan | undefined = [...salesPlans.values()].find((one) => one.id === id);
    if (plan === undefined) return null;
    const own = this.#goods.deals.filter((deal) => deal.plan === id);
    const openDeals = own.reduce<ReadonlyMap<number, number>>((sum, deal) => countDeal(sum, deal, 1), new Map());
    return { plan, openDeals, lastManager: this.#turns.get(id) };
  }
}

const idsAfter = (last: number, count: number) => Array.from({ length: count }, (_one, index) => last + index + 1);

/** By id; null: it is gone. */
function replaced<T extends { readonly id: number }>(
  list: readonly T[],
  changes: ReadonlyMap<number, T | null>,
): readonly T[] {
  const rest = list.filter(({ id }) => !changes.has(id));
  return [...rest, ...[...changes.values()].filter((one) => one !== null)].sort((a, b) => a.id - b.id);
}

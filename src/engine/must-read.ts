import type { VariantKey } from "../model/shop.ts";

/** What a decision wants to know of the shop. */
export interface ShopNeeds {
  readonly cart?: boolean;
  readonly variants?: readonly VariantKey[];
  readonly order?: number;
  readonly latestOrders?: boolean;
  readonly stockLock?: boolean;
  /** How many ids for new orders. */
  readonly orderIds?: number;
}

/** What a decision wants to know of deals. */
export interface DealNeeds {
  /** The contact's deals. */
  readonly deals?: boolean;
  readonly deal?: number;
  /** Id of a plan that it is going to change the deals of. */
  readonly plan?: number;
  /** How many ids for new deals. */
  readonly dealIds?: number;
}

export interface Needs {
  readonly shop?: ShopNeeds;
  readonly deals?: DealNeeds;
}

/**
 * Thrown by a decision that has to know more of the shop or of deals first. Whoever runs it reads that and decides again from the start: a decision is pure, so nothing
 * has happened. So what is not asked for is not read, however deep in a flow the asking action is.
 */
export class MustRead extends Error {
  override readonly name = "MustRead";
  readonly needs: Needs;

  constructor(needs: Needs) {
    super("the decision needs more than was read");
    this.needs = needs;
  }
}

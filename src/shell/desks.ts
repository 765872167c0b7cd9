import type { Needs } from "../engine/must-read.ts";
import type { Outcome } from "../model/outcome.ts";
import type { World } from "../model/world.ts";
import type { Database } from "../store/database.ts";
import { createDealDesk } from "./deal-desk.ts";
import { createShopDesk, type ShopOwner } from "./shop-desk.ts";

/** What decisions of one batch ask for while they are taken: the shop, and deals. Nothing of it is read, or written, where nobody asks. */
export function createDesks(trx: Database) {
  const shop = createShopDesk(trx);
  const deals = createDealDesk(trx);
  return {
    viewOf: (owner: ShopOwner): Pick<World, "shop" | "deals"> => ({
      shop: shop.viewOf(owner),
      deals: deals.viewOf(owner),
    }),
    async read(owner: ShopOwner, needs: Needs): Promise<void> {
      if (needs.shop !== undefined) await shop.read(owner, needs.shop);
      if (needs.deals !== undefined) await deals.read(owner, needs.deals);
    },
    keep(owner: ShopOwner, outcome: Pick<Outcome, "shop" | "deals">): void {
      if (outcome.shop !== undefined) shop.keep(owner, outcome.shop);
      if (outcome.deals !== undefined) deals.keep(owner, outcome.deals);
    },
    async write(): Promise<void> {
      await shop.write();
      await deals.write();
    },
  };
}

import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { checkDealArguments, describeDeal, planArgument } from "../engine/deals.ts";
import { findPlan } from "../engine/sales-plans.ts";

export const listDeals = defineAction({
  name: "list_deals",
  title: "Read the deals",
  group: "sales",
  isForCallers: true,
  description:
    "Gives the contact's deals, the newest first: of one sales plan or of all, the open ones or the latest of all, 150 at most. Sums are minor units; `sumText` is for people.",
  args: z.object({ plan: planArgument.optional(), open: z.boolean().default(false).describe("Only the open ones.") }),
  example: { plan: "course", open: true },
  check: checkDealArguments,
  apply({ bot, deals }, { plan: key, open }) {
    const plan = key === undefined ? undefined : findPlan(bot.salesPlans.values(), key);
    const found = deals
      .list()
      .filter((deal) => (plan === undefined || deal.plan === plan.id) && (!open || deal.closedAt === undefined))
      .map((deal) => ({
        ...describeDeal(bot, deal),
        createdAt: new Date(deal.createdAt).toISOString(),
        closedAt: deal.closedAt === undefined ? null : new Date(deal.closedAt).toISOString(),
      }));
    return ok({ count: found.length, deals: found });
  },
});

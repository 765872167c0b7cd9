import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import {
  checkDealArguments,
  dealArguments,
  isRefusal,
  nameDeal,
  namesDeal,
  requireDeal,
  requirePlan,
} from "../engine/deals.ts";

export const removeFromSalesPlan = defineAction({
  name: "remove_from_sales_plan",
  title: "Remove deals from a sales plan",
  group: "sales",
  description:
    "Removes all open deals of the contact from a sales plan; those that were won or lost stay. With a deal named, that one alone, open or not.",
  args: z.object(dealArguments).refine(namesDeal, nameDeal),
  example: { plan: "course" },
  check: checkDealArguments,
  apply(context, { deal, plan: key }) {
    const { deals } = context;
    if (deal !== undefined || key === undefined) {
      const found = requireDeal(context, { deal, plan: key });
      if (isRefusal(found)) return found;
      deals.remove(found.deal);
      return ok({ removed: 1 });
    }
    const plan = requirePlan(context, key);
    if (isRefusal(plan)) return plan;
    const open = deals.list().filter((one) => one.plan === plan.id && one.closedAt === undefined);
    for (const one of open) deals.remove(one);
    return ok({ removed: open.length });
  },
});

import { z } from "zod";
import { defineAction } from "../engine/action-type.ts";
import {
  changeDeal,
  checkDealArguments,
  dealArguments,
  dealValueArguments,
  isRefusal,
  nameDeal,
  namesDeal,
  readValues,
  requireDeal,
} from "../engine/deals.ts";

export const updateDeal = defineAction({
  name: "update_deal",
  title: "Change a deal",
  group: "sales",
  description:
    "Changes what is given of a deal of the contact: the deal named, or the newest open one of the plan. The sum is in the currency's main unit; a manager that is null takes the deal from everybody. All texts are templates; an empty title or note clears it.",
  args: z
    .object({ ...dealArguments, ...dealValueArguments, manager: dealValueArguments.manager.nullable() })
    .refine(namesDeal, nameDeal),
  example: { plan: "course", sum: "{{ fields.price }}" },
  check: checkDealArguments,
  apply(context, { deal: id, plan, ...given }) {
    const found = requireDeal(context, { deal: id, plan });
    if (isRefusal(found)) return found;
    const values = readValues(context, found.plan, given, found.deal);
    return isRefusal(values) ? values : changeDeal(context, found.deal, values);
  },
});

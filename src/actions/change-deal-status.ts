import { z } from "zod";
import { defineAction } from "../engine/action-type.ts";
import {
  changeDeal,
  checkDealArguments,
  dealArguments,
  isRefusal,
  nameDeal,
  namesDeal,
  requireDeal,
  requireStatus,
} from "../engine/deals.ts";

export const changeDealStatus = defineAction({
  name: "change_deal_status",
  title: "Change a deal's status",
  group: "sales",
  description:
    "Moves a deal of the contact to another status of its sales plan: the deal named, or the newest open one of the plan. In a status that is won or lost the deal is closed. All texts are templates.",
  args: z
    .object({
      ...dealArguments,
      status: z.string().trim().min(1).max(200).describe("Ref or name of a status of the plan."),
    })
    .refine(namesDeal, nameDeal),
  example: { plan: "course", status: "paid" },
  check: checkDealArguments,
  apply(context, { status: key, ...named }) {
    const found = requireDeal(context, named);
    if (isRefusal(found)) return found;
    const status = requireStatus(context, found.plan, key);
    return isRefusal(status) ? status : changeDeal(context, found.deal, { status: status.ref });
  },
});

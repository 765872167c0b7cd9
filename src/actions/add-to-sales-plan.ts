import { z } from "zod";
import { type ContactContext, defineAction, ok, refuse } from "../engine/action-type.ts";
import type { NewDeal } from "../engine/deal-context.ts";
import {
  changeDeal,
  checkDealArguments,
  dealValueArguments,
  describeDeal,
  findOpenDeal,
  isRefusal,
  planArgument,
  readValues,
  requirePlan,
} from "../engine/deals.ts";
import { firstStatus } from "../engine/sales-plans.ts";
import type { ActionResult } from "../model/outcome.ts";
import { maxOpenDeals, type SalesPlan } from "../model/sales-plan.ts";
import { say } from "../model/sentence.ts";

export const addToSalesPlan = defineAction({
  name: "add_to_sales_plan",
  title: "Add a deal to a sales plan",
  group: "sales",
  description:
    "Makes a deal for the contact in a sales plan, in the status named or the first open one, worth the sum or the plan's average check, of the manager named or as the plan distributes deals. Where the contact has an open deal there, it is kept as it is, updated by what is given, or gets another beside it. The sum is in the currency's main unit; all texts are templates.",
  args: z.object({
    plan: planArgument,
    ...dealValueArguments,
    ifOpen: z
      .enum(["keep", "update", "another"])
      .default("update")
      .describe("What becomes of a deal that is open in this plan."),
  }),
  example: { plan: "course", title: "Course for {{ contact.name }}", sum: "{{ fields.price }}", ifOpen: "update" },
  check: checkDealArguments,
  apply(context, { plan: key, ifOpen, ...given }) {
    const plan = requirePlan(context, key);
    if (isRefusal(plan)) return plan;
    const open = findOpenDeal(context, plan);
    if (open === undefined || ifOpen === "another") {
      const values = readValues(context, plan, given);
      return isRefusal(values) ? values : make(context, plan, values);
    }
    const values = ifOpen === "keep" ? {} : readValues(context, plan, given, open);
    if (isRefusal(values)) return values;
    const changed = changeDeal(context, open, values);
    return changed.ok ? ok({ ...(changed.result as object), created: false }) : changed;
  },
});

function make(context: ContactContext, plan: SalesPlan, values: Partial<NewDeal>): ActionResult {
  const { deals, bot } = context;
  const isFull =
    deals.list().filter((deal) => deal.plan === plan.id && deal.closedAt === undefined).length >= maxOpenDeals;
  if (isFull) {
    return refuse(
      "deal.too_many",
      say`the contact has ${{ maxOpenDeals }} open deals in "${{ name: plan.name }}"; close some first`,
    );
  }
  const status = values.status ?? firstStatus(plan)?.ref ?? "";
  const { manager, isTurn } =
    values.manager === undefined ? deals.nextManager(plan) : { manager: values.manager, isTurn: false };
  const deal = deals.create(
    {
      title: "",
      sum: plan.averageCheck ?? 0,
      currency: plan.currency,
      note: "",
      ...values,
      plan: plan.id,
      status,
      manager,
    },
    { isTurn },
  );
  return ok({ ...describeDeal(bot, deal), changed: true, created: true });
}

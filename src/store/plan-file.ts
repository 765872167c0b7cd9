import { z } from "zod";
import { refSchema } from "../model/flow.ts";
import { dealStatusKinds, distributions, maxDealSum, planLabelSchema, type SalesPlan } from "../model/sales-plan.ts";
import { currencySchema } from "../model/shop.ts";
import type { Database } from "./database.ts";
import { changeSalesPlan, createSalesPlan, listSalesPlans } from "./sales-plan-store.ts";

const name = z.string().min(1).max(200);

/** A sales plan in a bot's file, without its managers (who are the workspace's people) and deals. */
export const planFileSchema = z.strictObject({
  ref: refSchema,
  name,
  currency: currencySchema,
  averageCheck: z.number().int().min(0).max(maxDealSum).nullable().default(null),
  label: planLabelSchema.default(""),
  distribution: z.enum(distributions).default("manual"),
  statuses: z.array(z.strictObject({ ref: refSchema, name, kind: z.enum(dealStatusKinds) })).min(1),
});
type PlanFile = z.output<typeof planFileSchema>;

export function toPlanFile({ ref, name, currency, averageCheck, label, distribution, statuses }: SalesPlan): PlanFile {
  const kept = statuses.map((status) => ({ ...status }));
  return { ref, name, currency, averageCheck: averageCheck ?? null, label, distribution, statuses: kept };
}

/** Makes the plans that the workspace lacks. One that it has by its ref is used as it is, with the statuses that it lacks at its end. */
export async function addSalesPlans(trx: Database, workspaceId: number, plans: readonly PlanFile[]): Promise<void> {
  for (const plan of plans) {
    const there = await listSalesPlans(trx, workspaceId);
    const known = there.find(({ ref }) => ref === plan.ref);
    const isTaken = there.some((other) => other.name === plan.name);
    if (known === undefined) {
      const named = isTaken ? `${plan.name} (${plan.ref})` : plan.name;
      await createSalesPlan(trx, workspaceId, { ...plan, name: named, managers: [] });
      continue;
    }
    const lacking = plan.statuses.filter(({ ref }) => known.statuses.every((status) => status.ref !== ref));
    if (lacking.length === 0) continue;
    await changeSalesPlan(trx, workspaceId, plan.ref, { statuses: [...known.statuses, ...lacking] });
  }
}

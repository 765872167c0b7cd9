import { toDecimalText } from "../../engine/money.ts";
import type { SalesPlan } from "../../model/sales-plan.ts";
import { type DealSum, sumDeals } from "../../store/deal-store.ts";
import {
  changeSalesPlan,
  createSalesPlan,
  deleteSalesPlan,
  listSalesPlans,
  requireSalesPlan,
} from "../../store/sales-plan-store.ts";
import { listOf, noContent, refParams } from "../contract/common.ts";
import {
  type SalesPlanBody,
  type SalesPlanSumsBody,
  salesPlanChangeSchema,
  salesPlanCreateSchema,
  salesPlanDeleteQuery,
  salesPlanSchema,
  salesPlanSumsQuery,
  salesPlanSumsSchema,
} from "../contract/sales-plans.ts";
import { writeOnce } from "../idempotency.ts";
import { type ApiResource, route } from "./route.ts";

const tag = "Sales plans";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", shared: true, writes: true } as const;

function presentPlan({ averageCheck, statuses, managers, ...plan }: SalesPlan): SalesPlanBody {
  return {
    ...plan,
    averageCheck: averageCheck ?? null,
    statuses: statuses.map((status) => ({ ...status })),
    managers: [...managers],
  };
}

/** One line for each status of the plan, also where it holds nothing. */
function presentSums({ statuses }: SalesPlan, found: readonly DealSum[]): SalesPlanSumsBody {
  const data = statuses.map(({ ref }) => {
    const own = found.filter(({ status }) => status === ref);
    return {
      status: ref,
      count: own.reduce((total, { count }) => total + count, 0),
      sums: own.map(({ currency, sum }) => ({ currency, sum, sumText: toDecimalText(sum, currency) })),
    };
  });
  return { data };
}

/** Pipelines: their statuses, managers and how new deals are distributed. */
export const salesPlanResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/sales-plans",
    route({ ...read, id: "listSalesPlans", summary: "List sales plans" }, {}, listOf(salesPlanSchema)),
    async ({ caller }) => ({ data: (await listSalesPlans(db, caller.workspaceId)).map(presentPlan) }),
  );
  app.get(
    "/sales-plans/:ref",
    route({ ...read, id: "getSalesPlan", summary: "Read a sales plan" }, { params: refParams }, salesPlanSchema),
    async ({ caller, params }) => presentPlan(await requireSalesPlan(db, caller.workspaceId, params.ref)),
  );
  app.get(
    "/sales-plans/:ref/sums",
    route(
      {
        tag,
        scope: "contacts:read",
        id: "sumSalesPlan",
        summary: "How many deals each status of a sales plan holds, and what they are worth",
      },
      { params: refParams, querystring: salesPlanSumsQuery },
      salesPlanSumsSchema,
    ),
    async ({ caller, params, query }) => {
      const plan = await requireSalesPlan(db, caller.workspaceId, params.ref);
      return presentSums(plan, await sumDeals(db, caller, plan.id, query));
    },
  );
  app.post(
    "/sales-plans",
    route(
      { ...write, id: "createSalesPlan", summary: "Make a sales plan", status: 201 },
      { body: salesPlanCreateSchema },
      salesPlanSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentPlan(await createSalesPlan(trx, request.caller.workspaceId, request.body)),
      ),
  );
  app.patch(
    "/sales-plans/:ref",
    route(
      {
        ...write,
        id: "changeSalesPlan",
        summary: "Change a sales plan; its statuses are renamed and moved without touching their deals",
      },
      { params: refParams, body: salesPlanChangeSchema },
      salesPlanSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentPlan(await changeSalesPlan(trx, request.caller.workspaceId, request.params.ref, request.body)),
      ),
  );
  app.delete(
    "/sales-plans/:ref",
    route(
      {
        ...write,
        id: "deleteSalesPlan",
        summary: "Delete a sales plan",
        description: "One that has deals stays, unless `withDeals=true`.",
        status: 204,
      },
      { params: refParams, querystring: salesPlanDeleteQuery },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteSalesPlan(trx, request.caller.workspaceId, request.params.ref, request.query);
        return null;
      }),
  );
};

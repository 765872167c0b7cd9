import type { FastifyRequest } from "fastify";
import { toLiteral } from "../../engine/literal-text.ts";
import { toDecimalText } from "../../engine/money.ts";
import { findPlan } from "../../engine/sales-plans.ts";
import type { ActionCall } from "../../model/action-call.ts";
import { AppError } from "../../model/app-error.ts";
import type { Json } from "../../model/field.ts";
import { say } from "../../model/sentence.ts";
import { requireContactId } from "../../store/contact-store.ts";
import type { Database } from "../../store/database.ts";
import { findDeal, listDeals, requireDeal, type StoredDeal } from "../../store/deal-store.ts";
import { listSalesPlans, requireSalesPlan } from "../../store/sales-plan-store.ts";
import { findHandledEvents } from "../../store/world-store.ts";
import { idParams, noContent, pageOf } from "../contract/common.ts";
import {
  type DealBody,
  type DealChange,
  dealChangeSchema,
  dealCreateSchema,
  dealQuery,
  dealSchema,
} from "../contract/sales-plans.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { claimDedupeKey, submitOnce } from "../idempotency.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { type ApiApp, type ApiResource, route } from "./route.ts";

const tag = "Deals";
const read = { tag, scope: "contacts:read" } as const;
const write = { tag, scope: "contacts:write", writes: true } as const;

function presentDeal(deal: StoredDeal): DealBody {
  const { id, contactId, contactName, botId, planRef, status, title, sum, currency, manager, note } = deal;
  return {
    id,
    contactId,
    contactName,
    botId,
    plan: planRef,
    status,
    title,
    sum,
    sumText: toDecimalText(sum, currency),
    currency,
    manager: manager ?? null,
    note,
    createdAt: toInstant(deal.createdAt),
    changedAt: toInstant(deal.changedAt),
    closedAt: toInstantOrNull(deal.closedAt),
  };
}

/** Deals of contacts. Each write is an action of the deal's contact. */
export const dealResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/deals",
    route(
      { ...read, id: "listDeals", summary: "List deals, newest first" },
      { querystring: dealQuery },
      pageOf(dealSchema),
    ),
    async ({ caller, query: { limit, cursor, plan: ref, status: statuses, ...rest } }) => {
      const plan = ref === undefined ? undefined : (await requireSalesPlan(db, caller.workspaceId, ref)).id;
      const page = { before: decodeCursor(cursor)?.[0], limit: limit + 1 };
      const deals = await listDeals(db, caller, { ...rest, plan, statuses }, page);
      return toPage(deals, limit, { present: presentDeal, placeOf: ({ id }) => [id] });
    },
  );
  app.get(
    "/deals/:id",
    route({ ...read, id: "getDeal", summary: "Read a deal" }, { params: idParams }, dealSchema),
    async ({ caller, params }) => presentDeal(await requireDeal(db, caller, params.id)),
  );
  addWrites(app, dependencies);
};

function addWrites(app: ApiApp, dependencies: HttpDependencies): void {
  const { db } = dependencies;
  app.post(
    "/deals",
    route(
      {
        ...write,
        id: "createDeal",
        summary: "Make a deal for a contact",
        description: "The action `add_to_sales_plan` of the contact.",
        status: 201,
      },
      { body: dealCreateSchema },
      dealSchema,
    ),
    async (request) => {
      const { contact, plan: key, ifOpen, ...values } = request.body;
      const contactId = await requireContactId(db, request.caller, String(contact));
      const plan = await requirePlan(db, request.caller.workspaceId, key);
      const args = { plan: plan.ref, ifOpen, ...toArguments(values, plan.currency) };
      const result = await run(dependencies, request, contactId, { action: "add_to_sales_plan", args });
      return presentDeal(await requireDeal(db, request.caller, idOf(result)));
    },
  );
  app.patch(
    "/deals/:id",
    route(
      {
        ...write,
        id: "changeDeal",
        summary: "Change a deal: its status, sum, manager, title or note",
        description: "The action `update_deal` of the deal's contact.",
      },
      { params: idParams, body: dealChangeSchema },
      dealSchema,
    ),
    async (request) => {
      const { id, contactId, currency } = await requireDeal(db, request.caller, request.params.id);
      const args = { deal: id, ...toArguments(request.body, currency) };
      await run(dependencies, request, contactId, { action: "update_deal", args });
      return presentDeal(await requireDeal(db, request.caller, id));
    },
  );
  app.delete(
    "/deals/:id",
    route(
      {
        ...write,
        id: "deleteDeal",
        summary: "Delete a deal",
        description: "The action `remove_from_sales_plan` of the deal's contact.",
        status: 204,
      },
      { params: idParams },
      noContent,
    ),
    async (request) => {
      const { id } = request.params;
      const deal = await findDeal(db, request.caller, id);
      // A repetition finds nothing any more: it was this very request that deleted it.
      if (deal === undefined && (await wasHandled(dependencies, request))) return null;
      const { contactId } = deal ?? (await requireDeal(db, request.caller, id));
      await run(dependencies, request, contactId, { action: "remove_from_sales_plan", args: { deal: id } });
      return null;
    },
  );
}

async function wasHandled(dependencies: HttpDependencies, request: FastifyRequest): Promise<boolean> {
  const key = await claimDedupeKey(dependencies, request);
  return key !== undefined && (await findHandledEvents(dependencies.db, [key], [])).length > 0;
}

async function requirePlan(db: Database, workspaceId: number, key: string) {
  const plan = findPlan(await listSalesPlans(db, workspaceId), key);
  if (plan === undefined) throw new AppError("sales_plan.not_found", say`there is no sales plan "${{ key }}"`);
  return plan;
}

/** Runs one action, and gives its result. Throws where it says no. */
async function run(
  dependencies: HttpDependencies,
  request: FastifyRequest,
  contactId: number,
  call: ActionCall,
): Promise<Json> {
  const happening = { kind: "actions", actions: [call] } as const;
  const reply = await submitOnce(dependencies, request, { target: { contactId }, happening });
  const [result] = reply.results ?? [];
  if (result?.ok === false) {
    const { code } = result.error;
    if (code === "deal.not_found") throw new AppError(code, result.error);
    throw new AppError("action.refused", result.error, { details: { code } });
  }
  return result?.result ?? null;
}

function idOf(result: Json): number {
  return Number((result as { readonly deal?: unknown } | null)?.deal);
}

/** What a caller gives is no template, and its sums are minor units. */
function toArguments({ status, title, sum, currency, manager, note }: DealChange, usual: string) {
  const money = currency ?? usual;
  return {
    ...(status === undefined ? {} : { status: toLiteral(status) }),
    ...(title === undefined ? {} : { title: toLiteral(title) }),
    ...(sum === undefined ? {} : { sum: toDecimalText(sum, money), currency: money }),
    ...(currency === undefined ? {} : { currency }),
    ...(manager === undefined ? {} : { manager }),
    ...(note === undefined ? {} : { note: toLiteral(note) }),
  };
}

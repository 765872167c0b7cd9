import { z } from "zod";
import type { ActionResult } from "../model/outcome.ts";
import { type Deal, type DealStatus, maxDealSum, type SalesPlan } from "../model/sales-plan.ts";
import { type Sentence, say } from "../model/sentence.ts";
import { currencySchema } from "../model/shop.ts";
import type { BotSnapshot } from "../model/world.ts";
import { type ContactContext, ok, refuse } from "./action-type.ts";
import type { NewDeal } from "./deal-context.ts";
import { decimalsOf, toDecimalText } from "./money.ts";
import { findPlan, findStatus, parseAmount } from "./sales-plans.ts";

type Refusal = Extract<ActionResult, { ok: false }>;
const no = (code: string, sentence: Sentence) => refuse(code, sentence) as Refusal;
export const isRefusal = (value: object): value is Refusal => "ok" in value && value.ok === false;

/** A sales plan as an action's argument: its ref, or its name. */
export const planArgument = z.string().trim().min(1).max(200).describe("Ref or name of a sales plan.");
/** An id, or a template of one. */
const idArgument = z.union([z.number().int().positive(), z.string().trim().min(1).max(200)]);

/** Which deal: by its id, or the newest open one of a plan. */
export const dealArguments = {
  deal: idArgument.optional().describe("Id of a deal; absent: the newest open one of the plan."),
  plan: planArgument.optional(),
};
export const namesDeal = ({ deal, plan }: { readonly deal?: unknown; readonly plan?: unknown }) =>
  deal !== undefined || plan !== undefined;
export const nameDeal = { error: "name a deal, or the plan whose open deal is meant" };

/** What a deal is made of, as arguments: each text is a template. */
export const dealValueArguments = {
  status: z.string().trim().min(1).max(200).optional().describe("Ref or name of a status of the plan."),
  title: z.string().max(500).optional(),
  sum: z
    .union([z.number().min(0), z.string().trim().min(1).max(200)])
    .optional()
    .describe("In the currency's main unit: 1500.5, or a template such as {{ fields.price }}."),
  currency: currencySchema.optional().describe("ISO 4217; absent: the plan's."),
  manager: idArgument.optional().describe("Id of a member."),
  note: z.string().max(5000).optional(),
};

/** Whether the plan that is named is there, and the manager. */
export function checkDealArguments(
  bot: BotSnapshot,
  { plan, manager }: { readonly plan?: string | undefined; readonly manager?: number | string | null | undefined },
): ({ readonly code: string } & Sentence) | undefined {
  if (plan !== undefined && findPlan(bot.salesPlans.values(), plan) === undefined) return noPlan(plan).error;
  if (typeof manager === "number" && !bot.members.has(manager)) return noMember(manager).error;
  return undefined;
}

const noPlan = (key: string) => no("sales_plan.not_found", say`there is no sales plan "${{ key }}"`);
const noMember = (id: number | string) => no("member.not_found", say`there is no member ${{ id }} in the workspace`);

/** The plan as it is now, which nobody else changes until this is committed. */
export function requirePlan({ bot, deals }: ContactContext, key: string): SalesPlan | Refusal {
  const named = findPlan(bot.salesPlans.values(), key);
  return (named === undefined ? null : deals.plan(named.id)) ?? noPlan(key);
}

export function requireStatus(context: ContactContext, plan: SalesPlan, given: string): DealStatus | Refusal {
  const key = context.render(given).trim();
  const names = plan.statuses.map(({ name }) => `"${name}"`).join(", ");
  return (
    findStatus(plan, key) ??
    no("sales_plan.no_status", say`"${{ name: plan.name }}" has no status "${{ key }}", but ${{ names }}`)
  );
}

/** The newest open deal of a plan. */
export function findOpenDeal({ deals }: ContactContext, plan: SalesPlan): Deal | undefined {
  return deals.list().find((deal) => deal.plan === plan.id && deal.closedAt === undefined);
}

/** The deal that is named, with its plan. */
export function requireDeal(
  context: ContactContext,
  { deal: reference, plan: key }: { readonly deal?: number | string | undefined; readonly plan?: string | undefined },
): { readonly deal: Deal; readonly plan: SalesPlan } | Refusal {
  if (reference === undefined) {
    const plan = requirePlan(context, key ?? "");
    if (isRefusal(plan)) return plan;
    const open = findOpenDeal(context, plan);
    return open === undefined ? noOpenDeal(plan) : { deal: open, plan };
  }
  const id = readId(context, reference);
  const found = id === undefined ? null : context.deals.find(id);
  const plan = found === null ? null : context.deals.plan(found.plan);
  const isOther = key !== undefined && plan !== null && findPlan([plan], key) === undefined;
  if (found === null || plan === null || isOther) return noDeal(id ?? reference);
  return { deal: found, plan };
}

export const noOpenDeal = ({ name }: SalesPlan) =>
  no("deal.not_found", say`the contact has no open deal in the sales plan "${{ name }}"`);
const noDeal = (reference: number | string) =>
  no("deal.not_found", say`the contact has no such deal: ${{ reference }}`);

/** Undefined: not an id. */
function readId(context: ContactContext, argument: number | string): number | undefined {
  const text = typeof argument === "number" ? String(argument) : context.render(argument).trim();
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

export interface GivenValues {
  readonly status?: string | undefined;
  readonly title?: string | undefined;
  readonly sum?: number | string | undefined;
  readonly currency?: string | undefined;
  /** null: nobody. */
  readonly manager?: number | string | null | undefined;
  readonly note?: string | undefined;
}

/** What of a deal the arguments say; the sum is of their currency, else the deal's, else the plan's. */
export function readValues(
  context: ContactContext,
  plan: SalesPlan,
  given: GivenValues,
  deal?: Deal,
): Partial<NewDeal> | Refusal {
  const values: { -readonly [K in keyof NewDeal]?: NewDeal[K] } = {};
  if (given.status !== undefined) {
    const status = requireStatus(context, plan, given.status);
    if (isRefusal(status)) return status;
    values.status = status.ref;
  }
  if (given.title !== undefined) values.title = context.render(given.title).trim().slice(0, 500);
  if (given.note !== undefined) values.note = context.render(given.note).trim().slice(0, 5000);
  const money = readMoney(context, plan, given, deal);
  if (isRefusal(money)) return money;
  if (given.manager === null) values.manager = undefined;
  else if (given.manager !== undefined) {
    const manager = readId(context, given.manager);
    if (manager === undefined || !context.bot.members.has(manager)) return noMember(manager ?? given.manager);
    values.manager = manager;
  }
  return { ...values, ...money };
}

function readMoney(
  context: ContactContext,
  plan: SalesPlan,
  given: GivenValues,
  deal: Deal | undefined,
): Partial<Pick<NewDeal, "sum" | "currency">> | Refusal {
  const currency = given.currency ?? deal?.currency ?? plan.currency;
  const changed = given.currency === undefined ? {} : { currency };
  if (given.sum !== undefined) {
    const text = typeof given.sum === "number" ? given.sum : context.render(given.sum);
    const sum = parseAmount(text, decimalsOf(currency));
    return sum === undefined || sum > maxDealSum ? noSum(text, currency) : { ...changed, sum };
  }
  if (deal === undefined || given.currency === undefined) return changed;
  // The same amount in other coins: 25.00 in EUR is 25 in JPY.
  const sum = parseAmount(toDecimalText(deal.sum, deal.currency), decimalsOf(currency)) ?? 0;
  return { ...changed, sum };
}

const noSum = (text: number | string, currency: string) => {
  const most = toDecimalText(maxDealSum, currency);
  return no("deal.bad_sum", say`"${{ text }}" is no amount from 0 to ${{ most }} ${{ currency }}`);
};

/** Changes the deal, and says what it is now. */
export function changeDeal(context: ContactContext, deal: Deal, change: Partial<NewDeal>): ActionResult {
  const after = context.deals.change(deal, change);
  return ok({ ...describeDeal(context.bot, after), changed: after !== deal });
}

/** A deal as an action's result shows it. */
export function describeDeal({ salesPlans }: BotSnapshot, deal: Deal) {
  const plan = [...salesPlans.values()].find(({ id }) => id === deal.plan);
  const { id, status, title, sum, currency, manager, note, closedAt } = deal;
  return {
    deal: id,
    plan: plan?.ref ?? null,
    planName: plan?.name ?? null,
    status,
    statusName: plan === undefined ? status : (findStatus(plan, status)?.name ?? status),
    title,
    sum,
    sumText: toDecimalText(sum, currency),
    currency,
    manager: manager ?? null,
    note,
    open: closedAt === undefined,
  };
}

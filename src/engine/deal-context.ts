import type { Fact } from "../model/outcome.ts";
import type { Deal, DealChanges, DealView, PlanState, SalesPlan } from "../model/sales-plan.ts";
import type { BotSnapshot } from "../model/world.ts";
import { toDecimalText } from "./money.ts";
import { type DealNeeds, MustRead } from "./must-read.ts";
import { type Choice, chooseManager, countDeal, findStatus } from "./sales-plans.ts";

export type NewDeal = Omit<Deal, "id" | "createdAt" | "changedAt" | "closedAt">;

/** The contact's deals as actions and conditions see them. Each reader throws `MustRead` where the answer is not read yet. */
export interface DealContext {
  need(needs: DealNeeds): void;
  /** All open ones and the newest of the others, newest first. */
  list(): readonly Deal[];
  /** One of this contact's; null: the contact has no such deal. */
  find(id: number): Deal | null;
  /** The plan as it is at this moment of the decision; from here on nobody else changes it until this is committed. null: it is gone. */
  plan(id: number): SalesPlan | null;
  /** Who gets the plan's next deal. */
  nextManager(plan: SalesPlan): Choice;
  /** `isTurn`: the manager got it by the plan's distribution. */
  create(deal: NewDeal, options: { readonly isTurn: boolean }): Deal;
  /** Returns the deal as it is now: the same where nothing is different. */
  change(before: Deal, change: Partial<NewDeal>): Deal;
  remove(deal: Deal): void;
}

/** The deals' part of a draft. */
export interface DealDraft {
  /** There is nothing to read more of (the simulator): what is not in the view is not there. */
  readonly isClosed: boolean;
  view: DealView;
  changes: DealChanges;
}

const noDeals: DealView = { deals: [], others: new Map(), plans: new Map(), dealIds: [] };
const noChanges: DealChanges = { deals: new Map(), plans: new Map(), dealIdsTaken: 0 };

/** `view` absent: the contact has no deals, and the plans are as the bot's snapshot has them. */
export function createDealDraft(view: DealView | undefined): DealDraft {
  return { isClosed: view === undefined, view: view ?? noDeals, changes: noChanges };
}

/** Undefined: nothing was changed. */
export function toDealChanges({ changes }: DealDraft): DealChanges | undefined {
  return changes === noChanges ? undefined : changes;
}

/** What of a decision deals need. */
export interface DealSurroundings {
  readonly deals: DealDraft;
  readonly facts: Fact[];
  readonly bot: BotSnapshot;
  /** The event's time, in Unix milliseconds. */
  readonly now: number;
  readonly random: () => number;
  /** The conversation's agent at this moment. */
  readonly agent: number | undefined;
}

export function createDealContext({ deals: draft, facts, bot, now, random, agent }: DealSurroundings): DealContext {
  const isMissing = ({ deals, deal, plan, dealIds = 0 }: DealNeeds): boolean => {
    const { view } = draft;
    return (
      (deals === true && view.deals === undefined) ||
      (deal !== undefined && !view.others.has(deal) && view.deals?.some(({ id }) => id === deal) !== true) ||
      (plan !== undefined && !view.plans.has(plan)) ||
      view.dealIds.length < dealIds
    );
  };
  const need = (needs: DealNeeds) => {
    if (!draft.isClosed && isMissing(needs)) throw new MustRead({ deals: needs });
  };
  const stateOf = (id: number): PlanState | null => {
    need({ plan: id });
    const known = draft.view.plans.get(id);
    if (known !== undefined || !draft.isClosed) return known ?? null;
    const plan = [...bot.salesPlans.values()].find((other) => other.id === id);
    return plan === undefined ? null : { plan, openDeals: new Map() };
  };
  const keepPlan = (state: PlanState) => {
    draft.view = { ...draft.view, plans: new Map(draft.view.plans).set(state.plan.id, state) };
    draft.changes = { ...draft.changes, plans: new Map(draft.changes.plans).set(state.plan.id, state) };
  };
  const keep = (before: Deal | undefined, after: Deal | undefined, turn?: number) => {
    const { id = 0, plan = 0 } = after ?? before ?? {};
    draft.view = withDeal(draft.view, id, after);
    draft.changes = { ...draft.changes, deals: new Map(draft.changes.deals).set(id, after ?? null) };
    const state = stateOf(plan);
    if (state === null) return;
    const openDeals = countDeal(countDeal(state.openDeals, before, -1), after, 1);
    keepPlan({ ...state, openDeals, lastManager: turn ?? state.lastManager });
  };
  const takeId = (): number => {
    const { dealIdsTaken } = draft.changes;
    need({ dealIds: dealIdsTaken + 1 });
    draft.changes = { ...draft.changes, dealIdsTaken: dealIdsTaken + 1 };
    return draft.view.dealIds[dealIdsTaken] ?? dealIdsTaken + 1;
  };
  const describe = (deal: Deal) => toFact(deal, stateOf(deal.plan)?.plan);
  const context: DealContext = {
    need,
    list: () => {
      need({ deals: true });
      return draft.view.deals ?? [];
    },
    find: (id) => {
      need({ deal: id });
      return draft.view.others.get(id) ?? draft.view.deals?.find((deal) => deal.id === id) ?? null;
    },
    plan: (id) => stateOf(id)?.plan ?? null,
    nextManager: (plan) => {
      const state = stateOf(plan.id);
      return state === null ? { manager: undefined, isTurn: false } : chooseManager(state, { random, agent });
    },
    create: (wanted, { isTurn }) => {
      context.need({ plan: wanted.plan, dealIds: draft.changes.dealIdsTaken + 1 });
      const closedAt = isOpenIn(stateOf(wanted.plan)?.plan, wanted.status) ? undefined : now;
      const deal: Deal = { ...wanted, id: takeId(), createdAt: now, changedAt: now, closedAt };
      keep(undefined, deal, isTurn ? deal.manager : undefined);
      facts.push({ kind: "deal_created", ...describe(deal) });
      return deal;
    },
    change: (before, change) => {
      const plan = stateOf(before.plan)?.plan;
      const changed = { ...before, ...change };
      if (isSame(before, changed)) return before;
      const isOpen = isOpenIn(plan, changed.status);
      const deal: Deal = { ...changed, changedAt: now, closedAt: isOpen ? undefined : (before.closedAt ?? now) };
      keep(before, deal);
      const [was, is] = [toFact(before, plan), toFact(deal, plan)];
      facts.push({ kind: "deal_changed", before: was.status, beforeName: was.statusName, ...is });
      return deal;
    },
    remove: (deal) => {
      const fact = describe(deal);
      keep(deal, undefined);
      facts.push({ kind: "deal_removed", ...fact });
    },
  };
  return context;
}

function isOpenIn(plan: SalesPlan | undefined, status: string): boolean {
  return plan === undefined || findStatus(plan, status)?.kind === "open";
}

function isSame(a: Deal, b: Deal): boolean {
  return (["status", "title", "sum", "currency", "manager", "note"] as const).every((key) => a[key] === b[key]);
}

/** What is known of a contact's deals, with one made, changed or (undefined) removed. */
export function withDeal<V extends Pick<DealView, "deals" | "others">>(view: V, id: number, deal: Deal | undefined): V {
  const others = new Map(view.others).set(id, deal ?? null);
  if (view.deals === undefined) return { ...view, others };
  const isListed = view.deals.some((other) => other.id === id);
  const rest = view.deals.filter((other) => other.id !== id);
  // A closed one that is older than those that were read does not become one of them.
  const belongs = isListed || deal?.closedAt === undefined || (view.others.get(id) ?? null) === null;
  const deals = deal !== undefined && belongs ? [deal, ...rest].sort((a, b) => b.id - a.id) : rest;
  return { ...view, others, deals };
}

/** A deal as the history and receivers of webhooks see it. */
function toFact(deal: Deal, plan: SalesPlan | undefined) {
  const { id, status, title, sum, currency, manager } = deal;
  return {
    deal: id,
    plan: plan?.ref ?? "",
    planName: plan?.name ?? "",
    status,
    statusName: (plan === undefined ? undefined : findStatus(plan, status))?.name ?? status,
    title,
    sum,
    sumText: toDecimalText(sum, currency),
    currency,
    manager: manager ?? null,
  };
}

import type { Deal, DealStatus, Distribution, PlanState, SalesPlan } from "../model/sales-plan.ts";

/** A plan of the workspace by its ref or, where none has that, its name. */
export function findPlan(plans: Iterable<SalesPlan>, key: string): SalesPlan | undefined {
  const all = [...plans];
  return all.find(({ ref }) => ref === key) ?? all.find(({ name }) => name === key);
}

/** A status of the plan by its ref or, where none has that, its name. */
export function findStatus({ statuses }: SalesPlan, key: string): DealStatus | undefined {
  return statuses.find(({ ref }) => ref === key) ?? statuses.find(({ name }) => name === key);
}

/** Refs of the statuses that the operands of a comparison name: `is` and `is_not` look at the first alone. */
export function findStatusRefs(
  plan: SalesPlan,
  operator: string,
  operands: readonly (string | number | boolean | undefined)[],
): string[] {
  const meant = operator === "is" || operator === "is_not" ? operands.slice(0, 1) : operands;
  return meant.flatMap((operand) => findStatus(plan, String(operand ?? "").trim())?.ref ?? []);
}

/** What the open deals of a currency come to, in minor units; undefined: there is none. */
export function sumOpenDeals(deals: readonly Deal[], currency: string): number | undefined {
  const open = deals.filter((deal) => deal.closedAt === undefined && deal.currency === currency);
  return open.length === 0 ? undefined : open.reduce((total, { sum }) => total + sum, 0);
}

/** Where a deal begins: the first status that is open. */
export function firstStatus({ statuses }: SalesPlan): DealStatus | undefined {
  return statuses.find(({ kind }) => kind === "open");
}

/** Who gets the next deal, and whether because it is their turn. */
export interface Choice {
  readonly manager: number | undefined;
  readonly isTurn: boolean;
}

/** Who gets the next deal by the plan's distribution. */
export function chooseManager(
  { plan, openDeals, lastManager }: PlanState,
  { random, agent }: { readonly random: () => number; readonly agent: number | undefined },
): Choice {
  const { managers } = plan;
  const chosen = (manager: number | undefined) => ({ manager, isTurn: false });
  const byTurn = () => {
    // Whose turn was last may be no manager any more: then it begins again.
    const manager = managers[(managers.indexOf(lastManager ?? 0) + 1) % managers.length];
    return { manager, isTurn: manager !== undefined };
  };
  const ways: { readonly [D in Distribution]: () => Choice } = {
    manual: () => chosen(undefined),
    even: byTurn,
    random: () => chosen(managers[Math.floor(random() * managers.length)]),
    fewest: () => chosen(fewest(managers, openDeals)),
    agent: () => (agent !== undefined && managers.includes(agent) ? chosen(agent) : byTurn()),
  };
  return ways[plan.distribution]();
}

/** Of those with as few, the first. */
function fewest(managers: readonly number[], openDeals: ReadonlyMap<number, number>): number | undefined {
  const countOf = (manager: number) => openDeals.get(manager) ?? 0;
  const least = Math.min(...managers.map(countOf));
  return managers.find((manager) => countOf(manager) === least);
}

/** The counts with one deal more (1) or less (-1), where it is open and somebody's. */
export function countDeal(
  counts: ReadonlyMap<number, number>,
  deal: Deal | undefined,
  by: 1 | -1,
): ReadonlyMap<number, number> {
  if (deal?.manager === undefined || deal.closedAt !== undefined) return counts;
  return new Map(counts).set(deal.manager, (counts.get(deal.manager) ?? 0) + by);
}

/**
 * What a text or a number says of an amount, in minor units: "1 500,50", "1500.5" and 1500.5 are 150050 with two decimals. What is finer than the currency is rounded, a half up. Undefined: not an amount.
 */
export function parseAmount(written: string | number, decimals: number): number | undefined {
  const text = String(written).replace(/[\s\u00a0\u202f']/g, "");
  const [, whole, fraction = ""] = /^(\d{1,13})(?:[.,](\d*))?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const padded = fraction.padEnd(decimals + 1, "0");
  const exact = Number(`${whole}${padded.slice(0, decimals)}`);
  return Number(padded[decimals]) >= 5 ? exact + 1 : exact;
}

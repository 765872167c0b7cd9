import { describe, expect, it } from "vitest";
import type { Distribution, PlanState } from "../model/sales-plan.ts";
import { chooseManager, findPlan, parseAmount } from "./sales-plans.ts";

const statuses = [{ ref: "new", name: "New", kind: "open" as const }];
const stateOf = (distribution: Distribution, rest: Partial<PlanState> = {}): PlanState => ({
  plan: { id: 1, ref: "p", name: "P", currency: "EUR", label: "", distribution, statuses, managers: [7, 8, 9] },
  openDeals: new Map(),
  ...rest,
});
const choose = (state: PlanState, { random = 0, agent }: { random?: number; agent?: number } = {}) =>
  chooseManager(state, { random: () => random, agent });

describe("a new deal", () => {
  it("is nobody's where deals are given by hand, or where there is no manager", () => {
    expect(choose(stateOf("manual")).manager).toBeUndefined();
    for (const distribution of ["even", "random", "fewest", "agent"] as const) {
      const state = stateOf(distribution);
      const empty = { ...state, plan: { ...state.plan, managers: [] } };
      expect(choose(empty, { random: 0.5 })).toEqual({ manager: undefined, isTurn: false });
    }
  });

  it("goes to each manager in turn, and begins again after the last, and after one who is none any more", () => {
    const after = (lastManager: number | undefined) => choose(stateOf("even", { lastManager })).manager;
    expect([undefined, 7, 8, 9, 5].map(after)).toEqual([7, 8, 9, 7, 7]);
  });

  it("goes to anybody, as the die falls", () => {
    expect([0, 0.34, 0.99].map((random) => choose(stateOf("random"), { random }).manager)).toEqual([7, 8, 9]);
  });

  it("goes to whoever has the fewest open ones, of equals to the first", () => {
    const of = (counts: [number, number][]) => choose(stateOf("fewest", { openDeals: new Map(counts) })).manager;
    expect(
      of([
        [7, 2],
        [8, 1],
        [9, 1],
      ]),
    ).toBe(8);
    expect(
      of([
        [7, 2],
        [8, 1],
      ]),
    ).toBe(9);
  });

  it("goes to the conversation's agent where that is a manager, and else to the next in turn", () => {
    const state = stateOf("agent", { lastManager: 7 });
    expect(choose(state, { agent: 9 })).toEqual({ manager: 9, isTurn: false });
    expect(choose(state, { agent: 4 })).toEqual({ manager: 8, isTurn: true });
    expect(choose(state)).toEqual({ manager: 8, isTurn: true });
  });
});

describe("an amount", () => {
  it.each([
    ["1500", 2, 150_000],
    ["1 500,50", 2, 150_050],
    ["1\u00a0500.5", 2, 150_050],
    [1500.5, 2, 150_050],
    ["0.005", 2, 1],
    ["1.005", 2, 101],
    ["99.5", 0, 100],
    ["2.5", 3, 2500],
    ["7.", 2, 700],
  ])("%s with %i decimals is %i minor units", (text, decimals, minor) => {
    expect(parseAmount(text, decimals)).toBe(minor);
  });

  it.each(["", "abc", "-5", "1,500.50", "1e3", "5 €", "12345678901234"])("is not %j", (text) => {
    expect(parseAmount(text, 2)).toBeUndefined();
  });
});

describe("a plan", () => {
  it("is found by its ref before another's name", () => {
    const { plan } = stateOf("manual");
    const other = { ...plan, id: 2, ref: "q", name: "p" };
    expect(findPlan([other, plan], "p")?.id).toBe(1);
    expect(findPlan([other, plan], "P")?.id).toBe(1);
    expect(findPlan([other, plan], "none")).toBeUndefined();
  });
});

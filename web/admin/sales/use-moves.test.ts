import { describe, expect, it } from "vitest";
import type { DealBody } from "../../../src/http/contract/sales-plans.ts";
import { type Moves, sumsWithMoves, withMoves } from "./use-moves.ts";

const aDeal = (id: number, status: string, sum = 100) => ({ id, status, sum, currency: "EUR" }) as DealBody;
const movesOf = (...all: [DealBody, string][]): Moves => ({
  pending: new Map(all.map(([deal, status]) => [deal.id, { deal, status }])),
  trouble: undefined,
  move: () => undefined,
  dismiss: () => undefined,
});

describe("a deal on its way", () => {
  const [first, second] = [aDeal(1, "new"), aDeal(2, "new", 50)];

  it("is shown where it goes, and nowhere else", () => {
    const moves = movesOf([first, "paid"]);
    expect(withMoves("new", [second, first], moves)).toEqual([second]);
    expect(withMoves("paid", [], moves)).toEqual([first]);
    // The server has told of it meanwhile.
    expect(withMoves("paid", [aDeal(1, "paid")], moves)).toEqual([aDeal(1, "paid")]);
  });

  it("counts where it goes", () => {
    const sums = [
      { status: "new", count: 2, sums: [{ currency: "EUR", sum: 150, sumText: "1.50" }] },
      { status: "paid", count: 0, sums: [] },
    ];
    const [left, right] = sumsWithMoves(sums, movesOf([first, "paid"]));
    expect(left).toMatchObject({ count: 1, sums: [{ sum: 50 }] });
    expect(right).toMatchObject({ count: 1, sums: [{ currency: "EUR", sum: 100 }] });
    const [empty] = sumsWithMoves(sums, movesOf([first, "paid"], [second, "paid"]));
    expect(empty).toMatchObject({ count: 0, sums: [] });
  });
});

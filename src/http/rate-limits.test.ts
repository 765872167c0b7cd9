import { expect, it } from "vitest";
import { createRateLimits, visitorRate } from "./rate-limits.ts";

const take = (limits: ReturnType<typeof createRateLimits>, count: number, now: number, visitor = "v") =>
  Array.from({ length: count }, () => limits.take(visitor, now)).filter(Boolean).length;

it("lets twenty pass at once, then ten a second", () => {
  const limits = createRateLimits(visitorRate);
  expect(take(limits, 30, 0)).toBe(20);
  expect(take(limits, 30, 500)).toBe(5);
  expect(take(limits, 30, 1_500)).toBe(10);
});

it("counts each visitor alone", () => {
  const limits = createRateLimits(visitorRate);
  expect(take(limits, 30, 0, "one")).toBe(20);
  expect(take(limits, 30, 0, "other")).toBe(20);
});

it("forgets nobody who is still held back when it tidies up", () => {
  const limits = createRateLimits(visitorRate);
  take(limits, 20, 0);
  expect(take(limits, 100, 10_000)).toBe(20);
  expect(take(limits, 100, 15_000)).toBe(20);
  expect(take(limits, 100, 15_100)).toBe(1);
});

it("is not misled by a clock that goes back", () => {
  const limits = createRateLimits(visitorRate);
  take(limits, 20, 10_000);
  expect(take(limits, 5, 9_000)).toBe(0);
});

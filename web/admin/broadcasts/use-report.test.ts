import { expect, it } from "vitest";
import { nextPartSize } from "./use-report.ts";

it("counts in larger parts where the server is quick, in smaller ones where it is not, within bounds", () => {
  expect([nextPartSize(5_000, 20), nextPartSize(5_000, 70), nextPartSize(5_000, 300)]).toEqual([10_000, 5_000, 2_500]);
  expect([nextPartSize(80_000, 1), nextPartSize(1_500, 900), nextPartSize(1_000, 900)]).toEqual([
    100_000, 1_000, 1_000,
  ]);
});

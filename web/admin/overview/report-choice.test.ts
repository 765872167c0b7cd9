import { expect, it } from "vitest";
import { isPeriod, readReportChoice, toDays, todayIn } from "./report-choice.ts";

it("reads what an address says, and leaves out what makes no sense", () => {
  expect(readReportChoice({ days: 7, channel: 3, flow: 12, steps: ["a", 1] })).toEqual({
    days: 7,
    channel: 3,
    flow: "12",
    steps: ["a", "1"],
  });
  expect(readReportChoice({ days: 8, channel: "all", from: "2026-01-01", steps: "a" })).toEqual({});
  expect(readReportChoice({ days: 7, from: "2026-01-01", to: "2026-01-31" })).toEqual({
    from: "2026-01-01",
    to: "2026-01-31",
  });
});

it("counts days back from today, today among them", () => {
  expect(toDays({ days: 7 }, "2026-03-03")).toEqual({ from: "2026-02-25", to: "2026-03-03" });
  expect(toDays({}, "2026-01-30")).toEqual({ from: "2026-01-01", to: "2026-01-30" });
});

it("knows what the server refuses", () => {
  expect(isPeriod({ from: "2026-01-01", to: "2026-01-01" })).toBe(true);
  expect(isPeriod({ from: "2026-01-02", to: "2026-01-01" })).toBe(false);
  expect(isPeriod({ from: "2025-01-01", to: "2026-01-01" })).toBe(true);
  expect(isPeriod({ from: "2024-12-31", to: "2026-01-01" })).toBe(false);
  expect(isPeriod({ from: "", to: "2026-01-01" })).toBe(false);
});

it("has the day of the workspace's time zone", () => {
  expect(todayIn("Asia/Kolkata", Date.UTC(2026, 0, 15, 18, 31))).toBe("2026-01-16");
  expect(todayIn("UTC", Date.UTC(2026, 0, 15, 18, 31))).toBe("2026-01-15");
});

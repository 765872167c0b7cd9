import { describe, expect, it } from "vitest";
import { parseDuration, renderDuration } from "./duration.ts";

describe("parseDuration", () => {
  it.each([
    ["2h", 7_200_000],
    ["1d 12h", 129_600_000],
    ["1.5m", 90_000],
    ["0s", 0],
    ["1w", 604_800_000],
  ])("reads %s", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(["", "2", "h", "2 h", "-1h", "1y", "1h2m"])("refuses %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe("renderDuration", () => {
  it.each([
    [0, "0s"],
    [3000, "3s"],
    [7_500_000, "2h 5m"],
    [90_061_000, "1d 1h"],
  ])("says %i ms in words", (milliseconds, text) => {
    expect(renderDuration(milliseconds)).toBe(text);
  });
});

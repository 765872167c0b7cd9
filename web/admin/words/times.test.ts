import { afterEach, describe, expect, it, vi } from "vitest";
import { hourCycleOf, localeOf, sayClock, timeFormat } from "./times.ts";

const browserIn = (...languages: string[]) => vi.stubGlobal("navigator", { languages, language: languages[0] });
const at = new Date("2026-11-30T17:05:00Z");

describe("a time in words", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("is written as in the browser's region, where that speaks the page's language", () => {
    expect(localeOf("en", ["ru-RU", "en-GB"])).toBe("en-GB");
    expect(localeOf("ru", ["en-US"])).toBe("ru");
    expect(localeOf("en", ["en"])).toBe("en");
  });

  it("counts hours as the browser's own fields do", () => {
    expect(hourCycleOf(["en-US", "en-GB"])).toBe("h12");
    expect(hourCycleOf(["en-GB"])).toBe("h23");
    browserIn("en-GB");
    expect([sayClock("17:05"), sayClock("00:30")]).toEqual(["17:05", "00:30"]);
    expect(timeFormat({ timeStyle: "short", timeZone: "UTC" }).format(at)).toMatch(/^17:05/);
    browserIn("en-US");
    expect([sayClock("17:05"), sayClock("00:30")].map((time) => time.replace(/\s/g, " "))).toEqual([
      "5:05 PM",
      "12:30 AM",
    ]);
  });
});

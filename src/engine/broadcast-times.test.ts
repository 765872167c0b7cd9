import { describe, expect, it } from "vitest";
import type { BroadcastPlan } from "../model/broadcast.ts";
import { dueAt, firstMoment, holdFor, knownZone, quietUntil } from "./broadcast-times.ts";

const at = (iso: string) => Date.parse(iso);
const iso = (moment: number | null | undefined) =>
  typeof moment === "number" ? new Date(moment).toISOString() : moment;

describe("a time local to each contact", () => {
  const local = (passed: "now" | "next_day" | "skip"): BroadcastPlan => ({ local: { at: "2026-03-29T10:00", passed } });

  it.each([
    ["Asia/Tokyo", "2026-03-29T01:00:00.000Z"],
    ["Europe/Berlin", "2026-03-29T08:00:00.000Z"],
    ["America/New_York", "2026-03-29T14:00:00.000Z"],
    ["Pacific/Kiritimati", "2026-03-28T20:00:00.000Z"],
  ])("is in %s at %s", (zone, moment) => {
    expect(iso(dueAt(local("now"), zone, at("2026-03-28T00:00:00Z")))).toBe(moment);
  });

  it("begins when the first clocks anywhere show it", () => {
    expect(iso(firstMoment({ at: "2026-03-29T10:00", passed: "now" }))).toBe("2026-03-28T20:00:00.000Z");
  });

  it("that the clocks skip is as late after the gap as it stood in it", () => {
    const plan: BroadcastPlan = { local: { at: "2026-03-29T02:30", passed: "now" } };
    expect(iso(dueAt(plan, "Europe/Berlin", 0))).toBe("2026-03-29T01:30:00.000Z");
  });

  it.each([
    ["now", "2026-03-29T09:00:00.000Z"],
    ["next_day", "2026-03-30T01:00:00.000Z"],
    ["skip", null],
  ] as const)("where it has passed means: %s", (passed, moment) => {
    expect(iso(dueAt(local(passed), "Asia/Tokyo", at("2026-03-29T09:00:00Z")))).toBe(moment);
  });

  it("of a zone that nobody knows is the bot's", () => {
    expect(knownZone("Mars/Olympus", "Europe/Berlin")).toBe("Europe/Berlin");
    expect(knownZone(null, "Mars/Olympus")).toBe("UTC");
  });
});

describe("quiet hours", () => {
  const night = { from: "22:00", to: "08:00" };

  it.each([
    ["2026-01-15T21:59:00Z", undefined],
    ["2026-01-15T22:00:00Z", "2026-01-16T08:00:00.000Z"],
    ["2026-01-16T07:59:00Z", "2026-01-16T08:00:00.000Z"],
    ["2026-01-16T08:00:00Z", undefined],
  ])("over midnight, at %s: until %s", (moment, until) => {
    expect(iso(quietUntil(night, "UTC", at(moment)))).toBe(until);
  });

  it("within a day, and none where they begin and end at the same time", () => {
    const noon = at("2026-01-15T12:00:00Z");
    expect(iso(quietUntil({ from: "11:00", to: "13:00" }, "UTC", noon))).toBe("2026-01-15T13:00:00.000Z");
    expect(quietUntil({ from: "12:00", to: "12:00" }, "UTC", noon)).toBeUndefined();
  });

  it("are each contact's own", () => {
    const moment = at("2026-01-15T20:00:00Z");
    expect(iso(quietUntil(night, "Asia/Tokyo", moment))).toBe("2026-01-15T23:00:00.000Z");
    expect(quietUntil(night, "America/New_York", moment)).toBeUndefined();
  });

  it("hold people back, or leave out who would wait too long from their turn on", () => {
    const began = at("2026-01-15T20:00:00Z");
    const when = { began, at: at("2026-01-15T23:00:00Z") };
    expect(holdFor({ quiet: night }, "UTC", when)).toEqual({ until: at("2026-01-16T08:00:00Z") });
    expect(holdFor({ quiet: { ...night, giveUpHours: 12 } }, "UTC", when)).toEqual({
      until: at("2026-01-16T08:00:00Z"),
    });
    expect(holdFor({ quiet: { ...night, giveUpHours: 11 } }, "UTC", when)).toBe("give_up");
    expect(holdFor({}, "UTC", when)).toBeUndefined();
  });
});

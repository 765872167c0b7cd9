import { describe, expect, it } from "vitest";
import { aBot, aContact, noon } from "../../test/builders.ts";
import { dateToMillis, daysBetween, localTime, nextTimeOfDay, parseTimeOfDay, plusDays, zoneOf } from "./time.ts";

const utc = (text: string) => Date.parse(`${text}Z`);
const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString().slice(0, 16));

describe("a moment in a zone", () => {
  it.each([
    ["UTC", { minutes: 720, weekday: 5, date: "2026-11-20" }],
    ["Asia/Kolkata", { minutes: 17 * 60 + 30, weekday: 5, date: "2026-11-20" }],
    ["Pacific/Kiritimati", { minutes: 2 * 60, weekday: 6, date: "2026-11-21" }],
    ["Pacific/Pago_Pago", { minutes: 60, weekday: 5, date: "2026-11-20" }],
  ])("is read off the clocks of %s", (zone, expected) => {
    expect(localTime(noon, zone)).toEqual(expected);
  });

  it("shows the hour that comes twice twice", () => {
    expect(localTime(utc("2026-10-25T00:30"), "Europe/Berlin").minutes).toBe(150);
    expect(localTime(utc("2026-10-25T01:30"), "Europe/Berlin").minutes).toBe(150);
  });

  it("counts Sunday as the seventh day", () => {
    expect(localTime(utc("2026-11-22T12:00"), "UTC").weekday).toBe(7);
  });
});

describe("a contact's zone", () => {
  it.each([
    ["Europe/Moscow", "Europe/Berlin", "Europe/Moscow"],
    [undefined, "Europe/Berlin", "Europe/Berlin"],
    ["Mars/Base", "Europe/Berlin", "Europe/Berlin"],
    ["", "Nowhere", "UTC"],
  ])("is %s, else %s: %s", (own, ofBot, expected) => {
    const contact = aContact({ profile: own === undefined ? {} : { timeZone: own } });
    expect(zoneOf(contact, aBot({ timeZone: ofBot }))).toBe(expected);
  });
});

describe("a time of day", () => {
  it.each([
    ["00:00", 0],
    ["9:05", 545],
    [" 23:59 ", 1439],
    ["24:00", undefined],
    ["12:60", undefined],
    ["noon", undefined],
    ["12:00:00", undefined],
    ["", undefined],
  ])("%j is %s minutes after midnight", (text, expected) => {
    expect(parseTimeOfDay(text)).toBe(expected);
  });
});

describe("the next time of day", () => {
  it.each<[string, string, string, readonly number[], string]>([
    // Later today, right now (which is tomorrow), earlier today.
    ["2026-11-20T12:00", "12:01", "UTC", [], "2026-11-20T12:01"],
    ["2026-11-20T12:00", "12:00", "UTC", [], "2026-11-21T12:00"],
    ["2026-11-20T12:00", "11:59", "UTC", [], "2026-11-21T11:59"],
    // In a zone where the day is another.
    ["2026-11-20T12:00", "01:00", "Pacific/Auckland", [], "2026-11-21T12:00"],
    ["2026-11-20T11:00", "01:00", "Pacific/Auckland", [], "2026-11-20T12:00"],
    // On weekdays: today is Friday.
    ["2026-11-20T12:00", "13:00", "UTC", [5], "2026-11-20T13:00"],
    ["2026-11-20T12:00", "11:00", "UTC", [5], "2026-11-27T11:00"],
    ["2026-11-20T12:00", "12:00", "UTC", [5], "2026-11-27T12:00"],
    ["2026-11-20T12:00", "11:00", "UTC", [1, 7], "2026-11-22T11:00"],
    ["2026-11-20T12:00", "11:00", "UTC", [1], "2026-11-23T11:00"],
    // The contact's weekday counts, not that of UTC: in Auckland it is Saturday.
    ["2026-11-20T12:00", "09:00", "Pacific/Auckland", [6], "2026-11-20T20:00"],
    // Berlin, 29 March 2026: from 02:00 the clocks jump to 03:00.
    ["2026-03-28T12:00", "02:30", "Europe/Berlin", [], "2026-03-29T01:30"],
    ["2026-03-28T12:00", "09:00", "Europe/Berlin", [], "2026-03-29T07:00"],
    ["2026-03-29T01:30", "02:30", "Europe/Berlin", [], "2026-03-30T00:30"],
    // Berlin, 25 October 2026: 02:00 to 03:00 comes twice; the first counts, once.
    ["2026-10-24T12:00", "02:30", "Europe/Berlin", [], "2026-10-25T00:30"],
    ["2026-10-25T00:30", "02:30", "Europe/Berlin", [], "2026-10-26T01:30"],
    ["2026-10-24T12:00", "09:00", "Europe/Berlin", [], "2026-10-25T08:00"],
    // Havana, 8 March 2026: midnight itself is skipped.
    ["2026-03-07T18:00", "00:30", "America/Havana", [], "2026-03-08T05:30"],
    ["2026-03-07T18:00", "09:00", "America/Havana", [], "2026-03-08T13:00"],
  ])("after %s, of %s in %s on %j, is %s", (now, time, zone, weekdays, expected) => {
    expect(iso(nextTimeOfDay(utc(now), time, zone, weekdays))).toBe(expected);
  });

  it("is always later, less than eight days away, and what the clocks then show", () => {
    for (let hour = 0; hour < 24 * 400; hour += 7) {
      const now = noon + hour * 3_600_000;
      const next = nextTimeOfDay(now, "12:15", "America/New_York", [3]);
      expect(next).toBeGreaterThan(now);
      expect(next - now).toBeLessThan(8 * 86_400_000);
      expect(localTime(next, "America/New_York")).toMatchObject({ minutes: 12 * 60 + 15, weekday: 3 });
    }
  });
});

describe("a date", () => {
  it.each([
    ["2026-12-31", "UTC", undefined, "2026-12-31T00:00"],
    ["2026-12-31", "Europe/Moscow", "09:00", "2026-12-31T06:00"],
    ["2026-12-31T18:00:00.000Z", "Europe/Moscow", "09:00", "2026-12-31T18:00"],
    ["31.12.2026", "UTC", undefined, undefined],
    ["12:00", "UTC", undefined, undefined],
    ["2026-02-30", "UTC", undefined, undefined],
    ["", "UTC", undefined, undefined],
  ])("%j in %s at %s is %s", (value, zone, time, expected) => {
    expect(iso(dateToMillis(value, zone, time))).toBe(expected);
  });

  it("moves by days of the calendar: the time of day stays, whatever the clocks do in between", () => {
    expect(iso(plusDays(utc("2026-03-28T08:00"), 1, "Europe/Berlin"))).toBe("2026-03-29T07:00");
    expect(iso(plusDays(utc("2026-10-25T08:00"), -1, "Europe/Berlin"))).toBe("2026-10-24T07:00");
    expect(iso(plusDays(noon, 0, "UTC"))).toBe("2026-11-20T12:00");
  });

  it("is so many days from another", () => {
    expect(daysBetween("2026-11-20", "2026-11-20")).toBe(0);
    expect(daysBetween("2026-02-28", "2026-03-01")).toBe(1);
    expect(daysBetween("2027-01-01", "2026-12-30")).toBe(-2);
  });
});

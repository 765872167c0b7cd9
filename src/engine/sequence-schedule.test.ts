import { describe, expect, it } from "vitest";
import { aSequence } from "../../test/builders.ts";
import type { SequenceDelay } from "../model/sequence.ts";
import { changesWaits, replaceSteps } from "./sequence-edit.ts";
import { findDue, findNextStep } from "./sequence-schedule.ts";

const due = (
  delay: SequenceDelay,
  since: string,
  { zone = "UTC", value, notBefore }: { zone?: string; value?: string; notBefore?: string } = {},
) => {
  const found = findDue(
    delay,
    { since: Date.parse(since), ...(notBefore === undefined ? {} : { notBefore: Date.parse(notBefore) }) },
    { zone, read: () => value },
  );
  return "at" in found ? new Date(found.at).toISOString() : found.skip;
};
const waiting = (
  amount: number,
  unit: "minutes" | "hours" | "days",
  rest: { time?: string; weekdays?: number[] } = {},
) => ({ mode: "after" as const, amount, unit, weekdays: [], ...rest });
const onDate = (days: number, time?: string) =>
  ({ mode: "on_date", field: "start", days, ...(time === undefined ? {} : { time }) }) as const;

// 2026-11-20 is a Friday.
describe("a step after a wait", () => {
  it.each([
    [waiting(20, "minutes"), "2026-11-20T12:20:00.000Z"],
    [waiting(3, "hours"), "2026-11-20T15:00:00.000Z"],
    [waiting(2, "days"), "2026-11-22T12:00:00.000Z"],
    [waiting(0, "days"), "2026-11-20T12:00:00.000Z"],
    [waiting(1, "days", { time: "10:00" }), "2026-11-21T10:00:00.000Z"],
    [waiting(0, "days", { time: "10:00" }), "2026-11-21T10:00:00.000Z"],
    [waiting(0, "days", { time: "18:00" }), "2026-11-20T18:00:00.000Z"],
    [waiting(2, "hours", { time: "14:00" }), "2026-11-20T14:00:00.000Z"],
    [waiting(2, "hours", { time: "13:59" }), "2026-11-21T13:59:00.000Z"],
    [waiting(1, "days", { weekdays: [1, 2, 3, 4, 5] }), "2026-11-23T12:00:00.000Z"],
    [waiting(1, "days", { time: "09:30", weekdays: [2, 4] }), "2026-11-24T09:30:00.000Z"],
  ])("%j is due %s", (delay, expected) => {
    expect(due(delay, "2026-11-20T12:00:00Z")).toBe(expected);
  });

  it("reckons days and times in the contact's zone, also over midnight", () => {
    // 23:30 in New York is the 21st in UTC: tomorrow at ten is the 21st there.
    const since = "2026-11-21T04:30:00Z";
    expect(due(waiting(1, "days", { time: "10:00" }), since, { zone: "America/New_York" })).toBe(
      "2026-11-21T15:00:00.000Z",
    );
    expect(due(waiting(0, "hours", { weekdays: [6] }), since, { zone: "Asia/Tokyo" })).toBe("2026-11-21T04:30:00.000Z");
  });

  it("keeps the time of day over a change of the clocks, and counts hours as they pass", () => {
    const zone = "Europe/Berlin";
    // Summer time begins on 29 March 2026 and ends on 25 October.
    expect(due(waiting(1, "days"), "2026-03-28T11:00:00Z", { zone })).toBe("2026-03-29T10:00:00.000Z");
    expect(due(waiting(24, "hours"), "2026-03-28T11:00:00Z", { zone })).toBe("2026-03-29T11:00:00.000Z");
    expect(due(waiting(1, "days"), "2026-10-24T10:00:00Z", { zone })).toBe("2026-10-25T11:00:00.000Z");
  });

  it("takes a time that the clocks skip as long after the gap, and one that they show twice the first time", () => {
    const zone = "Europe/Berlin";
    expect(due(waiting(1, "days", { time: "02:30" }), "2026-03-28T11:00:00Z", { zone })).toBe(
      "2026-03-29T01:30:00.000Z",
    );
    expect(due(waiting(1, "days", { time: "02:30" }), "2026-10-24T11:00:00Z", { zone })).toBe(
      "2026-10-25T00:30:00.000Z",
    );
  });

  it("is put off by a reply, and still comes at its time of day", () => {
    const notBefore = "2026-11-22T13:00:00Z";
    expect(due(waiting(1, "hours"), "2026-11-20T12:00:00Z", { notBefore })).toBe("2026-11-22T13:00:00.000Z");
    expect(due(waiting(1, "days", { time: "10:00" }), "2026-11-20T12:00:00Z", { notBefore })).toBe(
      "2026-11-23T10:00:00.000Z",
    );
  });
});

describe("a step on a date", () => {
  const since = "2026-11-20T12:00:00Z";
  it.each([
    [onDate(-3), "2026-12-01", "2026-11-28T09:00:00.000Z"],
    [onDate(1, "18:30"), "2026-12-01", "2026-12-02T18:30:00.000Z"],
    [onDate(0), "2026-12-01T15:45:00Z", "2026-12-01T15:45:00.000Z"],
    [onDate(-1, "10:00"), "2026-12-01T15:45:00Z", "2026-11-30T10:00:00.000Z"],
    [onDate(-30), "2026-12-01", "date_passed"],
    [onDate(0), undefined, "no_date"],
    [onDate(0), "soon", "no_date"],
  ])("%j of %s: %s", (delay, value, expected) => {
    expect(due(delay, since, value === undefined ? {} : { value })).toBe(expected);
  });

  it("is of the contact's zone, at the same time of day over a change of the clocks", () => {
    const zone = "Europe/Berlin";
    expect(due(onDate(-1, "09:00"), "2026-03-01T00:00:00Z", { zone, value: "2026-03-29" })).toBe(
      "2026-03-28T08:00:00.000Z",
    );
    expect(due(onDate(0, "09:00"), "2026-03-01T00:00:00Z", { zone, value: "2026-03-29" })).toBe(
      "2026-03-29T07:00:00.000Z",
    );
  });
});

describe("the step that is next", () => {
  const steps = (...refs: string[]) => aSequence("q", { steps: refs.map((ref) => ({ ref })) }).steps;
  const next = (order: ReturnType<typeof steps>, passed: string[], waited: string | null) =>
    findNextStep({ steps: order }, { passed, next: waited })?.ref;

  it.each([
    ["goes on in order", ["a", "b", "c"], ["a"], "b", "b"],
    ["begins at the beginning", ["a", "b"], [], null, "a"],
    ["takes one that was put in between", ["a", "n", "b"], ["a"], "b", "n"],
    ["leaves out one that was put in before", ["n", "a", "b"], ["a"], "b", "b"],
    ["leaves nothing out when the one waited for is moved behind", ["a", "c", "d", "b"], ["a"], "b", "c"],
    ["stays where it was when the last one is moved behind", ["b", "c", "a"], ["a"], "b", "b"],
    ["takes none twice", ["b", "a", "c"], ["a", "b"], "c", "c"],
    ["is none at the end", ["a", "b"], ["a", "b"], null, undefined],
  ])("%s", (_title, order, passed, waited, expected) => {
    expect(next(steps(...order), passed, waited)).toBe(expected);
  });

  it("is the one behind a step that is deleted or off", () => {
    const abc = steps("a", "b", "c");
    expect(next(replaceSteps(abc, steps("a", "c")), ["a"], "b")).toBe("c");
    const moved = replaceSteps(steps("b", "c", "a"), steps("c", "a"));
    expect(next(moved, ["a"], "b")).toBe("c");
    const off = abc.map((step) => (step.ref === "b" ? { ...step, isOn: false } : step));
    expect(next(off, ["a"], "b")).toBe("c");
  });

  it("keeps deleted steps in their places, and takes them back when they come again", () => {
    const abc = steps("a", "b", "c");
    const without = replaceSteps(abc, steps("c"));
    expect(without.map(({ ref, isRemoved }) => [ref, isRemoved === true])).toEqual([
      ["a", true],
      ["b", true],
      ["c", false],
    ]);
    expect(replaceSteps(without, abc)).toEqual(abc);
  });

  it("only waits that can have moved are looked at again", () => {
    const [a, b] = steps("a", "b");
    if (a === undefined || b === undefined) throw new Error("no steps");
    expect(changesWaits([a, b], [{ ...a, content: { kind: "message", content: "new" } }, b])).toBe(false);
    expect(changesWaits([a, b], [b, a])).toBe(true);
    expect(changesWaits([a, b], [a, { ...b, isOn: false }])).toBe(true);
    expect(changesWaits([a, b], [a, { ...b, delay: waiting(1, "days") }])).toBe(true);
  });
});

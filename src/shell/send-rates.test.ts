import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSendRates, type SendLimits } from "./send-rates.ts";

const telegram: SendLimits = { bulkPerSecond: 30, perChatPerSecond: 1, chatBurst: 20 };
/** Unix milliseconds. */
const start = 1_800_000_000_000;

describe("answers to one person", () => {
  it("go at once up to the burst, then one a second", () => {
    const rates = createSendRates(telegram);
    for (let count = 0; count < 20; count += 1) {
      expect(rates.waitFor("a", "live", start)).toBe(0);
      rates.took("a", "live", start);
    }
    expect(rates.waitFor("a", "live", start)).toBe(1000);
    expect(rates.waitFor("a", "live", start + 999)).toBe(1);
    expect(rates.waitFor("a", "live", start + 1000)).toBe(0);
    expect(rates.waitFor("b", "live", start)).toBe(0);
  });

  it("never wait behind a broadcast, and count against it", () => {
    const rates = createSendRates(telegram);
    for (let count = 0; count < 30; count += 1) rates.took(`bulk${count}`, "bulk", start);
    expect(rates.waitFor("x", "bulk", start)).toBeGreaterThan(0);
    expect(rates.waitFor("a", "live", start)).toBe(0);
    const before = rates.waitFor("x", "bulk", start);
    rates.took("a", "live", start);
    expect(rates.waitFor("x", "bulk", start)).toBeGreaterThan(before);
  });

  it("in any number hold a broadcast up for two seconds at most", () => {
    const rates = createSendRates(telegram);
    for (let count = 0; count < 500; count += 1) rates.took(`live${count}`, "live", start);
    expect(rates.waitFor("x", "bulk", start)).toBeLessThanOrEqual(2000);
  });
});

describe("a platform that says too fast", () => {
  it("for a chat gives that chat a rest, in both lanes", () => {
    const rates = createSendRates(telegram);
    rates.took("a", "live", start);
    rates.limited("a", "chat", 7_000, start);
    expect(rates.waitFor("a", "live", start)).toBe(7_000);
    expect(rates.waitFor("a", "bulk", start + 6_999)).toBe(1);
    expect(rates.waitFor("a", "live", start + 7_000)).toBe(0);
    expect(rates.waitFor("b", "live", start)).toBe(0);
  });

  it("for the channel gives every chat a rest", () => {
    const rates = createSendRates(telegram);
    rates.limited("a", "channel", 3_000, start);
    expect([rates.waitFor("b", "live", start), rates.waitFor("b", "bulk", start)]).toEqual([3_000, 3_000]);
  });

  it("for two chats within five seconds means the channel; for the same chat again, or much later, it does not", () => {
    const rates = createSendRates(telegram);
    rates.limited("a", "chat", 1_000, start);
    rates.limited("a", "chat", 1_000, start + 1_000);
    expect(rates.waitFor("c", "live", start + 1_000)).toBe(0);
    rates.limited("b", "chat", 1_000, start + 10_000);
    expect(rates.waitFor("c", "live", start + 10_000)).toBe(0);
    rates.limited("a", "chat", 4_000, start + 14_000);
    expect(rates.waitFor("c", "live", start + 14_000)).toBe(4_000);
  });

  it("is not forgotten before the rest is over, however many other chats come by", () => {
    const rates = createSendRates({ ...telegram, bulkPerSecond: 1_000 });
    rates.limited("a", "chat", 600_000, start);
    for (let second = 0; second < 500; second += 1) {
      for (let count = 0; count < 100; count += 1) rates.took(`${second}:${count}`, "bulk", start + second * 1_000);
    }
    expect(rates.waitFor("a", "live", start + 500_000)).toBe(100_000);
  });

  it("a shorter rest does not end a longer one", () => {
    const rates = createSendRates(telegram);
    rates.limited("a", "chat", 10_000, start);
    rates.limited("a", "chat", 1_000, start);
    expect(rates.waitFor("a", "live", start)).toBe(10_000);
  });
});

describe("the limiter", () => {
  it("counts nothing that did not go after all", () => {
    const rates = createSendRates({ bulkPerSecond: 1, perChatPerSecond: 1, chatBurst: 1 });
    for (let turn = 0; turn < 5; turn += 1) {
      expect(rates.waitFor("a", "bulk", start)).toBe(0);
      rates.took("a", "bulk", start);
      expect(rates.waitFor("a", "bulk", start)).toBeGreaterThan(0);
      rates.gaveBack("a", "bulk");
    }
  });

  it("remembers only chats that are not at rest", () => {
    const rates = createSendRates({ bulkPerSecond: 100, perChatPerSecond: 1, chatBurst: 1 });
    for (let count = 0; count < 50_000; count += 1) rates.took(`chat${count}`, "bulk", start + count * 10);
    // A hundred chats a second, each at rest after one second.
    expect(rates.remembered).toBeLessThanOrEqual(300);
  });

  it("takes a clock that goes backwards", () => {
    const rates = createSendRates(telegram);
    rates.took("a", "live", start);
    rates.took("a", "live", start - 60_000);
    expect(rates.waitFor("a", "live", start)).toBe(0);
  });

  const limits = fc.record({
    bulkPerSecond: fc.integer({ min: 1, max: 4 }),
    perChatPerSecond: fc.constantFrom(0.1, 1, 2),
    chatBurst: fc.integer({ min: 1, max: 30 }),
  });
  const wishes = fc.array(
    fc.record({ gap: fc.integer({ min: 0, max: 200 }), chat: fc.integer({ min: 0, max: 30 }), isLive: fc.boolean() }),
    { minLength: 400, maxLength: 600 },
  );

  it("keeps any 60 seconds of bulk, and of one chat, within rate and burst, and lets each go when it said so", () => {
    fc.assert(
      fc.property(limits, wishes, (given, all) => {
        const rates = createSendRates(given);
        const gone: { readonly chat: string; readonly lane: "live" | "bulk"; readonly at: number }[] = [];
        let now = start;
        for (const { gap, chat: index, isLive } of all) {
          now += gap;
          const [chat, lane] = [`c${index}`, isLive ? "live" : "bulk"] as const;
          now += rates.waitFor(chat, lane, now);
          expect(rates.waitFor(chat, lane, now)).toBe(0);
          rates.took(chat, lane, now);
          gone.push({ chat, lane, at: now });
        }
        const bulk = gone.filter(({ lane }) => lane === "bulk").map(({ at }) => at);
        expectWithin(bulk, 60 * given.bulkPerSecond + given.bulkPerSecond);
        for (const id of new Set(gone.map(({ chat }) => chat))) {
          const times = gone.filter(({ chat }) => chat === id).map(({ at }) => at);
          expectWithin(times, 60 * given.perChatPerSecond + given.chatBurst);
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** No window of 60 seconds holds more than `most` of the times, which are in order. */
function expectWithin(times: readonly number[], most: number): void {
  let from = 0;
  for (const [index, at] of times.entries()) {
    while (at - (times[from] ?? at) >= 60_000) from += 1;
    expect(index - from + 1).toBeLessThanOrEqual(most + 1e-6);
  }
}

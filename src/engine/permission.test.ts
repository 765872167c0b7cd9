import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aBot, aContact, aFlow, anEvent, aWorld, catalogue, noon } from "../../test/builders.ts";
import type { Contact, Position } from "../model/contact.ts";
import type { Event } from "../model/event.ts";
import { createAdvance } from "./advance.ts";
import { isAskedFor, type Plea, permit } from "./permission.ts";

const plea = (part: Partial<Omit<Plea, "contact">> & { contact?: Plea["contact"] }): Plea => ({
  contact: {},
  isAsked: false,
  status: "active",
  channelKind: "telegram",
  ...part,
});

describe("who may be written to", () => {
  it.each<[string, Partial<Plea>, object]>([
    ["anybody whom nothing speaks against", {}, { reason: "subscribed" }],
    ["who asked", { isAsked: true }, { reason: "reply" }],
    ["who opted out and asked", { isAsked: true, contact: { optedOutAt: 5 } }, { reason: "reply" }],
    ["who opted out, of the bot's own accord", { contact: { optedOutAt: 5 } }, { refusal: "opted_out" }],
    ["by an agent", { author: "agent" }, { reason: "agent" }],
    [
      "by an agent, who opted out and was silent since",
      { author: "agent", contact: { optedOutAt: 5, lastInboundAt: 4 } },
      { refusal: "opted_out" },
    ],
    [
      "by an agent, who opted out and wrote again",
      { author: "agent", contact: { optedOutAt: 5, lastInboundAt: 6 } },
      { reason: "agent" },
    ],
    [
      "by an agent's scheduled message, who opted out and wrote again",
      { author: "agent", isScheduled: true, contact: { optedOutAt: 5, lastInboundAt: 6 } },
      { refusal: "opted_out" },
    ],
    [
      "scheduled, though the person wrote at this moment",
      { isAsked: true, isScheduled: true, contact: { optedOutAt: 5 } },
      { refusal: "opted_out" },
    ],
    [
      "by e-mail, with a yes",
      { channelKind: "email", contact: { consents: { email: { granted: true, at: 1 } } } },
      { reason: "consented" },
    ],
    [
      "by e-mail, with a no",
      { channelKind: "email", contact: { consents: { email: { granted: false, at: 1 } } } },
      { refusal: "opted_out" },
    ],
    [
      "elsewhere, with a no to e-mail",
      { contact: { consents: { email: { granted: false, at: 1 } } } },
      { reason: "subscribed" },
    ],
    ["who blocked the bot", { status: "blocked", isAsked: true }, { refusal: "blocked" }],
    ["who is banned", { isAsked: true, contact: { bannedAt: 1 } }, { refusal: "banned" }],
    ["who is nowhere", { status: undefined }, { refusal: "no_channel" }],
  ])("answers for: %s", (_who, part, verdict) => {
    expect(permit(plea(part))).toEqual(verdict);
  });

  it("never lets anything unasked reach somebody who opted out and has not written since", () => {
    const pleas = fc.record({
      status: fc.constantFrom("active" as const, "blocked" as const, undefined),
      channelKind: fc.constantFrom("email", "telegram", undefined),
      author: fc.constantFrom("agent" as const, undefined),
      isScheduled: fc.boolean(),
      lastInboundAt: fc.integer({ min: 0, max: 99 }),
    });
    fc.assert(
      fc.property(pleas, ({ lastInboundAt, ...rest }) => {
        const contact = { optedOutAt: 100, lastInboundAt };
        expect(permit({ ...rest, isAsked: false, contact })).toHaveProperty("refusal");
      }),
    );
  });
});

describe("what counts as asked for", () => {
  const position = (part: Partial<Position>): Position => ({
    id: "1-0",
    flow: "f1",
    step: "s",
    waitsFor: "job",
    state: null,
    values: {},
    isAsked: true,
    enteredAt: noon,
    ...part,
  });
  const asked = (part: Partial<Position>, contact: Partial<Contact>, afterMs: number) =>
    isAskedFor(
      aContact({ lastInboundAt: noon, ...contact, positions: [position(part)] }),
      anEvent({ kind: "job_result", positionId: "1-0", result: null }, { source: "job", at: noon + afterMs }) as Event,
    );

  it.each<[string, boolean, Partial<Position>, Partial<Contact>, number]>([
    ["the result of a request that their message made", true, {}, {}, 60_000],
    ["the same, and they opted out with that message", true, {}, { optedOutAt: noon }, 60_000],
    ["the same, and they opted out since", false, {}, { optedOutAt: noon + 1 }, 60_000],
    ["the same, a quarter of an hour later", false, {}, {}, 900_000],
    ["the result of a request that a broadcast made", false, { isAsked: undefined }, {}, 60_000],
  ])("%s: %s", (_what, expected, part, contact, afterMs) => {
    expect(asked(part, contact, afterMs)).toBe(expected);
  });

  it("lets a flow that an opted-out contact began go on after a short delay, and not after a long one", () => {
    const advance = createAdvance(catalogue);
    const flow = (amount: number) =>
      aFlow({
        triggers: [{ kind: "keyword", words: ["price"] }],
        steps: [
          { ref: "d", kind: "delay", config: { mode: "duration", amount, unit: "minutes" } },
          { ref: "m", kind: "message", config: { messages: [{ text: "Ten" }] } },
        ],
        edges: [{ from: "d", output: "next", to: "m" }],
      });
    const saidAfter = (amount: number) => {
      const bot = aBot({ flows: [flow(amount)] });
      const message = { text: "price", attachments: [] };
      const first = advance(
        aWorld({ bot, contact: aContact({ optedOutAt: 1 }) }),
        anEvent({ kind: "message", message }),
      );
      const [wait] = first.contact.positions;
      const timer = { kind: "timer", positionId: wait?.id ?? "" } as const;
      const at = wait?.wakeAt ?? 0;
      const second = advance(aWorld({ bot, contact: first.contact }), anEvent(timer, { id: 2, at, source: "timer" }));
      return second.messages.map(({ reason }) => reason);
    };
    expect(saidAfter(1)).toEqual(["reply"]);
    expect(saidAfter(60)).toEqual([]);
  });
});

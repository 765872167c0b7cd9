import { describe, expect, it } from "vitest";
import { aBot, aContact, anEvent, aWorld, noon } from "../../test/builders.ts";
import type { Contact, Position } from "../model/contact.ts";
import type { Outcome } from "../model/outcome.ts";
import { advance } from "../steps/advance.ts";

function merge(primary: Partial<Contact>, secondary: Partial<Contact>): Outcome {
  const other = aContact({ id: 2, cuid: "c2", identities: [], ...secondary });
  const world = aWorld({ bot: aBot(), contact: aContact({ identities: [], ...primary }), secondary: other });
  return advance(world, anEvent({ kind: "merge", secondaryId: other.id, deleteSecondary: true }, { source: "api" }));
}

const at = (id: string, flow: string, minute: number): Position => ({
  id,
  flow,
  step: "s1",
  waitsFor: "reply",
  state: null,
  values: {},
  enteredAt: noon + minute * 60_000,
});

describe("what becomes of two contacts", () => {
  it("is the primary, with what it lacks", () => {
    const { contact, answer } = merge(
      {
        profile: { name: "Ann", email: "a@b.c" },
        tags: ["a", "b"],
        labels: ["hot"],
        fields: { plan: "gold", since: 0 },
        sequences: ["one"],
        splits: { "f1:s1": "left" },
      },
      {
        profile: { name: "Anna", phone: "+79001234567" },
        tags: ["b", "c"],
        labels: ["cold"],
        fields: { plan: "iron", since: 5, city: "Riga" },
        sequences: ["one", "two"],
        splits: { "f1:s1": "right", "f2:s1": "right" },
      },
    );
    expect(answer).toEqual({ status: "done", results: [{ ok: true, result: { id: 1, cuid: "c1" } }] });
    expect(contact).toMatchObject({
      id: 1,
      cuid: "c1",
      profile: { name: "Ann", email: "a@b.c", phone: "+79001234567" },
      tags: ["a", "b", "c"],
      labels: ["hot", "cold"],
      fields: { plan: "gold", since: 0, city: "Riga" },
      sequences: ["one", "two"],
      splits: { "f1:s1": "left", "f2:s1": "right" },
    });
  });

  it("does not mix the marks of two visits", () => {
    const [one, other] = [{ source: "vk" }, { source: "mail", campaign: "may" }];
    expect(merge({ utm: one }, { utm: other }).contact.utm).toEqual(one);
    expect(merge({}, { utm: other }).contact.utm).toEqual(other);
  });

  it.each([
    [undefined, undefined, undefined],
    [noon, undefined, noon],
    [undefined, noon, noon],
    [noon + 1, noon, noon],
  ])("is opted out if either was (%s, %s)", (own, other, merged) => {
    expect(merge({ optedOutAt: own }, { optedOutAt: other }).contact.optedOutAt).toBe(merged);
  });

  it("is banned if either was, and of each consent knows the last word", () => {
    expect(merge({}, { bannedAt: noon }).contact.bannedAt).toBe(noon);
    const said = (granted: boolean, minute: number) => ({ granted, at: noon + minute });
    const own = { email: said(true, 1), sms: said(true, 5) };
    const other = { email: said(false, 2), sms: said(false, 4) };
    expect(merge({ consents: own }, { consents: other }).contact.consents).toEqual({
      email: said(false, 2),
      sms: said(true, 5),
    });
    expect(merge({}, { consents: other }).contact.consents).toEqual(other);
  });

  it("leaves nothing of either conversation undone", () => {
    const of = (own: Partial<Contact>, other: Partial<Contact>) => merge(own, other).contact.conversation;
    const heard = { lastInboundAt: noon };
    expect(of({}, {})).toBeUndefined();
    expect(
      of({ conversation: { status: "done", agent: 1 } }, { conversation: { status: "pending", agent: 2 } }),
    ).toEqual({ status: "pending", agent: 1 });
    expect(of({ conversation: { status: "spam" } }, { conversation: { status: "open", agent: 2 } })).toEqual({
      status: "spam",
      agent: 2,
    });
    expect(of({ conversation: { status: "open" } }, { conversation: { status: "done", pausedUntil: 5 } })).toEqual({
      status: "open",
      pausedUntil: 5,
    });
    expect(of({}, { conversation: { status: "done" } })).toEqual({ status: "open" });
    const read = (readAt: number) => ({ ...heard, conversation: { status: "open" as const, readAt } });
    expect(of(read(7), read(5))).toEqual({ status: "open", readAt: 5 });
    expect(of(read(7), { conversation: { status: "open" } })).toEqual({ status: "open", readAt: 7 });
    expect(of(read(7), heard)).toEqual({ status: "open" });
  });

  it("was heard when either was heard last", () => {
    expect(merge({ lastInboundAt: noon }, { lastInboundAt: noon + 1 }).contact.lastInboundAt).toBe(noon + 1);
    expect(merge({}, { lastInboundAt: noon }).contact.lastInboundAt).toBe(noon);
  });

  it("stands where both stood, in the order in which they came there, but in one flow once", () => {
    const { contact, facts } = merge(
      { positions: [at("1-0", "f1", 0), at("1-1", "f1", 0), at("5-0", "f3", 9)] },
      { positions: [at("2-0", "f1", 1), at("3-0", "f2", 2)] },
    );
    expect(contact.positions.map(({ id }) => id)).toEqual(["1-0", "1-1", "3-0", "5-0"]);
    expect(facts.slice(1)).toEqual([{ kind: "position_ended", flow: "f1", step: "s1", reason: "merged" }]);
  });

  it("says in the history what gave way", () => {
    const { facts } = merge(
      { profile: { email: "a@b.c", name: "Ann" }, fields: { plan: "gold", likes: ["tea"] } },
      { profile: { email: "x@y.z", name: "Ann", phone: "+79001234567" }, fields: { plan: "iron", likes: ["tea"] } },
    );
    expect(facts).toEqual([
      {
        kind: "contact_merged",
        secondary: { id: 2, cuid: "c2" },
        deleted: true,
        lost: { profile: { email: "x@y.z" }, fields: { plan: "iron" } },
      },
    ]);
  });
});

describe("a merge that cannot be", () => {
  it.each([
    [undefined, "contact.not_found"],
    [aContact(), "contact.merge_itself"],
    [aContact({ id: 2, botId: 2 }), "contact.merge_other_bot"],
  ])("changes nothing", (secondary, code) => {
    const world = aWorld({ secondary });
    const outcome = advance(world, anEvent({ kind: "merge", secondaryId: 2, deleteSecondary: true }));
    expect(outcome.answer).toMatchObject({ status: "refused", code });
    expect([outcome.contact, outcome.facts]).toEqual([world.contact, []]);
  });
});

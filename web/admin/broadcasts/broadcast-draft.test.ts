import { describe, expect, it } from "vitest";
import type { BroadcastDetailBody } from "../../../src/http/contract/broadcasts.ts";
import { everybody, fromAudience, lacksRules, toAudience } from "./audience-draft.ts";
import { emptyDraft, fromBroadcast, splitUp, toBody } from "./broadcast-draft.ts";
import { lackingPaths } from "./use-draft-guard.ts";
import { emptyWhat } from "./what-draft.ts";

const aBroadcast = (part: object): BroadcastDetailBody =>
  ({ name: "News", audience: { all: true }, perMinute: null, startAt: null, ...part }) as BroadcastDetailBody;
const roundTrip = (part: object) => toBody(fromBroadcast(aBroadcast(part)));

describe("a broadcast in its form", () => {
  it.each([
    [[{ action: "send_message", args: { content: "Hi" } }], { content: "Hi" }],
    [[{ action: "start_flow", args: { flow: "f1" } }], { flow: "f1" }],
    [[{ action: "start_flow", args: { flow: "f1", step: "s1" } }], { flow: "f1", step: "s1" }],
  ])("goes back as it came: %j", (actions, what) => {
    expect(roundTrip({ actions })).toMatchObject({ name: "News", audience: { all: true }, startAt: null, ...what });
  });

  it("keeps a whole message, and everything that has no form of its own as actions", () => {
    const content = { text: "Hi", attachments: [], buttons: [{ type: "url", title: "a", url: "b" }], quickReplies: [] };
    expect(roundTrip({ actions: [{ action: "send_message", args: { content } }] })).toMatchObject({ content });
    const others = [
      [{ action: "send_message", args: { content: "Hi", channelId: 3 } }],
      [
        { action: "send_message", args: { content: "Hi" } },
        { action: "add_tag", args: { tag: "a" } },
      ],
    ];
    for (const actions of others) expect(roundTrip({ actions })).toMatchObject({ actions });
  });

  it("shows the time in the zone of whoever looks, to the minute", () => {
    const startAt = "2027-03-01T10:30:00.000Z";
    expect(roundTrip({ actions: [], startAt }).startAt).toBe(startAt);
  });

  it.each([
    [{ all: true }],
    [{ all: true, q: "ann" }],
    [{ contacts: [1, 2] }],
    [{ segments: [3], q: "ann" }],
    [{ condition: { match: "all", rules: [{ subject: "tag", key: "a", operator: "has" }] } }],
  ])("reaches whom it reached: %j", (asked) => {
    expect(toAudience(fromAudience(asked as never))).toEqual(asked);
  });

  it("knows a condition that says nothing, which would be everybody", () => {
    const condition = { match: "all" as const, rules: [] };
    expect(lacksRules({ ...everybody, kind: "condition", condition })).toBe(true);
    expect(lacksRules({ ...everybody, kind: "condition" })).toBe(true);
    expect(lacksRules({ ...everybody, condition })).toBe(false);
    const rule = { subject: "tag" as const, key: "a", operator: "has" as const };
    expect(lacksRules({ ...everybody, kind: "condition", condition: { match: "all", rules: [rule] } })).toBe(false);
  });

  it("takes a kept condition without rules for one that is still to be filled in, and not for everybody", () => {
    const condition = { match: "all" as const, rules: [] };
    expect(lacksRules(fromAudience({ condition, q: "ann" }))).toBe(true);
    expect(lacksRules(fromAudience({ all: true }))).toBe(false);
  });

  it("says tags as the condition that they are", () => {
    const { condition } = toAudience(fromAudience({ tags: ["a", "b"], excludeTags: ["c"] }));
    expect(condition).toEqual({
      match: "all",
      rules: [
        { subject: "tag", key: "c", operator: "has_not" },
        {
          match: "any",
          rules: [
            { subject: "tag", key: "a", operator: "has" },
            { subject: "tag", key: "b", operator: "has" },
          ],
        },
      ],
    });
  });
});

describe("what a broadcast's form lacks", () => {
  const saying = (text: string) => ({ ...emptyWhat, message: { ...emptyWhat.message, text } });

  it("is a message's text, and the rules of a condition", () => {
    const audience = { ...everybody, kind: "condition" as const };
    expect(lackingPaths({ ...emptyDraft, audience })).toEqual(["audience", "content"]);
    expect(lackingPaths({ ...emptyDraft, what: saying("Hi") })).toEqual([]);
    expect(lackingPaths({ ...emptyDraft, what: { ...emptyWhat, kind: "flow" } })).toEqual([]);
    const attachments = [{ kind: "image" as const, url: "https://a.b/c.png" }];
    expect(
      lackingPaths({ ...emptyDraft, what: { ...emptyWhat, message: { ...emptyWhat.message, attachments } } }),
    ).toEqual([]);
  });

  it("is said of each version by itself", () => {
    const [first, second] = splitUp(saying("Hi"));
    const variants = [first, { ...second, what: saying(" ") }].filter((one) => one !== undefined) as never;
    expect(lackingPaths({ ...emptyDraft, variants })).toEqual(["split.variants.1.content"]);
  });
});

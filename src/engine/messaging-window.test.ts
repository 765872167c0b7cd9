import { describe, expect, it } from "vitest";
import { aBot, aContact, aFlow, anEvent, aWorld, channelId, noon } from "../../test/builders.ts";
import type { ChannelRules } from "../model/channel-rules.ts";
import type { EntryLink, FlowDocumentInput } from "../model/flow.ts";
import { advance } from "../steps/advance.ts";
import { fitToWindow } from "./messaging-window.ts";

const aDay = 86_400_000;
const rules: ChannelRules = { windowMs: aDay, templates: true };
const template = { name: "order_update", language: "en_US", body: [], urls: [] };
const said = { text: "Hello", attachments: [], buttons: [], quickReplies: [] };

describe("a message", () => {
  const fitAt = (ms: number | undefined, content: Parameters<typeof fitToWindow>[0], more: object = {}) =>
    fitToWindow(content, { rules, now: noon, lastInboundAt: ms === undefined ? undefined : noon - ms, ...more });

  it("goes out as it is within the window, and not after it, nor where the person never wrote", () => {
    expect(fitAt(aDay - 1, said)).toEqual({ content: said });
    expect(fitAt(aDay, said)).toEqual({ skipped: "window_closed" });
    expect(fitAt(undefined, said)).toEqual({ skipped: "window_closed" });
  });

  it("goes out at any time where the channel has no window", () => {
    expect(fitAt(undefined, said, { rules: undefined })).toEqual({ content: said });
    expect(fitAt(9 * aDay, said, { rules: {} })).toEqual({ content: said });
  });

  it("of an agent is tried at any time", () => {
    expect(fitAt(2 * aDay, said, { author: "agent" })).toEqual({ content: said });
  });

  it("with a template is the template after the window, with the text for the conversation", () => {
    const both = { ...said, template };
    expect(fitAt(1, both)).toEqual({ content: said });
    expect(fitAt(aDay, both)).toEqual({ content: both });
  });

  it("of a template alone is that, and named so in the conversation", () => {
    const alone = { ...said, text: "", template };
    expect(fitAt(1, alone)).toEqual({ content: { ...alone, text: "[order_update]" } });
    expect(fitAt(1, alone, { rules: { windowMs: aDay } })).toEqual({ skipped: "only_template" });
    expect(fitAt(1, { ...said, template }, { rules: undefined })).toEqual({ content: said });
  });
});

describe("a message step after the window", () => {
  const message = (text: string, more: object = {}) => ({ text, attachments: [], buttons: [], ...more });
  const flowOf = (messages: object[], outputs: readonly string[] = ["next", "not_allowed"]) => {
    const steps = [
      { ref: "s1", kind: "message", config: { messages, quickReplies: [] } },
      { ref: "next", kind: "action", config: { actions: [{ action: "add_tag", args: { tag: "went on" } }] } },
      {
        ref: "not_allowed",
        kind: "action",
        config: { actions: [{ action: "add_tag", args: { tag: "not allowed" } }] },
      },
    ];
    const edges = outputs.map((output) => ({ from: "s1", output, to: output }));
    return aFlow({ steps, edges } as Partial<FlowDocumentInput>);
  };
  const identity = { id: 1, channelId, channelKind: "fake", externalId: "p1", status: "active" as const };
  const run = (flow: ReturnType<typeof aFlow>, quietMs: number) => {
    const contact = aContact({ identities: [{ ...identity, lastInboundAt: noon - quietMs }] });
    const tags = new Set(["went on", "not allowed"]);
    const bot = aBot({ flows: [flow], tags, channelRules: new Map([["fake", rules]]) });
    const event = anEvent(
      { kind: "actions", actions: [{ action: "start_flow", args: { flow: "f1" } }] },
      { source: "api" },
    );
    const { messages, contact: after, facts } = advance(aWorld({ bot, contact }), event);
    const skipped = facts.flatMap((fact) => (fact.kind === "message_skipped" ? [fact.reason] : []));
    return { texts: messages.map(({ content }) => content.text), tags: after.tags, skipped };
  };

  it("goes to its output for that before anything is sent", () => {
    const flow = flowOf([message("one"), message("two")]);
    expect(run(flow, aDay)).toEqual({ texts: [], tags: ["not allowed"], skipped: [] });
    expect(run(flow, 1)).toEqual({ texts: ["one", "two"], tags: ["went on"], skipped: [] });
  });

  it("goes on as ever where that output leads nowhere, and the history says what was not sent", () => {
    expect(run(flowOf([message("one")], ["next"]), aDay)).toEqual({
      texts: [],
      tags: ["went on"],
      skipped: ["window_closed"],
    });
  });

  it("sends what has a template, filled in for the contact", () => {
    const filled = { ...template, body: ["{{ contact.cuid }}"] };
    const flow = flowOf([message("one", { template: filled }), message("two")]);
    expect(run(flow, aDay)).toEqual({ texts: ["one"], tags: ["went on"], skipped: ["window_closed"] });
    const contact = aContact({ identities: [{ ...identity, lastInboundAt: noon - aDay }] });
    const bot = aBot({ flows: [flow], channelRules: new Map([["fake", rules]]) });
    const start = anEvent(
      { kind: "actions", actions: [{ action: "start_flow", args: { flow: "f1" } }] },
      { source: "api" },
    );
    expect(advance(aWorld({ bot, contact }), start).messages[0]?.content.template?.body).toEqual(["c1"]);
  });
});

describe("a template alone, where the contact was heard last on a channel without templates", () => {
  const on = (id: number, channelKind: string, lastInboundAt: number) => ({
    ...{ id, channelId: channelId + id, channelKind, externalId: `p${id}` },
    ...{ status: "active" as const, lastInboundAt },
  });
  const content = { text: "", attachments: [], buttons: [], quickReplies: [], template };
  const sentBy = (action: object, flows: ReturnType<typeof aFlow>[] = []) => {
    const contact = aContact({ identities: [on(1, "plain", noon - 1), on(2, "fake", noon - aDay)] });
    const channels = new Map([
      [channelId + 1, "plain"],
      [channelId + 2, "fake"],
    ]);
    const bot = aBot({ flows, channels, channelRules: new Map([["fake", rules]]) });
    const { channelId: _byNone, ...event } = anEvent(
      { kind: "actions", actions: [action as never] },
      { source: "api" },
    );
    const { messages, facts } = advance(aWorld({ bot, contact }), event);
    const skipped = facts.flatMap((fact) => (fact.kind === "message_skipped" ? [fact.reason] : []));
    return { channels: messages.map((message) => message.channelId), skipped };
  };

  it("goes where there are templates by the action, unless a channel is named", () => {
    const send = (args: object) => sentBy({ action: "send_message", args: { content, ...args } });
    expect(send({})).toEqual({ channels: [channelId + 2], skipped: [] });
    expect(send({ channelId: channelId + 1 })).toEqual({ channels: [], skipped: ["only_template"] });
  });

  it("goes to the phone of who was heard on none of these, where that is wanted and phones are people's ids", () => {
    const send = (phone: string | undefined, phoneIds: boolean, byPhone: boolean | undefined = true) => {
      const contact = aContact({
        identities: [on(1, "plain", noon - 1)],
        profile: phone === undefined ? {} : { phone },
      });
      const channels = new Map([
        [channelId + 1, "plain"],
        [channelId + 2, "fake"],
      ]);
      const channelRules = new Map<string, ChannelRules>([["fake", phoneIds ? { ...rules, phoneIds } : rules]]);
      const { channelId: _byNone, ...event } = anEvent(
        { kind: "actions", actions: [{ action: "send_message", args: { content, byPhone } as never }] },
        { source: "api" },
      );
      const outcome = advance(aWorld({ bot: aBot({ flows: [], channels, channelRules }), contact }), event);
      return outcome.messages.map((message) => [message.channelId, message.recipient]);
    };
    expect(send("+491511234567", true)).toEqual([[channelId + 2, "491511234567"]]);
    expect(send(undefined, true)).toEqual([]);
    expect(send("+491511234567", false)).toEqual([]);
    expect(send("+491511234567", true, false)).toEqual([]);
  });

  it("stays unsaid in a flow, which talks on one channel", () => {
    const step = { text: "", attachments: [], buttons: [], template };
    const steps = [{ ref: "s1", kind: "message", config: { messages: [step], quickReplies: [] } }];
    const flow = aFlow({ steps } as Partial<FlowDocumentInput>);
    expect(sentBy({ action: "start_flow", args: { flow: "f1" } }, [flow])).toEqual({
      channels: [],
      skipped: ["only_template"],
    });
  });
});

describe("somebody new", () => {
  const jobsOf = (isNew: boolean, channelRules: ChannelRules, more: object = { externalId: "p1" }) => {
    const bot = aBot({ channelRules: new Map([["fake", channelRules]]) });
    const event = { ...anEvent({ kind: "message", message: { text: "hi", attachments: [] } }), ...more };
    return advance(aWorld({ bot, isNew }), event).jobs;
  };

  it("is asked for where the platform only then tells who they are, once", () => {
    const job = { kind: "look-up-profile", data: { channelId, person: "p1" }, group: String(channelId) };
    expect(jobsOf(true, { looksUpProfiles: true })).toEqual([job]);
    expect(jobsOf(false, { looksUpProfiles: true })).toEqual([]);
    expect(jobsOf(true, {})).toEqual([]);
    expect(jobsOf(true, { looksUpProfiles: true }, {})).toEqual([]);
  });
});

describe("a text on a channel whose links only fill it in", () => {
  const link: EntryLink = { ref: "l1", name: "Link", flow: "f1", step: undefined, data: undefined, payload: "poster" };
  const say = (text: string, typedEntry: boolean) => {
    const flow = aFlow({ steps: [{ ref: "s1", kind: "end", config: {} }] } as Partial<FlowDocumentInput>);
    const channelRules = new Map<string, ChannelRules>([["fake", typedEntry ? { typedEntry } : {}]]);
    const bot = aBot({ flows: [flow], entryLinks: new Map([["l1", link]]), channelRules });
    const { contact, facts } = advance(
      aWorld({ bot }),
      anEvent({ kind: "message", message: { text, attachments: [] } }),
    );
    const started = facts.some(({ kind }) => kind === "flow_started");
    return { entry: contact.entry?.payload, started, email: contact.profile.email };
  };

  it.each(["l1", "poster", " poster\n"])("that is %j counts as coming by the link", (text) => {
    expect(say(text, true)).toMatchObject({ entry: text.trim() });
    expect(say(text, false)).toMatchObject({ entry: undefined });
  });

  it("that is the link's ref starts the link's flow", () => {
    expect(say("l1", true).started).toBe(true);
  });

  it("that is data is read as such", () => {
    const data = "eyJlIjoiZW1haWxAZ21haWwuY29tIn0";
    expect(say(data, true)).toMatchObject({ entry: data, email: "email@gmail.com" });
    expect(say(data, false)).toMatchObject({ entry: undefined, email: undefined });
  });

  it.each(["hello", "my poster", ""])("that is %j is a text", (text) => {
    expect(say(text, true)).toMatchObject({ entry: undefined });
  });
});

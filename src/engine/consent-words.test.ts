import { describe, expect, it } from "vitest";
import { aBot, aContact, aFlow, anEvent, aWorld, catalogue, channelId, noon } from "../../test/builders.ts";
import type { ChannelPolicy } from "../model/channel-policy.ts";
import type { Contact } from "../model/contact.ts";
import { createAdvance } from "./advance.ts";
import { defaultPolicy, policyOf } from "./channel-policy.ts";

const advance = createAdvance(catalogue);

const fallback = aFlow({
  triggers: [{ kind: "default_reply" }],
  steps: [{ ref: "s", kind: "message", config: { messages: [{ text: "What?" }] } }],
});

function say(
  text: string,
  {
    contact = {},
    policy = {},
    flows = [fallback],
  }: { contact?: Partial<Contact>; policy?: Partial<ChannelPolicy>; flows?: (typeof fallback)[] } = {},
) {
  const channelPolicies = new Map([[channelId, { ...defaultPolicy(), ...policy }]]);
  const world = aWorld({ bot: aBot({ flows, channelPolicies }), contact: aContact(contact) });
  const outcome = advance(world, anEvent({ kind: "message", message: { text, attachments: [] } }));
  return {
    optedOutAt: outcome.contact.optedOutAt,
    said: outcome.messages.map(({ content }) => content.text),
    facts: outcome.facts.filter(({ kind }) => kind === "opted_out" || kind === "opted_in"),
  };
}

describe("the words that opt out and in", () => {
  it.each(["STOP", " stop ", "Stop!", "unsubscribe", "СТОП", "отписаться."])("opt out by %j alone", (word) => {
    const { optedOutAt, said, facts } = say(word);
    expect(optedOutAt).toBe(noon);
    expect(facts).toEqual([{ kind: "opted_out", word: word.trim() }]);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/[а-я]/.test(word.toLowerCase()) ? /напишите СТАРТ/ : /Write START/);
  });

  it.each(["please stop", "stop it", "non stop", "unsubscribed", ""])("leave %j to the bot", (text) => {
    expect(say(text)).toEqual({ optedOutAt: undefined, said: ["What?"], facts: [] });
  });

  it("opt in again, and are ordinary words for who is opted in", () => {
    expect(say("start", { contact: { optedOutAt: 1 } })).toMatchObject({
      optedOutAt: undefined,
      facts: [{ kind: "opted_in", word: "start" }],
      said: ["You get messages from us again. Write STOP to stop them."],
    });
    expect(say("start").said).toEqual(["What?"]);
  });

  it("say once more that nothing comes, and record nothing, where that was so", () => {
    expect(say("stop", { contact: { optedOutAt: 5 } })).toMatchObject({ optedOutAt: 5, facts: [], said: [/no more/] });
  });

  it("speak Russian with whoever's messenger does", () => {
    expect(say("stop", { contact: { profile: { language: "ru" } } }).said[0]).toMatch(/СТАРТ/);
  });

  it("are the channel's own, with its own answer as a template", () => {
    const policy = { optOutWords: ["basta"], optOutAnswer: "Bye, {{ contact.first_name }}" };
    const contact = { profile: { firstName: "Ada" } };
    expect(say("BASTA", { policy, contact }).said).toEqual(["Bye, Ada"]);
    expect(say("stop", { policy }).said).toEqual(["What?"]);
    expect(say("basta", { policy: { ...policy, optOutWords: [] } }).optedOutAt).toBeUndefined();
  });

  it("count also while a person talks, and before the answer to a question", () => {
    const conversation = { status: "open", pausedUntil: noon + 1000 } as const;
    expect(say("stop", { contact: { conversation } })).toMatchObject({ optedOutAt: noon, said: [/no more/] });
    const question = aFlow({
      steps: [{ ref: "q", kind: "question", config: { text: "Which word?", answer: { type: "text" } } }],
    });
    const waiting = { flow: "f1", step: "q", waitsFor: "reply", state: { tries: 0, until: null } } as const;
    const positions = [{ ...waiting, id: "0-0", values: {}, enteredAt: 1 }];
    expect(say("stop", { contact: { positions }, flows: [question] }).said).toEqual([expect.stringMatching(/no more/)]);
  });

  it("leave the answer to a flow that has the very word as its keyword", () => {
    const flow = aFlow({
      ref: "f2",
      triggers: [{ kind: "keyword", words: ["stop"], match: "exact" }],
      steps: [{ ref: "s", kind: "message", config: { messages: [{ text: "Farewell" }] } }],
    });
    expect(say("Stop", { flows: [flow, fallback] })).toMatchObject({ optedOutAt: noon, said: ["Farewell"] });
  });
});

describe("what stands in a channel's settings", () => {
  it("takes the kind's words where it says nothing, and everything where it cannot be read", () => {
    expect(policyOf({ optOut: ["/stop"] }, { optOutAnswer: "Bye" })).toMatchObject({
      optOutAnswer: "Bye",
      optOutWords: expect.arrayContaining(["stop", "/stop"]),
    });
    expect(policyOf(undefined, { optOutWords: 7 })).toEqual(defaultPolicy());
  });
});

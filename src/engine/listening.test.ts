import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aBot, aContact, aFlow, anEvent, aWorld, catalogue, channelId, noon } from "../../test/builders.ts";
import type { ActionCall } from "../model/action-call.ts";
import type { Contact } from "../model/contact.ts";
import type { Happening } from "../model/event.ts";
import { createAdvance } from "./advance.ts";
import { defaultPolicy } from "./channel-policy.ts";
import { findListener, goesOnSoon } from "./listening.ts";
import { toButtonPayload } from "./walk.ts";

const advance = createAdvance(catalogue);
const minute = 60_000;

/** A flow of one question that says what it heard. Its keyword is its ref. */
const asks = (ref: string, id: number, config: object = {}) =>
  aFlow({
    ref,
    id,
    triggers: [{ kind: "keyword", match: "exact", words: [ref], interrupts: true }],
    steps: [
      { ref: "ask", kind: "question", config: { text: `${ref}?`, answer: { type: "text" }, ...config } },
      { ref: "heard", kind: "message", config: { messages: [{ text: `${ref} heard: {{ message.text }}` }] } },
      { ref: "late", kind: "message", config: { messages: [{ text: `${ref}: too late` }] } },
    ],
    edges: [
      { from: "ask", output: "answered", to: "heard" },
      { from: "ask", output: "timeout", to: "late" },
    ],
  });
const menu = aFlow({
  ref: "menu",
  id: 5,
  triggers: [{ kind: "keyword", match: "exact", words: ["menu"], interrupts: true }],
  steps: [
    {
      ref: "choose",
      kind: "message",
      config: { messages: [{ text: "Size?", buttons: [{ id: "big", title: "Big" }] }] },
    },
    { ref: "said", kind: "message", config: { messages: [{ text: "big it is" }] } },
  ],
  edges: [{ from: "choose", output: "button:big", to: "said" }],
});
const slow = aFlow({
  ref: "slow",
  id: 6,
  triggers: [{ kind: "keyword", match: "exact", words: ["slow"], interrupts: true }],
  steps: [{ ref: "wait", kind: "delay", config: { mode: "duration", amount: 5, unit: "minutes" } }],
});
const says = aFlow({
  ref: "price",
  id: 7,
  triggers: [{ kind: "keyword", match: "exact", words: ["price"], interrupts: true }],
  steps: [{ ref: "say", kind: "message", config: { messages: [{ text: "ten" }] } }],
});
const lost = aFlow({
  ref: "lost",
  id: 8,
  triggers: [{ kind: "default_reply" }],
  steps: [{ ref: "say", kind: "message", config: { messages: [{ text: "what?" }] } }],
});
const choice = { answer: { type: "choice", options: [{ id: "red", title: "Red" }] }, retries: 0 };
const bot = aBot({
  flows: [
    asks("city", 1),
    asks("name", 2),
    asks("colour", 3, choice),
    asks("dated", 4, { timeout: { amount: 1, unit: "hours" } }),
    menu,
    slow,
    says,
    lost,
  ],
  members: new Map([[7, "Eve"]]),
  channelPolicies: new Map([[channelId, { ...defaultPolicy(), agentPauseMinutes: 30 }]]),
});

let ids = 0;
function step(contact: Contact, happening: Happening, { at = noon, by }: { at?: number; by?: number } = {}) {
  ids += 1;
  const source = happening.kind === "actions" ? "api" : "channel";
  const event = { ...anEvent(happening, { id: ids, at, source }), by };
  return advance(aWorld({ bot, contact }), event);
}

const say = (text: string): Happening => ({ kind: "message", message: { text, attachments: [] } });
const act = (...actions: ActionCall[]): Happening => ({ kind: "actions", actions });
const begin = (flow: string) => act({ action: "start_flow", args: { flow } });
const press = (flow: string, at: string, button: string): Happening => ({
  kind: "button",
  payload: toButtonPayload(flow, at, button),
});

/** What the bot says to each, and who would be heard then. */
function play(...happenings: readonly (string | Happening)[]) {
  let contact = aContact();
  const said = happenings.map((given) => {
    const outcome = step(contact, typeof given === "string" ? say(given) : given);
    contact = outcome.contact;
    return outcome.messages.map(({ content }) => content.text);
  });
  return { contact, said, last: said.at(-1), listener: findListener(contact, noon)?.flow };
}

describe("a text", () => {
  it("is for the question that was asked last, whoever started its flow", () => {
    expect(play("city", begin("name"), "Ada").last).toEqual(["name heard: Ada"]);
    expect(play("city", begin("name")).listener).toBe("name");
  });

  it("is for a later message's button, where it is its title, before it is for an older question", () => {
    expect(play("city", begin("menu"), "big").last).toEqual(["big it is"]);
  });

  it("that is no button's title is for the question before, which nobody has left", () => {
    expect(play("city", begin("menu"), "Omsk").last).toEqual(["city heard: Omsk"]);
  });

  it("is for no question that was left for another flow's, also when that one is answered", () => {
    expect(play("city", "name", "Ada", "Omsk").said.slice(2)).toEqual([["name heard: Ada"], ["what?"]]);
  });

  it("is for no question that was left for another flow's menu, or for one that says more later", () => {
    expect(play("city", "menu", "small").last).toEqual(["what?"]);
    expect(play("city", "slow", "Omsk").last).toEqual(["what?"]);
  });

  it("is for the question before, after a flow that only said its piece", () => {
    expect(play("city", "price", "Omsk").said.slice(1)).toEqual([["ten"], ["city heard: Omsk"]]);
  });

  it("answers nothing older, once a later question of another flow was answered", () => {
    expect(play("city", begin("name"), "Ada", "Omsk").last).toEqual(["what?"]);
    expect(play("city", begin("menu"), press("menu", "choose", "big"), "Omsk").last).toEqual(["what?"]);
  });

  it("still answers a later question after a press under an old message", () => {
    expect(play("menu", begin("city"), press("menu", "choose", "big"), "Omsk").last).toEqual(["city heard: Omsk"]);
  });
});

describe("a question that was left", () => {
  it("takes a press of its buttons, and the later one goes on hearing", () => {
    const { said } = play("colour", "name", press("colour", "ask", "red"), "Ada");
    expect(said.slice(2)).toEqual([["colour heard: "], ["name heard: Ada"]]);
  });

  it("still ends when its time is over", () => {
    const { contact } = play("dated", "name");
    const [left] = contact.positions;
    expect(left).toMatchObject({ flow: "dated", isLeft: true, wakeAt: noon + 60 * minute });
    const outcome = step(contact, { kind: "timer", positionId: left?.id ?? "" }, { at: noon + 60 * minute });
    expect(outcome.messages.map(({ content }) => content.text)).toEqual(["dated: too late"]);
  });

  it("is told of once", () => {
    const { contact } = play("city");
    const first = step(contact, say("name"));
    const second = step(first.contact, say("colour"));
    const left = [first, second].map(({ facts }) => facts.filter(({ kind }) => kind === "question_left"));
    expect(left).toEqual([
      [{ kind: "question_left", flow: "city", step: "ask" }],
      [{ kind: "question_left", flow: "name", step: "ask" }],
    ]);
  });
});

describe("an agent's answer", () => {
  const answer = act({ action: "send_message", args: { content: "I am looking", author: "agent" } });

  it("leaves what the bot asked before: what is written after the pause is not for that", () => {
    const { contact } = play("city");
    const answered = step(contact, answer, { by: 7 }).contact;
    expect(findListener(answered, noon + 31 * minute)).toBeUndefined();
    const { messages } = step(answered, say("XL"), { at: noon + 31 * minute });
    expect(messages.map(({ content }) => content.text)).toEqual(["what?"]);
  });

  it("is over when somebody lets the bot speak again: it goes on with what it asked last", () => {
    const { contact } = play("city", "name");
    const answered = step(contact, answer, { by: 7 }).contact;
    const resumed = step(answered, act({ action: "resume_bot", args: {} })).contact;
    expect(findListener(resumed, noon)?.flow).toBe("name");
    const waiting = step(play("city", "slow").contact, answer, { by: 7 }).contact;
    expect(findListener(step(waiting, act({ action: "resume_bot", args: {} })).contact, noon)).toBeUndefined();
    const close = act({ action: "move_conversation", args: { status: "done" } }, { action: "resume_bot", args: {} });
    expect(findListener(step(answered, close).contact, noon)).toBeUndefined();
  });

  it("of a program leaves nothing, and neither does a conversation's close", () => {
    const close = act({ action: "move_conversation", args: { status: "done" } });
    expect(play("city", answer, close, "Omsk").last).toEqual(["city heard: Omsk"]);
  });
});

it("makes at most one question the one that takes the next text, and that one takes it", () => {
  const words = fc.constantFrom("city", "name", "menu", "slow", "price", "big", "Ada");
  const done = fc.oneof(words, fc.constantFrom("city", "name", "menu").map(begin));
  fc.assert(
    fc.property(fc.array(done, { minLength: 1, maxLength: 8 }), (happenings) => {
      const { contact, listener } = play(...happenings);
      const [heard] = step(contact, say("zzz")).messages.map(({ content }) => content.text);
      expect(heard).toBe(listener === undefined ? "what?" : `${listener} heard: zzz`);
    }),
    { numRuns: 500 },
  );
});

describe("a bot goes on by itself in a moment", () => {
  const waits = (waitsFor: "reply" | "button" | "time" | "job", wakeAt?: number) => {
    const place = { id: "1-1", flow: "f", version: 1, step: "s", enteredAt: noon, state: null, values: {} };
    return goesOnSoon(
      aContact({ positions: [{ ...place, waitsFor, ...(wakeAt === undefined ? {} : { wakeAt }) }] }),
      noon,
    );
  };

  it("where something is found out for a flow, or a short delay runs", () => {
    expect([waits("job"), waits("job", noon + minute), waits("time", noon + 3_000)]).toEqual([true, true, true]);
  });

  it("not where it waits for a person, or for long", () => {
    expect([waits("reply"), waits("reply", noon + 3_000), waits("button"), waits("time", noon + minute)]).toEqual(
      Array(4).fill(false),
    );
  });
});

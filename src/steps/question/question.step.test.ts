import { describe, expect, it } from "vitest";
import { aBot, aContact, channelId, noon } from "../../../test/builders.ts";
import { enter, reply, signal } from "../../../test/step-harness.ts";
import { question } from "./question.step.ts";
import { retryTexts } from "./retry-text.ts";

const closed = (connected: readonly string[]) => {
  const identity = { id: 1, channelId, channelKind: "fake", externalId: "p1", status: "active" } as const;
  const contact = aContact({ identities: [{ ...identity, lastInboundAt: noon - 2_000 }] });
  const bot = aBot({ channelRules: new Map([["fake", { windowMs: 1_000 }]]) });
  return enter(question, { text: "Which?", answer: { type: "text" } }, { world: { bot, contact }, connected });
};

describe("a question while the messenger lets nobody write", () => {
  it("goes to its output for that, unasked", () => {
    const { result, sent, facts } = closed(["not_allowed"]);
    expect([result, sent, facts]).toEqual([{ go: "not_allowed" }, [], []]);
  });

  it("waits all the same where that output leads nowhere, and the history says why nothing was asked", () => {
    const { result, sent, facts } = closed([]);
    expect(result).toMatchObject({ wait: "reply" });
    expect([sent, facts]).toEqual([[], [{ kind: "message_skipped", reason: "window_closed", flow: "f1", step: "s1" }]]);
  });
});

describe("a question that the messenger can answer", () => {
  const ask = (type: "phone" | "location" | "text") => ({ text: "How?", answer: { type, shareTitle: "Share it" } });
  const came = (type: "phone" | "location", more: object) =>
    signal(
      question,
      { ...ask(type), saveTo: { variable: "got" } },
      { kind: "reply", message: { attachments: [], ...more } },
      { state: { tries: 0, until: null } },
    ).values.got;

  it("offers a button for it, where it is of that kind", () => {
    expect(enter(question, ask("phone")).sent[0]?.quickReplies).toMatchObject([
      { title: "Share it", request: "phone" },
    ]);
    expect(enter(question, ask("location")).sent[0]?.quickReplies).toMatchObject([{ request: "location" }]);
    expect(enter(question, ask("text")).sent[0]?.quickReplies).toEqual([]);
  });

  it("takes what it vouches for, and what was typed", () => {
    expect(came("phone", { text: "Ann", sharedPhone: "+79161234567" })).toBe("+79161234567");
    expect(came("location", { text: "here", location: { latitude: 55.75, longitude: 37.62 } })).toBe("55.75, 37.62");
    expect(came("location", { text: "55.75, 37.62" })).toBe("55.75, 37.62");
  });

  it.each([
    ["phone", { text: "Bo Lee: +79161234567" }],
    ["location", { text: "at home" }],
    ["location", { text: "91, 0" }],
  ] as const)("of the kind %s does not take %j", (type, more) => {
    expect(came(type, more)).toBeUndefined();
  });
});

describe("a question warns", () => {
  const warned = (type: string, more: object = {}) => {
    const options = type === "choice" ? [{ id: "a", title: "A" }] : [];
    const config = question.config.parse({ text: "Which?", answer: { type, options }, ...more });
    return question.warnings?.(config, aBot()).map(({ message }) => message);
  };

  it.each(["text", "number", "email", "phone", "date"])("of an answer of the type %s that is kept nowhere", (type) => {
    expect(warned(type)).toEqual(["the answer is kept nowhere: set where to save it"]);
    expect(warned(type, { saveTo: { variable: "got" } })).toEqual([]);
  });

  it.each(["choice", "file", "location"])("of no %s: that leads on, or is in the chat", (type) => {
    expect(warned(type)).toEqual([]);
  });
});

describe("a question whose answer does not fit, where the step says nothing of that", () => {
  const again = (said: string, { asked = "How old?", language = "" } = {}) => {
    const contact = aContact({ profile: language === "" ? {} : { language } });
    const state = { tries: 0, until: null };
    const config = { text: asked, answer: { type: "number" } };
    return signal(question, config, reply(said), { world: { contact }, state }).sent[0]?.text;
  };
  const english = "Please answer with a number.";
  const russian = "Пожалуйста, ответьте числом.";

  it("asks in English", () => {
    expect(again("many")).toBe(english);
    expect(again("many", { language: "en" })).toBe(english);
  });

  it("asks in Russian whoever reads Russian, or was asked in Russian", () => {
    expect(again("many", { language: "ru-RU" })).toBe(russian);
    expect(again("много")).toBe(russian);
    expect(again("?", { asked: "Сколько вам лет?", language: "en" })).toBe(russian);
  });

  it("takes no other language's letters for Russian", () => {
    expect(again("?", { asked: "Скільки вам років?" })).toBe(english);
  });

  it("has a sentence for every type of answer in both languages", () => {
    expect(Object.keys(retryTexts.ru)).toEqual(Object.keys(retryTexts.en));
  });
});

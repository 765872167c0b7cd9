import i18next, { type i18n } from "i18next";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { BroadcastDetailBody } from "../../../src/http/contract/broadcasts.ts";
import { catalogueIn } from "../builder/catalogue.ts";
import { catalogueWords as english } from "../words/en/catalogue.ts";
import { en } from "../words/en.ts";
import { catalogueWords as russian } from "../words/ru/catalogue.ts";
import { ru } from "../words/ru.ts";
import { type BroadcastWords, sayBroadcast } from "./say-broadcast.ts";

const aBroadcast = (part: object): BroadcastDetailBody =>
  ({
    ...{ name: "News", audience: { all: true }, plan: {}, split: null, perMinute: null, startAt: null },
    actions: [{ action: "send_message", args: { content: "Hi" } }],
    ...part,
  }) as BroadcastDetailBody;

const plan = { quiet: { from: "22:00", to: "08:00", giveUpHours: 12 }, agents: "assigned", restHours: 24 };
const message = {
  ...{ text: "Hi", attachments: [], quickReplies: [] },
  buttons: [{ type: "press", title: "More", payload: "f1:s2" }],
};

describe("a broadcast's draft in words", () => {
  let instance: i18n;
  const catalogues = { en: catalogueIn(english), ru: catalogueIn(russian) };
  afterAll(() => vi.unstubAllGlobals());
  beforeAll(async () => {
    vi.stubGlobal("navigator", { languages: ["en-GB"], language: "en-GB" });
    instance = i18next.createInstance();
    const resources = { en: { translation: en }, ru: { translation: ru } };
    await instance.init({ lng: "en", resources, interpolation: { escapeValue: false }, returnNull: false });
  });
  const wordsIn = (language: "en" | "ru"): BroadcastWords => ({
    t: instance.getFixedT(language),
    catalogue: catalogues[language],
    sayCondition: ({ rules }) => `<${rules.length}>`,
    segments: new Map([["3", "Regulars"]]),
    flows: new Map([["f1", "Welcome"]]),
  });
  const say = (language: "en" | "ru", part: object, since?: object) =>
    sayBroadcast(aBroadcast(part), wordsIn(language), since === undefined ? undefined : aBroadcast(since));

  it.each([
    ["en", { all: true }, "Everybody"],
    ["ru", { all: true }, "Всем"],
    ["en", { segments: [3, 4] }, "Segments: Regulars, #4"],
    ["ru", { segments: [3] }, "Сегментам: Regulars"],
    ["en", { tags: ["a"], excludeTags: ["b"] }, "A condition: <2>"],
    ["ru", { tags: ["a"] }, "По условию: <1>"],
  ] as const)("says in %s to whom: %j", (language, audience, said) => {
    expect(say(language, { audience }).audience?.value).toBe(said);
  });

  it("tells chosen contacts apart from as many others", () => {
    const since = { audience: { contacts: [1, 2] } };
    const value = (language: "en" | "ru", contacts: number[]) =>
      say(language, { audience: { contacts } }, since).audience?.value;
    expect(value("en", [1, 2])).toBe("2 contacts, chosen by hand");
    expect(value("en", [1, 3])).toBe("2 contacts, chosen by hand, 1 of them is another");
    expect(value("ru", [3, 4])).toBe("Выбрано вручную контактов: 2, среди них других: 2");
  });

  it("says the plan setting by setting, and what is not planned not at all", () => {
    const { quiet, giveUp, agents, restHours, passed } = say("en", { plan });
    expect([quiet, giveUp, agents, restHours, passed].map((one) => one?.value)).toEqual([
      "Quiet from 22:00 to 08:00, by each contact's own clock",
      12,
      "Skip them, and everybody with an open conversation assigned to somebody",
      24,
      null,
    ]);
    const none = say("ru", {});
    expect(none.when).toEqual({ title: "Когда", value: "После запуска" });
    expect([none.quiet?.value, none.giveUp?.value]).toEqual([null, null]);
    const local = say("ru", { plan: { local: { at: "2027-03-01T10:00", passed: "skip" } } });
    expect(local.passed?.value).toBe("Не получат");
    expect(String(local.when?.value)).toMatch(/^Выходит в .*2027.* по часам каждого контакта$/);
  });

  it("says a message, a flow and actions by the names of their forms", () => {
    const send = { action: "send_message", args: { content: message } };
    expect(say("ru", { actions: [send] }).what?.value).toEqual({
      Сообщение: expect.objectContaining({ Текст: "Hi" }),
    });
    expect(JSON.stringify(say("en", { actions: [send] }).what?.value)).toContain("Welcome, s2");
    const start = { action: "start_flow", args: { flow: "f1", step: "s2" } };
    expect(say("en", { actions: [start] }).what?.value).toEqual({ "A flow": "Welcome, step s2" });
    const tag = { action: "add_tag", args: { tag: "vip" } };
    const said = JSON.stringify(say("ru", { actions: [tag, tag] }).what?.value);
    expect(said).toContain("vip");
    expect(said).not.toMatch(/add_tag|"tag"/);
  });

  it("says each version by itself, and nothing of what everybody would get", () => {
    const variants = [
      { name: "A", share: 10, actions: [{ action: "send_message", args: { content: "One" } }] },
      { name: "B", share: 20, actions: [{ action: "start_flow", args: { flow: "f1" } }] },
    ];
    const said = say("ru", { actions: [], split: { variants, winnerBy: "reads", afterMinutes: 60 } });
    expect(said["version B"]).toEqual({
      title: "Версия B",
      value: { "Доля получателей": "20 %", Сценарий: "Welcome" },
    });
    expect([said.what?.value, said.winnerBy?.value, said.after?.value]).toEqual([null, "по прочтениям", 60]);
  });
});

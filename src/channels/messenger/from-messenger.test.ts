import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromMessaging } from "../meta-messaging.ts";

const fixtures = JSON.parse(
  readFileSync(new URL("./fixtures/notifications.json", import.meta.url), "utf8"),
) as Readonly<Record<string, unknown>>;
const own = { object: "page", ownId: "1906385232743451" } as const;
const translate = (name: string) => fromMessaging(fixtures[name], own) ?? expect.fail("not understood");

const said = (text: string) => ({ happening: { kind: "message", message: { text } } });
const file = (kind: string, url: string) => ({
  happening: { kind: "message", message: { attachments: [{ kind, url }] } },
});

describe("a notification of Messenger", () => {
  it.each<[string, object]>([
    ["text", { ...said("hello"), externalId: expect.stringMatching(/^m_/), at: expect.any(Number) }],
    ["reply", said("that one")],
    ["quickReply", { happening: { kind: "button", payload: "f:s:yes", title: "Yes" } }],
    ["getStarted", { happening: { kind: "start" } }],
    ["getStartedByLink", { happening: { kind: "start", payload: "eyJlIjoiZW1haWxAZ21haWwuY29tIn0" } }],
    ["press", { happening: { kind: "button", payload: "f1:s1:go", title: "Go on" } }],
    ["linkInThread", { happening: { kind: "start", payload: "poster" } }],
    ["advertisement", { happening: { kind: "start" } }],
    ["messageOfAdvertisement", said("how much?")],
    ["picture", file("image", "https://scontent.xx.fbcdn.net/a.jpg")],
    ["sticker", file("image", "https://scontent.xx.fbcdn.net/thumb.png")],
    ["video", file("video", "https://video.xx.fbcdn.net/a.mp4")],
    ["voice", file("audio", "https://cdn.fbsbx.com/audioclip.mp4")],
    ["file", file("file", "https://cdn.fbsbx.com/price.pdf")],
    ["sharedLink", said("look\nA page: https://example.com/a")],
    ["unsupportedShare", said("[fallback]")],
    ["location", said("50.76891, 6.11499")],
    ["edited", { happening: { kind: "message_edited", message: { text: "hello you" } } }],
    ["read", { happening: { kind: "message_status", status: "read", until: 1764408001999 }, onlyKnown: true }],
  ])("%s says what happened, and to whom", (name, expected) => {
    const [event, ...more] = translate(name);
    expect(more).toEqual([]);
    expect(event).toMatchObject({ ...expected, from: "6543210987654321" });
  });

  it("of a start without a link has no payload", () => {
    for (const name of ["getStarted", "advertisement"]) {
      expect(translate(name)[0]?.happening).toEqual({ kind: "start" });
    }
  });

  it("of several pictures is one message with all of them", () => {
    expect(translate("pictures")).toMatchObject([{ happening: { message: { attachments: [{}, {}] } } }]);
  });

  it("of a menu that was opened by a link is the start and the press", () => {
    const happenings = translate("menuByLink").map(({ happening }) => happening);
    expect(happenings).toEqual([
      { kind: "start", payload: "poster" },
      { kind: "button", payload: "prices", title: "Prices" },
    ]);
  });

  it("of a delivery names the messages, and the moment before which all are delivered", () => {
    const happenings = translate("delivered").map(({ happening }) => happening);
    const ending = (digits: string) => ({ mid: expect.stringMatching(new RegExp(`${digits}$`)) });
    expect(happenings).toMatchObject([ending("50"), ending("51"), { until: 1764408000999 }]);
    expect(happenings.every((one) => one.kind === "message_status" && one.status === "delivered")).toBe(true);
  });

  it("may hold several of several people", () => {
    expect(translate("two")).toMatchObject([said("one"), said("two")]);
  });

  it("of what was written in the page's own inbox, or by another app, is from outside", () => {
    const [echo] = translate("echo");
    expect(echo).toMatchObject({ from: "6543210987654321", onlyKnown: true });
    expect(echo?.happening).toMatchObject({ kind: "outside_message", message: { text: "from us" } });
  });

  it.each(["ownEcho", "reaction", "handover", "otherPage", "feed"])("of the kind %s means nothing", (name) => {
    expect(translate(name)).toEqual([]);
  });

  it("of another kind of object is none", () => {
    expect(fromMessaging(fixtures.text, { ...own, object: "instagram" })).toBeUndefined();
  });
});

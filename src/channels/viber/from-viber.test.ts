import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromViber } from "./from-viber.ts";
import { parseCallback, parseViberJson } from "./viber-callback.ts";

const fixtures = parseViberJson(
  readFileSync(new URL("./fixtures/callbacks.json", import.meta.url), "utf8"),
) as Readonly<Record<string, object>>;

function translate(fixture: object | undefined) {
  const callback = parseCallback(Buffer.from(JSON.stringify(fixture)));
  return callback === undefined || callback === "ignored" ? expect.fail("no callback") : fromViber(callback);
}

const said = (text: string, more: object = {}) => ({
  happening: { kind: "message", message: { text, attachments: [], ...more } },
});
const file = (attachment: object, text?: string) => ({
  happening: { kind: "message", message: { ...(text === undefined ? {} : { text }), attachments: [attachment] } },
});

describe("a callback of Viber", () => {
  it.each<[string, object]>([
    [
      "opened",
      {
        happening: { kind: "start", payload: "eyJlIjoiZW1haWxAZ21haWwuY29tIn0" },
        profile: { name: "Ann Lee", language: "en", avatarUrl: expect.stringMatching(/^https:/) },
      },
    ],
    ["openedWithoutLink", { happening: { kind: "start" } }],
    ["openedBySubscriber", { happening: { kind: "start", payload: "poster" } }],
    ["subscribed", { happening: { kind: "unblocked" }, profile: { name: "Ann Lee" } }],
    ["unsubscribed", { happening: { kind: "blocked" }, onlyKnown: true }],
    ["delivered", { happening: { kind: "message_status", status: "delivered", mid: "5741311803571721087" } }],
    ["seen", { happening: { kind: "message_status", status: "read", mid: "5741311803571721087" }, onlyKnown: true }],
    ["failed", { happening: { status: "failed", mid: "5741311803571721088", reason: "failure description" } }],
    ["text", { happening: { message: { externalId: expect.stringMatching(/^\d{19}$/), text: "hello" } } }],
    ["press", { happening: { kind: "button", payload: "f1:s1:go", title: "Go on" } }],
    ["picture", file({ kind: "image", url: "https://dl-media.viber.com/a.jpg", name: "a.jpg" }, "look")],
    ["video", file({ kind: "video", url: "https://dl-media.viber.com/a.mp4", size: 10000 })],
    ["file", file({ kind: "file", url: "https://dl-media.viber.com/price.pdf", name: "price.pdf", size: 1234 })],
    ["sticker", file({ kind: "image", url: "https://sticker.viber.com/46105.png" })],
    ["oldSticker", said("[sticker 46105]")],
    ["contact", said("+972511123123")],
    ["location", said("50.76891, 6.11499", { location: { latitude: 50.76891, longitude: 6.11499 } })],
    ["url", said("https://www.website.example/go")],
  ])("%s says what happened, and to whom", (name, expected) => {
    const { event } = translate(fixtures[name]);
    expect(event).toMatchObject({ ...expected, from: "01234567890A=" });
  });

  it("by which a stranger opens the chat may be answered with a welcome; no other may", () => {
    const welcomed = Object.keys(fixtures).filter((name) => name !== "webhook" && translate(fixtures[name]).isNew);
    expect(welcomed).toEqual(["opened", "openedWithoutLink"]);
  });

  it("keeps all digits of a token, and tells what came of a message from the message", () => {
    const body = '{"event":"delivered","message_token":5741311803571721087,"user_id":"A="}';
    const callback = parseCallback(Buffer.from(body));
    expect(callback).toMatchObject({ message_token: "5741311803571721087" });
    const ids = ["delivered", "seen"].map((name) => translate(fixtures[name]).event.externalId);
    expect(new Set(ids).size).toBe(2);
  });

  it.each(['{"press":"', '{"press":1}', '{"press":"","title":"x"}', '{"press":"a"}'])(
    "with the text %s is no press",
    (text) => {
      const { message_token, sender } = fixtures.text as { message_token: string; sender: object };
      const message = { type: "text", text };
      expect(translate({ event: "message", message_token, sender, message }).event).toMatchObject(said(text));
    },
  );
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromVk } from "./from-vk.ts";
import { longestPayload, readPress, writePress } from "./press.ts";
import { parseEnvelope } from "./vk-update.ts";

const fixtures = JSON.parse(readFileSync(new URL("./fixtures/events.json", import.meta.url), "utf8")) as Readonly<
  Record<string, { readonly event_id: string }>
>;

function translate(name: string) {
  const envelope = parseEnvelope(fixtures[name]) ?? expect.fail(`${name} is no event`);
  return envelope.update === undefined ? { events: [] } : fromVk(envelope.update);
}

const file = (attachment: object, text?: string) => ({
  happening: { kind: "message", message: { ...(text === undefined ? {} : { text }), attachments: [attachment] } },
});
const said = (text: string) => ({ happening: { kind: "message", message: { text, attachments: [] } } });

describe("an event of VK", () => {
  it.each<[string, object]>([
    ["text", { happening: { kind: "message", message: { externalId: "101", text: "hello", attachments: [] } } }],
    [
      "outsideReply",
      {
        onlyKnown: true,
        happening: { kind: "outside_message", message: { externalId: "140", text: "Come by tomorrow" } },
      },
    ],
    ["start", { happening: { kind: "start" } }],
    ["startByLink", { happening: { kind: "start", payload: "eyJlIjoiZW1haWxAZ21haWwuY29tIn0" } }],
    ["textByLink", { happening: { kind: "start", payload: "poster", message: { text: "I saw the poster" } } }],
    ["press", { happening: { kind: "button", payload: "f1:s1:go", title: "Go on" } }],
    ["foreignButton", said("Help")],
    ["photo", file({ kind: "image", url: "https://sun.userapi.example/z.jpg" }, "look")],
    ["sticker", file({ kind: "image", url: "https://vk.example/512.png" })],
    ["voice", file({ kind: "voice", url: "https://psv.example/a.ogg" })],
    ["document", file({ kind: "file", url: "https://vk.example/doc1", name: "price.pdf", size: 1234 })],
    ["audio", file({ kind: "audio", url: "https://cs.example/song.mp3", name: "Song" })],
    ["silentAudio", said("Ann - Song")],
    ["video", said("https://vk.com/video-1_456")],
    ["link", said("see\nhttps://e.com/a")],
    ["wall", said("https://vk.com/wall-1_12")],
    ["gift", said("[gift]")],
    ["location", said("Moscow\n55.75, 37.62")],
    ["edited", { happening: { kind: "message_edited", message: { text: "hello again" } } }],
    ["callbackPress", { happening: { kind: "button", payload: "f1:s1:go", title: "Go on" } }],
    ["allowed", { happening: { kind: "unblocked" } }],
    ["allowedOnASite", { happening: { kind: "start", payload: "site-42" } }],
    ["denied", { happening: { kind: "blocked" }, onlyKnown: true }],
    ["read", { happening: { kind: "message_status", status: "read", mid: "1201", andEarlier: true }, onlyKnown: true }],
  ])("%s says what happened, to whom, under the event's own id", (name, expected) => {
    const { events } = translate(name);
    expect(events).toMatchObject([{ ...expected, from: "55", externalId: fixtures[name]?.event_id }]);
  });

  it("by which an old button is pressed after a link was opened is both", () => {
    expect(translate("pressByLink").events).toMatchObject([
      { happening: { kind: "start", payload: "poster" } },
      { happening: { kind: "button", payload: "f1:s1:go" } },
    ]);
  });

  it("of a callback button wants its answer, also where the press means nothing to us", () => {
    expect(translate("callbackPress").press).toEqual({ event_id: "d9b1f0c2", user_id: 55, peer_id: 55 });
    expect(translate("foreignCallback")).toEqual({
      events: [],
      press: { event_id: "d9b1f0c3", user_id: 55, peer_id: 55 },
    });
  });

  it.each(["chat", "ownWord", "joined", "left", "typing"])("of the kind %s means nothing", (name) => {
    expect(translate(name).events).toEqual([]);
  });
});

describe("a button's payload", () => {
  it("leaves the title out where there is no room for it", () => {
    const payload = `f:s:${"x".repeat(200)}`;
    const written = writePress({ payload, title: "t".repeat(40) });
    expect(written.length).toBeLessThanOrEqual(longestPayload);
    expect(readPress(written)).toEqual({ payload, title: undefined });
    expect(readPress(writePress({ payload: "f:s:b", title: "Go" }))).toEqual({ payload: "f:s:b", title: "Go" });
  });

  it.each(["{", "[]", "null", '{"p":1}', '{"p":""}'])("that is %s is none of ours", (text) => {
    expect(readPress(text)).toBeUndefined();
  });
});

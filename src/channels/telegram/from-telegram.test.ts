import { readFileSync } from "node:fs";
import type { Update } from "grammy/types";
import { describe, expect, it } from "vitest";
import type { Attachment } from "../../model/message.ts";
import { fromTelegram } from "./from-telegram.ts";

type Fixture =
  | "start"
  | "startWithPayload"
  | "text"
  | "photo"
  | "document"
  | "ownContact"
  | "otherContact"
  | "edited"
  | "press"
  | "blocked"
  | "unblocked"
  | "group"
  | "sticker"
  | "voice"
  | "audio"
  | "video"
  | "videoNote"
  | "animation"
  | "location"
  | "venue"
  | "poll"
  | "dice"
  | "service"
  | "pressOfOldMessage";
const updates = JSON.parse(readFileSync(new URL("./fixtures/updates.json", import.meta.url), "utf8")) as Record<
  Fixture,
  Update
>;

const file = (attachment: Attachment, text?: string) => ({
  happening: { kind: "message", message: { ...(text === undefined ? {} : { text }), attachments: [attachment] } },
});
const said = (text: string) => ({ happening: { kind: "message", message: { text, attachments: [] } } });

describe("a Telegram update", () => {
  it.each<[Fixture, object]>([
    [
      "start",
      {
        happening: { kind: "start" },
        username: "annlee",
        profile: { firstName: "Ann", lastName: "Lee", language: "en" },
      },
    ],
    ["startWithPayload", { happening: { kind: "start", payload: "eyJlIjoiZW1haWxAZ21haWwuY29tIn0" } }],
    ["text", { happening: { kind: "message", message: { externalId: "3", text: "hello /start", attachments: [] } } }],
    [
      "photo",
      {
        happening: {
          kind: "message",
          message: { text: "look", attachments: [{ kind: "image", fileId: "large", size: 90000 }] },
        },
      },
    ],
    [
      "document",
      {
        happening: {
          kind: "message",
          message: {
            attachments: [{ kind: "file", fileId: "doc", name: "price.pdf", mimeType: "application/pdf", size: 1234 }],
          },
        },
      },
    ],
    ["ownContact", { profile: { firstName: "Ann", phone: "+79161234567" } }],
    ["edited", { happening: { kind: "message_edited", message: { externalId: "3", text: "hello again" } } }],
    ["press", { happening: { kind: "button", payload: "f1:s1:go", title: "Go on" } }],
    ["pressOfOldMessage", { happening: { kind: "button", payload: "f1:s1:go" } }],
    ["sticker", file({ kind: "image", fileId: "stick", size: 20000 })],
    ["voice", file({ kind: "voice", fileId: "voice", mimeType: "audio/ogg", size: 9000 })],
    ["audio", file({ kind: "audio", fileId: "audio", name: "song.mp3", mimeType: "audio/mpeg", size: 3000000 })],
    ["video", file({ kind: "video", fileId: "video", name: "clip.mp4", mimeType: "video/mp4", size: 500000 }, "watch")],
    ["videoNote", file({ kind: "video", fileId: "note", size: 100000 })],
    ["animation", file({ kind: "video", fileId: "anim", name: "wave.mp4", mimeType: "video/mp4", size: 40000 })],
    ["location", said("55.75, 37.62")],
    ["venue", said("Chess club, Main street 1 (55.75, 37.62)")],
    ["poll", said("Tea or coffee?")],
    ["dice", said("🎲")],
    ["blocked", { happening: { kind: "blocked" } }],
    ["unblocked", { happening: { kind: "unblocked" } }],
  ])("%s says what happened, to whom, under the update's own id", (name, expected) => {
    const { events } = fromTelegram(updates[name]);
    expect(events).toEqual([expect.objectContaining({ from: "55", externalId: `u${updates[name].update_id}` })]);
    expect(events[0]).toMatchObject(expected);
  });

  it("of somebody else's card leaves the phone alone", () => {
    expect(fromTelegram(updates.otherContact).events[0]?.profile).toEqual({ firstName: "Ann" });
  });

  it("of a card of nobody in particular leaves the phone alone", () => {
    const { message, ...rest } = updates.ownContact;
    const { from: _from, ...anonymous } = message ?? expect.fail();
    const contact = { phone_number: "79161234567", first_name: "Ann" };
    expect(fromTelegram({ ...rest, message: { ...anonymous, contact } }).events[0]?.profile).toEqual({});
  });

  it("of a press wants its answer, also where the press means nothing to us", () => {
    expect(fromTelegram(updates.press).callbackQueryId).toBe("4382");
    const { data: _data, ...game } = updates.press.callback_query ?? expect.fail();
    expect(fromTelegram({ update_id: 1, callback_query: game })).toEqual({ events: [], callbackQueryId: "4382" });
  });

  it("of a group, of a kind unknown to us, or of no words, means nothing", () => {
    expect(fromTelegram(updates.service)).toEqual({ events: [] });
    expect(fromTelegram(updates.group)).toEqual({ events: [] });
    expect(fromTelegram({ update_id: 1, poll: {} } as unknown as Update)).toEqual({ events: [] });
  });
});

import { readFileSync } from "node:fs";
import type { Update } from "grammy/types";
import { describe, expect, it } from "vitest";
import type { Attachment, Location } from "../../model/message.ts";
import { fromTelegram } from "./from-telegram.ts";

const alone = { groups: false, username: "standin_bot" };

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
const said = (text: string, location?: Location) => ({
  happening: {
    kind: "message",
    message: { text, attachments: [], ...(location === undefined ? {} : { location }) },
  },
});

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
    ["ownContact", { happening: { kind: "message", message: { text: "+79161234567", sharedPhone: "+79161234567" } } }],
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
    ["location", said("55.75, 37.62", { latitude: 55.75, longitude: 37.62 })],
    [
      "venue",
      said("Chess club, Main street 1 (55.75, 37.62)", {
        latitude: 55.75,
        longitude: 37.62,
        title: "Chess club",
        address: "Main street 1",
      }),
    ],
    ["poll", said("Tea or coffee?")],
    ["dice", said("🎲")],
    ["blocked", { happening: { kind: "blocked" } }],
    ["unblocked", { happening: { kind: "unblocked" } }],
  ])("%s says what happened, to whom, under the update's own id", (name, expected) => {
    const { events } = fromTelegram(updates[name], alone);
    expect(events).toEqual([expect.objectContaining({ from: "55", externalId: `u${updates[name].update_id}` })]);
    expect(events[0]).toMatchObject(expected);
  });

  it("of somebody else's card leaves the phone alone", () => {
    const [event] = fromTelegram(updates.otherContact, alone).events;
    expect(event?.profile).toEqual({ firstName: "Ann" });
    // A phone question does not take it for an answer.
    expect(event?.happening).toMatchObject({ message: { text: expect.stringMatching(/^\S+.*: \+\d+$/) } });
    expect(event?.happening).not.toHaveProperty("message.sharedPhone");
  });

  it("of a card of nobody in particular leaves the phone alone", () => {
    const { message, ...rest } = updates.ownContact;
    const { from: _from, ...anonymous } = message ?? expect.fail();
    const contact = { phone_number: "79161234567", first_name: "Ann" };
    expect(fromTelegram({ ...rest, message: { ...anonymous, contact } }, alone).events[0]?.profile).toEqual({});
  });

  it("of a press wants its answer, also where the press means nothing to us", () => {
    expect(fromTelegram(updates.press, alone).callbackQueryId).toBe("4382");
    const { data: _data, ...game } = updates.press.callback_query ?? expect.fail();
    expect(fromTelegram({ update_id: 1, callback_query: game }, alone)).toEqual({
      events: [],
      callbackQueryId: "4382",
    });
  });

  it("of a group, of a kind unknown to us, or of no words, means nothing", () => {
    expect(fromTelegram(updates.service, alone)).toEqual({ events: [] });
    expect(fromTelegram(updates.group, alone)).toEqual({ events: [] });
    expect(fromTelegram({ update_id: 1, poll: {} } as unknown as Update, alone)).toEqual({ events: [] });
  });
});

describe("several files that were sent as one", () => {
  it("say that they belong together", () => {
    const { message, ...rest } = updates.photo;
    const part = { ...rest, message: { ...(message ?? expect.fail()), media_group_id: "g7" } } as Update;
    expect(fromTelegram(part, alone).events[0]?.happening).toMatchObject({ message: { album: "g7" } });
  });
});

describe("a group", () => {
  const rules = { groups: true, username: "Standin_bot" };
  const chat = { id: -1007, type: "supergroup", title: "Chess friends" };
  const from = { id: 55, is_bot: false, first_name: "Ann" };
  const wrote = (text: string, more: object = {}) =>
    fromTelegram({ update_id: 9, message: { message_id: 3, chat, from, text, ...more } }, rules).events;
  const own = { from: { id: 1, first_name: "Stand-in", username: "standin_bot" } };

  it.each<[string, object, object, object]>([
    ["a command", { text: "/price" }, {}, { kind: "message", message: { text: "/price" } }],
    ["a command for this bot", { text: "/price@standin_bot now" }, {}, { message: { text: "/price now" } }],
    ["a start with data", { text: "/start@standin_bot abc" }, {}, { kind: "start", payload: "abc" }],
    ["a mention", { text: "hey @Standin_Bot what is on?" }, {}, { message: { text: "hey  what is on?" } }],
    ["an answer to the bot", { text: "yes" }, { reply_to_message: own }, { message: { text: "yes" } }],
  ])("is heard by %s, and is the contact itself", (_what, { text }: { text?: string }, more, happening) => {
    const events = wrote(text ?? "", more);
    expect(events).toEqual([expect.objectContaining({ from: "-1007", profile: { name: "Chess friends" } })]);
    expect(events[0]?.happening).toMatchObject(happening);
    expect(events[0]).not.toHaveProperty("username");
  });

  it.each<[string, string, object]>([
    ["talk among people", "who plays white?", {}],
    ["a command for another bot", "/price@other_bot", {}],
    ["a mention of a longer name", "ask @standin_bot2", {}],
    ["an answer to a person", "yes", { reply_to_message: { from: { id: 2, first_name: "Bo", username: "bo" } } }],
  ])("is not heard by %s", (_what, text, more) => {
    expect(wrote(text, more)).toEqual([]);
  });

  it("presses buttons, is left, and makes no contact by either of the latter", () => {
    const press = { id: "1", from, data: "f:s:b", message: { message_id: 8, chat } };
    expect(fromTelegram({ update_id: 1, callback_query: press }, rules).events).toMatchObject([
      { from: "-1007", happening: { kind: "button", payload: "f:s:b", mid: "8" } },
    ]);
    const left = { chat, from, new_chat_member: { status: "left" } };
    expect(fromTelegram({ update_id: 1, my_chat_member: left }, rules).events).toMatchObject([
      { from: "-1007", happening: { kind: "blocked" }, onlyKnown: true },
    ]);
    expect(fromTelegram({ update_id: 1, my_chat_member: left }, alone).events).toEqual([]);
  });

  it("of a channel's posts nothing is heard", () => {
    const post = { message_id: 3, chat: { ...chat, type: "channel" }, text: "/price" };
    expect(fromTelegram({ update_id: 9, channel_post: post } as never, rules)).toEqual({ events: [] });
    expect(fromTelegram({ update_id: 9, message: post }, rules)).toEqual({ events: [] });
  });
});

import { describe, expect, it } from "vitest";
import type { MediaKind, MessageContent } from "../../model/message.ts";
import { telegram } from "./telegram.channel.ts";
import { toEdit, toTelegram } from "./to-telegram.ts";

const { capabilities } = telegram;
const content = (part: Partial<MessageContent>): MessageContent => ({
  attachments: [],
  buttons: [],
  quickReplies: [],
  ...part,
});
const press = { type: "press" as const, title: "Go", payload: "f:s:go" };

describe("a message for Telegram", () => {
  it("with a text is one call", () => {
    expect(toTelegram(content({ text: "hi" }), "5", capabilities)).toEqual([
      { method: "sendMessage", payload: { chat_id: "5", text: "hi" } },
    ]);
  });

  it("shows buttons and quick replies under it, one a row", () => {
    const buttons = [press, { type: "url" as const, title: "Open", url: "https://example.com" }];
    const [call] = toTelegram(
      content({ text: "hi", buttons, quickReplies: [{ title: "Yes", payload: "f:s:y" }] }),
      "5",
      capabilities,
    );
    expect(call?.payload.reply_markup).toEqual({
      inline_keyboard: [
        [{ text: "Go", callback_data: "f:s:go" }],
        [{ text: "Open", url: "https://example.com" }],
        [{ text: "Yes", callback_data: "f:s:y" }],
      ],
    });
  });

  it("with a picture and a short text is one call with a caption", () => {
    const calls = toTelegram(
      content({ text: "look", attachments: [{ kind: "image", url: "https://e.com/a.png" }], buttons: [press] }),
      "5",
      capabilities,
    );
    expect(calls).toEqual([
      {
        method: "sendPhoto",
        payload: {
          chat_id: "5",
          photo: "https://e.com/a.png",
          caption: "look",
          reply_markup: { inline_keyboard: [[{ text: "Go", callback_data: "f:s:go" }]] },
        },
      },
    ]);
  });

  it("with a text too long for a caption is a text, then the picture", () => {
    const calls = toTelegram(
      content({ text: "x".repeat(1025), attachments: [{ kind: "image", url: "u" }] }),
      "5",
      capabilities,
    );
    expect(calls.map(({ method }) => method)).toEqual(["sendMessage", "sendPhoto"]);
  });

  it("with files that do not go together sends each with its own method", () => {
    const kinds = ["image", "audio", "video", "voice", "file"] as const;
    const calls = toTelegram(
      content({ text: "all", attachments: kinds.map((kind) => ({ kind, url: kind })) }),
      "5",
      capabilities,
    );
    expect(calls.map(({ method }) => method)).toEqual([
      "sendMessage",
      "sendPhoto",
      "sendAudio",
      "sendVideo",
      "sendVoice",
      "sendDocument",
    ]);
  });

  it("longer than 4096 is several calls, the buttons under the last", () => {
    const text = `${"word ".repeat(1000)}\n\n${"line\n".repeat(900)}`;
    const calls = toTelegram(content({ text, buttons: [press] }), "5", capabilities);
    expect(calls.length).toBeGreaterThan(2);
    expect(calls.every(({ payload }) => String(payload.text).length <= 4096)).toBe(true);
    expect(
      calls
        .map(({ payload }) => payload.text)
        .join(" ")
        .replace(/\s+/g, ""),
    ).toBe(text.replace(/\s+/g, ""));
    expect(calls.map(({ payload }) => payload.reply_markup !== undefined)).toEqual([
      ...calls.slice(1).map(() => false),
      true,
    ]);
  });
});

const files = (...kinds: readonly MediaKind[]) => kinds.map((kind, index) => ({ kind, url: `${kind}${index}` }));
const calls = (part: Partial<MessageContent>, chat = "5") => toTelegram(content(part), chat, capabilities);
const methods = (part: Partial<MessageContent>) => calls(part).map(({ method }) => method);

describe("several files of one message", () => {
  it("are an album with the text as its caption", () => {
    expect(calls({ text: "look", attachments: files("image", "video", "image") })).toEqual([
      {
        method: "sendMediaGroup",
        payload: {
          chat_id: "5",
          media: [
            { type: "photo", media: "image0", caption: "look" },
            { type: "video", media: "video1" },
            { type: "photo", media: "image2" },
          ],
        },
      },
    ]);
  });

  it("have the text below the last where they are documents", () => {
    const [album] = calls({ text: "read", attachments: files("file", "file") });
    expect(album?.payload.media).toEqual([
      { type: "document", media: "file0" },
      { type: "document", media: "file1", caption: "read" },
    ]);
  });

  it.each<[readonly MediaKind[], readonly string[]]>([
    [
      ["image", "file"],
      ["sendPhoto", "sendDocument"],
    ],
    [["audio", "audio"], ["sendMediaGroup"]],
    [
      ["voice", "voice"],
      ["sendVoice", "sendVoice"],
    ],
    [
      ["image", "image", "file", "file", "image"],
      ["sendMediaGroup", "sendMediaGroup", "sendPhoto"],
    ],
  ])("of the kinds %j are %j", (kinds, expected) => {
    expect(methods({ attachments: files(...kinds) })).toEqual(expected);
  });

  it("are albums of at most ten", () => {
    const many = files(...Array.from({ length: 21 }, () => "image" as const));
    const sizes = calls({ attachments: many }).map(({ payload }) => (payload.media as object[] | undefined)?.length);
    expect(sizes).toEqual([10, 10, undefined]);
  });

  it("stand above the text that carries the buttons, or leave their last to carry them", () => {
    const withText = calls({ text: "which?", attachments: files("image", "image"), buttons: [press] });
    expect(withText.map(({ method }) => method)).toEqual(["sendMediaGroup", "sendMessage"]);
    const without = calls({ attachments: files("image", "image", "image"), buttons: [press] });
    expect(without.map(({ method }) => method)).toEqual(["sendMediaGroup", "sendPhoto"]);
    for (const all of [withText, without]) {
      expect(all.map(({ payload }) => payload.reply_markup !== undefined)).toEqual([false, true]);
    }
  });
});

describe("a place", () => {
  it("is a point, or a venue where it has a name", () => {
    const point = { latitude: 55.75, longitude: 37.62 };
    expect(calls({ text: "here", location: point })).toEqual([
      { method: "sendMessage", payload: { chat_id: "5", text: "here" } },
      { method: "sendLocation", payload: { chat_id: "5", ...point } },
    ]);
    expect(calls({ location: { ...point, title: "Club" } })).toEqual([
      { method: "sendVenue", payload: { chat_id: "5", ...point, title: "Club", address: "Club" } },
    ]);
  });
});

describe("a keyboard beside the input", () => {
  const yes = { title: "Yes", payload: "f:s:y" };
  const phone = { title: "My phone", payload: "f:s:p", request: "phone" as const };

  it("asks for the phone and the place, and goes once used", () => {
    const quickReplies = [phone, { title: "Where I am", payload: "f:s:l", request: "location" as const }, yes];
    expect(calls({ text: "How?", quickReplies })[0]?.payload.reply_markup).toEqual({
      keyboard: [
        [{ text: "My phone", request_contact: true }],
        [{ text: "Where I am", request_location: true }],
        [{ text: "Yes" }],
      ],
      resize_keyboard: true,
      one_time_keyboard: true,
    });
  });

  it("stays, or is taken away", () => {
    expect(calls({ text: "Menu", quickReplies: [yes], keyboard: "stays" })[0]?.payload.reply_markup).toMatchObject({
      keyboard: [[{ text: "Yes" }]],
      one_time_keyboard: false,
    });
    expect(calls({ text: "Done", keyboard: "remove" })[0]?.payload.reply_markup).toEqual({ remove_keyboard: true });
  });

  it("comes with a message of its own where the other has buttons", () => {
    const [first, second, ...others] = calls({ text: "How?", buttons: [press], quickReplies: [phone] });
    expect(first?.payload.reply_markup).toHaveProperty("inline_keyboard");
    expect(second?.payload).toMatchObject({ text: expect.any(String), reply_markup: { keyboard: expect.any(Array) } });
    expect(others).toEqual([]);
  });

  it("in a group asks in words", () => {
    const [call] = calls({ text: "How?", quickReplies: [phone] }, "-1007");
    expect(call?.payload).toEqual({ chat_id: "-1007", text: "How?\n\nMy phone" });
  });
});

describe("a message that takes the place of another", () => {
  it("is the other's new text with its buttons, or its new file", () => {
    expect(toEdit(calls({ text: "Two", buttons: [press] }), "8")).toEqual({
      method: "editMessageText",
      payload: {
        chat_id: "5",
        message_id: 8,
        text: "Two",
        reply_markup: { inline_keyboard: [[{ text: "Go", callback_data: "f:s:go" }]] },
      },
    });
    expect(toEdit(calls({ text: "b", attachments: files("image") }), "8")).toEqual({
      method: "editMessageMedia",
      payload: { chat_id: "5", message_id: 8, media: { type: "photo", media: "image0", caption: "b" } },
    });
  });

  it.each<[string, Partial<MessageContent>]>([
    ["more than one call shows it", { text: "x".repeat(5000) }],
    ["it has a keyboard beside the input", { text: "a", keyboard: "remove" }],
    ["it is a voice message", { attachments: files("voice") }],
    ["it is an album", { attachments: files("image", "image") }],
  ])("is said anew where %s", (_why, part) => {
    expect(toEdit(calls(part), "8")).toBeUndefined();
  });
});

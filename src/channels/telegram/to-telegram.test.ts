import { describe, expect, it } from "vitest";
import type { MessageContent } from "../../model/message.ts";
import { telegram } from "./telegram.channel.ts";
import { toTelegram } from "./to-telegram.ts";

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

  it("with several files sends each with its own method", () => {
    const kinds = ["image", "video", "audio", "voice", "file"] as const;
    const calls = toTelegram(
      content({ text: "all", attachments: kinds.map((kind) => ({ kind, url: kind })) }),
      "5",
      capabilities,
    );
    expect(calls.map(({ method }) => method)).toEqual([
      "sendMessage",
      "sendPhoto",
      "sendVideo",
      "sendAudio",
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

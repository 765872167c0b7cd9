import { describe, expect, it } from "vitest";
import type { MessageContent } from "../../model/message.ts";
import { toViber, toWelcome } from "./to-viber.ts";
import { viber } from "./viber.channel.ts";

const { capabilities } = viber;
const content = (part: Partial<MessageContent>): MessageContent => ({
  attachments: [],
  buttons: [],
  quickReplies: [],
  ...part,
});
const press = { type: "press" as const, title: "Go", payload: "f:s:go" };
const yes = { title: "Yes", payload: "f:s:y" };
const key = (title: string, payload: string) => ({
  Columns: 6,
  Rows: 1,
  Text: title,
  ActionType: "reply",
  ActionBody: JSON.stringify({ press: payload, title }),
  Silent: true,
});
const of = (part: Partial<MessageContent>) => toViber(content(part), capabilities);

describe("a message for Viber", () => {
  it("with a text is one message", () => {
    expect(of({ text: "hi" })).toEqual([{ type: "text", text: "hi" }]);
  });

  it("with a place ends in its point, which carries the keyboard; its words are text", () => {
    const location = { latitude: 44.8, longitude: 20.46, title: "Club" };
    const [text, point, ...others] = of({ text: "hi", location, buttons: [press] });
    expect(text).toEqual({ type: "text", text: "hi\n\nClub" });
    expect(point).toMatchObject({ type: "location", location: { lat: "44.8", lon: "20.46" } });
    expect(point?.keyboard).toMatchObject({ Buttons: [key("Go", "f:s:go")] });
    expect(others).toEqual([]);
  });

  it("says a place in the welcome, which is one message, by a link to a map", () => {
    const location = { latitude: 44.8, longitude: 20.46, title: "Club" };
    const welcome = toWelcome([content({ text: "hi" }), content({ location })], capabilities);
    expect(welcome).toMatchObject({ type: "text", text: expect.stringContaining("mlat=44.8&mlon=20.46") });
  });

  it("shows buttons, or quick replies, beside the input", () => {
    const url = { type: "url" as const, title: "Open <b> & see", url: "https://example.com" };
    expect(of({ text: "hi", buttons: [press, url] })).toEqual([
      {
        type: "text",
        text: "hi",
        keyboard: {
          Type: "keyboard",
          DefaultHeight: false,
          Buttons: [
            key("Go", "f:s:go"),
            { Columns: 6, Rows: 1, Text: "Open &lt;b&gt; &amp; see", ActionType: "open-url", ActionBody: url.url },
          ],
        },
      },
    ]);
    expect(of({ text: "hi", quickReplies: [yes] })[0]?.keyboard).toMatchObject({ Buttons: [key("Yes", "f:s:y")] });
  });

  it("asks for the phone and the place by keys that share them", () => {
    const phone = { title: "My phone", payload: "f:s:p", request: "phone" as const };
    const place = { title: "My place", payload: "f:s:l", request: "location" as const };
    const look = (title: string) => ({ Columns: 6, Rows: 1, Text: title });
    expect(of({ text: "hi", quickReplies: [phone, place, yes] })[0]?.keyboard).toMatchObject({
      Buttons: [
        { ...look("My phone"), ActionType: "share-phone", ActionBody: "phone" },
        { ...look("My place"), ActionType: "location-picker", ActionBody: "location" },
        key("Yes", "f:s:y"),
      ],
    });
  });

  it("with both shows the buttons in the chat and the quick replies beside the input", () => {
    const buttons = Array.from({ length: 9 }, (_, index) => ({ ...press, title: `B${index}` }));
    const [text, rich] = of({ text: "hi", buttons, quickReplies: [yes] });
    expect(text).toEqual({ type: "text", text: "hi" });
    expect(rich).toMatchObject({
      type: "rich_media",
      alt_text: expect.stringContaining("B8"),
      rich_media: { ButtonsGroupColumns: 6, ButtonsGroupRows: 7, Buttons: { length: 9 } },
      keyboard: { Buttons: [key("Yes", "f:s:y")] },
    });
  });

  it("with a picture and a short text is one message, with a long text two", () => {
    const attachments = [{ kind: "image" as const, url: "https://e.com/a.png" }];
    expect(of({ text: "look", attachments })).toEqual([
      { type: "picture", media: "https://e.com/a.png", text: "look" },
    ]);
    expect(of({ text: "x".repeat(769), attachments }).map(({ type }) => type)).toEqual(["text", "picture"]);
  });

  it.each([
    ["a picture that Viber does not show", { kind: "image" as const, url: "https://e.com/a.webp" }],
    ["a picture that is too large", { kind: "image" as const, url: "https://e.com/a.png", size: 2_000_000 }],
    ["a video of unknown size", { kind: "video" as const, url: "https://e.com/a.mp4" }],
    ["a video that is too large", { kind: "video" as const, url: "https://e.com/a.mp4", size: 30_000_000 }],
    ["a file of unknown size", { kind: "file" as const, url: "https://e.com/a.pdf" }],
  ])("shows %s as a link", (_name, file) => {
    expect(of({ text: "hi", attachments: [{ ...file, name: "Look" }] })).toEqual([
      { type: "text", text: "hi" },
      { type: "text", text: `Look: ${file.url}` },
    ]);
  });

  it("gives the size of a video, and a file's name", () => {
    const video = { kind: "video" as const, url: "https://e.com/a.mp4", size: 5 };
    const file = { kind: "file" as const, url: "https://e.com/docs/price.pdf?v=1", size: 7 };
    expect(of({ attachments: [video, file] })).toEqual([
      { type: "video", media: video.url, size: 5 },
      { type: "file", media: file.url, size: 7, file_name: "price.pdf" },
    ]);
  });
});

describe("a welcome", () => {
  it("says in one message what several messages say, with all their buttons as the keyboard", () => {
    const contents = [content({ text: "Hello" }), content({ text: "Choose", buttons: [press], quickReplies: [yes] })];
    expect(toWelcome(contents, capabilities)).toEqual({
      type: "text",
      text: "Hello\n\nChoose",
      keyboard: { Type: "keyboard", DefaultHeight: false, Buttons: [key("Go", "f:s:go"), key("Yes", "f:s:y")] },
    });
  });

  it("shows one picture, and links to more files", () => {
    const image = { kind: "image" as const, url: "https://e.com/a.png" };
    const file = { kind: "file" as const, url: "https://e.com/a.pdf", name: "Price" };
    expect(toWelcome([content({ text: "look", attachments: [image] })], capabilities)).toMatchObject({
      type: "picture",
    });
    expect(toWelcome([content({ text: "look", attachments: [image, file] })], capabilities)).toEqual({
      type: "picture",
      media: image.url,
      text: `look\n\nPrice: ${file.url}`,
    });
    expect(toWelcome([content({ text: "look", attachments: [image, image] })], capabilities)).toEqual({
      type: "text",
      text: `look\n\n${image.url}\n\n${image.url}`,
    });
  });

  it("is none of nothing, nor of more than one message holds", () => {
    expect(toWelcome([], capabilities)).toBeUndefined();
    expect(toWelcome([content({ text: "x".repeat(7001) })], capabilities)).toBeUndefined();
  });
});

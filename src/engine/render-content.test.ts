import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MessageContent, mediaKinds } from "../model/message.ts";
import type { ChannelCapabilities } from "./channel-type.ts";
import { renderForChannel, splitText } from "./render-content.ts";

const plain: ChannelCapabilities = {
  textLength: 100,
  buttons: 2,
  buttonTitleLength: 10,
  quickReplies: 0,
  media: ["image"],
  rates: { bulkPerSecond: 1, perChatPerSecond: 1, chatBurst: 1 },
};
const content = (part: Partial<MessageContent>): MessageContent => ({
  attachments: [],
  buttons: [],
  quickReplies: [],
  ...part,
});

describe("a message on a channel that cannot show all of it", () => {
  it("numbers buttons and quick replies in the order in which a typed number is read", () => {
    const buttons = ["a", "b", "c"].map((title) => ({ type: "press" as const, title, payload: title }));
    const [part] = renderForChannel(
      content({ text: "Choose", buttons, quickReplies: [{ title: "d", payload: "d" }] }),
      plain,
    );
    expect(part).toEqual(content({ text: "Choose\n\n1. a\n2. b\n3. c\n\n4. d" }));
  });

  it("writes a file that it does not know as a link", () => {
    const attachments = [
      { kind: "image" as const, url: "https://e/a.png" },
      { kind: "video" as const, url: "https://e/v.mp4" },
    ];
    expect(renderForChannel(content({ text: "See", attachments }), plain)).toEqual([
      content({ text: "See\n\nhttps://e/v.mp4", attachments: attachments.slice(0, 1) }),
    ]);
  });

  it("cuts a long title and says it whole in the text", () => {
    const [part] = renderForChannel(
      content({ text: "Hi", buttons: [{ type: "press", title: "A very long title", payload: "p" }] }),
      plain,
    );
    expect(part?.buttons[0]?.title).toBe("A very lo…");
    expect(part?.text).toContain("A very long title");
  });

  it("gives no number to a button that opens a page", () => {
    const buttons = [
      { type: "url" as const, title: "Site", url: "https://e" },
      { type: "press" as const, title: "Yes", payload: "y" },
      { type: "press" as const, title: "No", payload: "n" },
    ];
    const quickReplies = [{ title: "Later", payload: "l" }];
    const [part] = renderForChannel(content({ text: "Well?", buttons, quickReplies }), plain);
    expect(part?.text).toBe("Well?\n\nSite: https://e\n1. Yes\n2. No\n\n3. Later");
  });

  it("names a file that nobody can fetch", () => {
    const attachments = [{ kind: "image" as const, name: "cat.png" }, { kind: "video" as const }];
    expect(renderForChannel(content({ attachments }), plain)).toEqual([content({ text: "cat.png\n\n[video]" })]);
  });

  it("splits at a paragraph, else a line, else a word", () => {
    const words = "one two three four";
    expect(splitText(`${words}\n\n${words}\n${words}`, 45)).toEqual([words, `${words}\n${words}`]);
    expect(splitText(`${words}\n${words} ${words}`, 30)).toEqual([words, `${words} one two`, "three four"]);
    expect(splitText(words, 10)).toEqual(["one two", "three four"]);
    expect(splitText("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
    expect(splitText("ab😀cd", 3)).toEqual(["ab", "😀c", "d"]);
  });

  it("loses no letter of a text and keeps every part within the limit", () => {
    const texts = fc.string({ unit: fc.constantFrom("a", " ", "\n", "\n\n", "😀", "слово"), maxLength: 400 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 5, max: 60 }), (text, longest) => {
        const parts = splitText(text, longest);
        expect(parts.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(longest);
          expect(part.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  const text = fc.string({ unit: fc.constantFrom("a", " ", "\n", "😀", "слово"), maxLength: 80 });
  const title = text.filter((value) => value.trim() !== "");
  const url = fc.nat().map((number) => `https://e.example/${number}`);
  const contents: fc.Arbitrary<MessageContent> = fc.record({
    text,
    attachments: fc.array(
      fc.record({ kind: fc.constantFrom(...mediaKinds), url, name: title }, { requiredKeys: ["kind", "url"] }),
      { maxLength: 4 },
    ),
    buttons: fc.array(
      fc.oneof(
        fc.record({ type: fc.constant("press" as const), title, payload: text }),
        fc.record({ type: fc.constant("url" as const), title, url }),
      ),
      { maxLength: 6 },
    ),
    quickReplies: fc.array(fc.record({ title, payload: text }), { maxLength: 6 }),
  });
  const channels: fc.Arbitrary<ChannelCapabilities> = fc.record({
    textLength: fc.integer({ min: 20, max: 200 }),
    buttons: fc.nat(6),
    buttonTitleLength: fc.integer({ min: 5, max: 60 }),
    quickReplies: fc.nat(6),
    media: fc.subarray([...mediaKinds]),
    rates: fc.constant(plain.rates),
  });

  it("loses nothing, whatever the message and the channel are, and gives it nothing that it cannot show", () => {
    fc.assert(
      fc.property(contents, channels, (message, channel) => {
        const parts = renderForChannel(message, channel);
        const last = parts.at(-1) ?? expect.fail();
        for (const { text: shown = "" } of parts) {
          expect(shown.length).toBeLessThanOrEqual(channel.textLength);
          expect(shown.isWellFormed()).toBe(true);
        }
        for (const part of parts.slice(0, -1)) expect(part).toEqual(content({ text: part.text ?? "" }));
        expect(last.buttons.length).toBeLessThanOrEqual(channel.buttons);
        expect(last.quickReplies.length).toBeLessThanOrEqual(channel.quickReplies);
        const titles = [...last.buttons, ...last.quickReplies].map((button) => button.title);
        for (const one of titles) expect(one.length).toBeLessThanOrEqual(channel.buttonTitleLength);
        for (const { kind } of last.attachments) expect(channel.media).toContain(kind);

        const seen = [
          ...parts.map((part) => part.text ?? ""),
          ...titles,
          ...last.attachments.flatMap((file) => [file.url, file.name]),
          ...last.buttons.map((button) => (button.type === "url" ? button.url : "")),
        ];
        const everything = seen.join("").replace(/\s/g, "");
        const said = [
          message.text,
          ...message.buttons.flatMap((button) => [button.title, button.type === "url" ? button.url : ""]),
          ...message.quickReplies.map((reply) => reply.title),
          ...message.attachments.flatMap((file) => [file.url, file.name]),
        ];
        for (const one of said) expect(everything).toContain((one ?? "").replace(/\s/g, ""));
      }),
    );
  });
});

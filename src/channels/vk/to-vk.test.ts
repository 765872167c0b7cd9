import { describe, expect, it } from "vitest";
import type { MessageContent } from "../../model/message.ts";
import { toVk } from "./to-vk.ts";
import { vk } from "./vk.channel.ts";

const of = (part: Partial<MessageContent>, isUploaded = true) =>
  toVk(
    { attachments: [], buttons: [], quickReplies: [], ...part },
    ({ url }) => (isUploaded ? `doc_${url}` : undefined),
    vk.capabilities,
  );
const press = (title: string) => ({ type: "press" as const, title, payload: `f:s:${title}` });
const key = (title: string) => ({
  action: { type: "text", label: title, payload: JSON.stringify({ p: `f:s:${title}`, t: title }) },
  color: "secondary",
});
const many = (count: number) => Array.from({ length: count }, (_, index) => press(`B${index}`));
const shapeOf = (keyboard: object | undefined) =>
  (keyboard as { buttons: unknown[][] } | undefined)?.buttons.map((row) => row.length);

describe("a message for VK", () => {
  it("with a text is one call", () => {
    expect(of({ text: "hi" })).toEqual([{ message: "hi", attachments: [] }]);
  });

  it("with a place has its point, and its words as text", () => {
    const location = { latitude: 59.93, longitude: 30.31, title: "Club", address: "Nevsky 1" };
    const point = { lat: 59.93, long: 30.31 };
    expect(of({ text: "hi", location })).toEqual([{ message: "hi\n\nClub\nNevsky 1", attachments: [], point }]);
    expect(of({ location: { latitude: 59.93, longitude: 30.31 } })).toEqual([
      { message: "📍", attachments: [], point },
    ]);
  });

  it("shows buttons in the chat, one a row, and links among them", () => {
    const url = { type: "url" as const, title: "Open", url: "https://e.com" };
    expect(of({ text: "hi", buttons: [press("Go"), url] })[0]?.keyboard).toEqual({
      inline: true,
      buttons: [[key("Go")], [{ action: { type: "open_link", label: "Open", link: "https://e.com" } }]],
    });
  });

  it("shows quick replies beside the input until one is used", () => {
    expect(of({ text: "hi", quickReplies: [{ title: "Yes", payload: "f:s:Yes" }] })[0]?.keyboard).toEqual({
      one_time: true,
      buttons: [[key("Yes")]],
    });
  });

  it.each([
    [6, true, [1, 1, 1, 1, 1, 1]],
    [10, true, [2, 2, 2, 2, 2]],
    [11, undefined, [2, 2, 2, 2, 2, 1]],
    [20, undefined, Array.from({ length: 10 }, () => 2)],
  ])("lays %i buttons out within VK's limits", (count, inline, shape) => {
    const [call] = of({ text: "hi", buttons: many(count) });
    expect(call?.keyboard).toHaveProperty(inline === true ? "inline" : "one_time", true);
    expect(shapeOf(call?.keyboard)).toEqual(shape);
  });

  it("asks for the place by VK's own button, which has a row for itself", () => {
    const place = { title: "My place", payload: "f:s:l", request: "location" as const };
    const phone = { title: "My phone", payload: "f:s:p", request: "phone" as const };
    const replies = many(19).map(({ title, payload }) => ({ title, payload }));
    const [call] = of({ text: "hi", quickReplies: [place, ...replies] });
    expect(call?.keyboard).toHaveProperty("buttons.0", [{ action: { type: "location" } }]);
    expect(shapeOf(call?.keyboard)).toEqual([1, 3, 3, 3, 3, 3, 3, 1]);
    const places = Array.from({ length: 12 }, () => place);
    const [asked] = of({ text: "hi", quickReplies: [...places, ...replies.slice(0, 2)] });
    expect(shapeOf(asked?.keyboard)).toEqual([1, 1, 1]);
    // VK has no button for the phone: it is asked for in words.
    expect(of({ text: "hi", quickReplies: [phone] })).toEqual([{ message: "hi\n\nMy phone", attachments: [] }]);
  });

  it("makes numbered lines of more buttons than it shows, and keeps a long title whole in the text", () => {
    expect(of({ text: "hi", buttons: many(21) })).toMatchObject([{ message: expect.stringContaining("21. B20") }]);
    const title = "x".repeat(41);
    const [call] = of({ text: "hi", buttons: [press(title)] });
    expect(call?.message).toBe(`hi\n\n${title}`);
  });

  it("has ten files at most, and the buttons under the last of several", () => {
    const attachments = Array.from({ length: 12 }, (_, index) => ({ kind: "file" as const, url: String(index) }));
    const calls = of({ text: "hi", attachments, buttons: [press("Go")] });
    expect(calls.map(({ message, attachments: files }) => [message, files.length])).toEqual([
      ["hi", 10],
      ["", 2],
    ]);
    expect(calls.map(({ keyboard }) => keyboard !== undefined)).toEqual([false, true]);
  });

  it("links to a file that could not be given to VK", () => {
    const attachments = [{ kind: "file" as const, url: "https://e.com/a.mp3", name: "Song" }];
    expect(of({ text: "hi", attachments }, false)).toEqual([
      { message: "hi\n\nSong: https://e.com/a.mp3", attachments: [] },
    ]);
  });

  it("of nothing is none", () => {
    expect(of({ text: " " })).toEqual([]);
  });
});

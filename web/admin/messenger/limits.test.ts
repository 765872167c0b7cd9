import { describe, expect, it } from "vitest";
import { messageContentSchema } from "../../../src/model/message.ts";
import { findLimits } from "./limits.ts";

const can = {
  textLength: 10,
  buttons: 1,
  buttonTitleLength: 5,
  quickReplies: 0,
  media: ["image"],
  rates: { bulkPerSecond: 1, perChatPerSecond: 1, chatBurst: 1 },
} as const;

describe("the limits of a channel", () => {
  it("are silent about what fits", () => {
    const content = messageContentSchema.parse({
      text: "0123456789",
      buttons: [{ type: "press", title: "Go", payload: "" }],
    });
    expect(findLimits(content, can)).toEqual([]);
  });

  it("name each thing that the channel cannot do", () => {
    const content = messageContentSchema.parse({
      text: "0123456789a",
      buttons: [
        { type: "press", title: "Go on", payload: "" },
        { type: "url", title: "Go back", url: "https://a.example" },
      ],
      quickReplies: [{ title: "x", payload: "" }],
      attachments: [{ kind: "image" }, { kind: "video" }],
    });
    expect(findLimits(content, can)).toEqual([
      { kind: "text", length: 11, most: 10 },
      { kind: "buttons", count: 2, most: 1 },
      { kind: "quickReplies", count: 1, most: 0 },
      { kind: "title", title: "Go back", most: 5 },
      { kind: "media", media: "video" },
    ]);
  });
});

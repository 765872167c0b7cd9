import { describe, expect, it } from "vitest";
import { aContact } from "../../test/builders.ts";
import type { MessageContent } from "../model/message.ts";
import { toLiveChatBody } from "./uchat-message.ts";

const at = Date.UTC(2026, 0, 15, 12, 0, 0, 700);
const said = (parts: Partial<MessageContent>): MessageContent => ({
  attachments: [],
  buttons: [],
  quickReplies: [],
  ...parts,
});
const image = { kind: "image", url: "https://files.example/cat.png" } as const;
const berlin = { latitude: 52.5, longitude: 13.4 };
const map = "https://www.openstreetmap.org/?mlat=52.5&mlon=13.4#map=16/52.5/13.4";

describe("UChat's live-chat webhook", () => {
  it.each([
    [
      "a text",
      said({ text: "help" }),
      "m1",
      { mid: "m1", msg_type: "text", content: "help", payload: { text: "help", url: "" } },
    ],
    [
      "a press, which has no id in the channel",
      said({ text: "Yes" }),
      undefined,
      { mid: "31", msg_type: "text", content: "Yes" },
    ],
    [
      "an image",
      said({ attachments: [image] }),
      "m2",
      { msg_type: "image", content: image.url, payload: { text: "", url: image.url } },
    ],
    [
      "an image with words",
      said({ text: "my cat", attachments: [image] }),
      "m2",
      { msg_type: "image", content: "my cat", payload: { text: "my cat", url: image.url } },
    ],
    ["a voice message", said({ attachments: [{ ...image, kind: "voice" }] }), "m3", { msg_type: "audio" }],
    [
      "a file that the platform keeps",
      said({ attachments: [{ kind: "file", fileId: "f" }] }),
      "m4",
      { msg_type: "file", content: "", payload: { text: "", url: "" } },
    ],
    ["a place", said({ location: berlin }), "m5", { msg_type: "text", content: map, payload: { text: map, url: "" } }],
    [
      "a place with words",
      said({ text: "here", location: { ...berlin, title: "Home" } }),
      "m5",
      { content: `here\nHome\n${map}` },
    ],
  ])("tells of %s", (_what, content, externalId, expected) => {
    const contact = aContact({ id: 7, botId: 3 });
    const body = toLiveChatBody({ content, externalId, at }, { id: 31, contact, workspaceId: 5 });
    expect(body).toMatchObject({
      meta: { user_ns: "f3u7", agent_id: 0, flow_ns: "f3", team_id: 5 },
      message: { _id: 31, id: 31, type: "in", sender_id: "f3u7", agent_id: 0, ts: 1_768_478_400, ...expected },
    });
  });

  it("names the agent whom the conversation is assigned to", () => {
    const contact = aContact({ conversation: { status: "open", agent: 12 } });
    const body = toLiveChatBody({ content: said({ text: "hi" }), at }, { id: 31, contact, workspaceId: 5 });
    expect(body).toMatchObject({ meta: { agent_id: 12 }, message: { agent_id: 12 } });
  });
});

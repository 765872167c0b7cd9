import { describe, expect, it } from "vitest";
import { outboundToLoopback, platformOnLoopback } from "../../../test/outbound.ts";
import { webchat } from "./webchat.channel.ts";

describe("settings", () => {
  it("need nothing", () => {
    expect(webchat.settings.parse({})).toMatchObject({
      title: "",
      accent: "#2563eb",
      position: "right",
      allowedOrigins: [],
    });
  });

  it("take the address of a page for its origin", () => {
    const { allowedOrigins } = webchat.settings.parse({ allowedOrigins: ["https://Shop.example:443/chess?a=1"] });
    expect(allowedOrigins).toEqual(["https://shop.example"]);
  });

  it.each([{ accent: "blue" }, { accent: "#12345" }, { position: "top" }, { allowedOrigins: ["ftp://a.example"] }])(
    "refuse %j",
    (settings) => {
      expect(webchat.settings.safeParse(settings).success).toBe(false);
    },
  );
});

describe("an entry link", () => {
  it("opens the bot's chat page with the payload", () => {
    const channel = { id: 1, botId: 1, settings: webchat.settings.parse({}) };
    const context = { publicUrl: "https://chat.example", botRef: "demo" };
    expect(webchat.entryUrl?.(channel, "eyJlIjoiZW1haWxAZ21haWwuY29tIn0", context)).toBe(
      "https://chat.example/chat/demo?start=eyJlIjoiZW1haWxAZ21haWwuY29tIn0",
    );
  });
});

it("has nothing to push: a stored message has been sent, and open pages are told", async () => {
  const announced: number[] = [];
  const request = { messageId: 5, contactId: 7, recipient: "v", onPartSent: async () => {} };
  const content = { text: "Hi", attachments: [], buttons: [], quickReplies: [] };
  const ports = {
    callPlatform: platformOnLoopback,
    findAddresses: async () => [],
    fetchFile: async () => undefined,
    outbound: outboundToLoopback,
    announce: (id: number) => announced.push(id),
    log: { warn() {}, info() {} },
  };
  const channel = { id: 1, botId: 1, settings: webchat.settings.parse({}) };
  expect(await webchat.send({ ...request, content }, channel, ports)).toEqual({ status: "sent" });
  expect([webchat.capabilities.pull, announced]).toEqual([true, [7]]);
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subscriberCalls } from "../../../../test/bothelp-subscriber.ts";
import { type TestServer, testServer } from "../../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const { account, ann, byId, change, refused, sent } = subscriberCalls(() => server);

describe("messages", () => {
  const image = "https://cdn.example/a.png";
  it.each([
    ["the SDK's list", [{ content: "a" }, { content: "b\nc" }], [{ text: "a" }, { text: "b\nc" }]],
    ["texts under data", { data: { content: ["a", "b"] } }, [{ text: "a" }, { text: "b" }]],
    ["a typed text", { data: { content: [{ type: "text", text: "a" }] } }, [{ text: "a" }]],
    ["a text under message", { data: { content: [{ message: "a" }] } }, [{ text: "a" }]],
    ["one text under data", { data: { content: "a" } }, [{ text: "a" }]],
    ["one object", { content: "a" }, [{ text: "a" }]],
    ["a list under data", { data: [{ content: "a" }] }, [{ text: "a" }]],
    ["a list in a list", [{ content: ["a", { type: "text", text: "b" }] }], [{ text: "a" }, { text: "b" }]],
    [
      "an image",
      { data: { content: ["a", { type: "image", url: image }] } },
      [{ text: "a" }, { attachments: [{ kind: "image", url: image }] }],
    ],
    [
      "an image with a text",
      [{ type: "photo", url: image, caption: "look" }],
      [{ text: "look", attachments: [{ kind: "image", url: image }] }],
    ],
    [
      "other files",
      ["video", "audio", "voice", "file", "document"].map((type) => ({ type, url: image, name: "a.bin" })),
      ["video", "audio", "voice", "file", "file"].map((kind) => ({
        attachments: [{ kind, url: image, name: "a.bin" }],
      })),
    ],
    [
      "braces, which are no template",
      [{ content: "{{ contact.name }}{% x %}" }],
      [{ text: "{{ contact.name }}{% x %}" }],
    ],
  ])("come as %s", async (_what, body, expected) => {
    for (const type of ["application/json", "application/vnd.api+json", "application/vnd.api+json; charset=utf-8"]) {
      await change("POST", `${byId()}/messages`, body, type);
    }
    expect(await sent()).toMatchObject([...expected, ...expected, ...expected]);
  });

  it("of one call are one event, so that they leave in order", async () => {
    const before = server.submitted.length;
    await change("POST", `${byId()}/messages`, { data: { content: ["1", "2", "3"] } });
    expect(server.submitted.slice(before)).toMatchObject([{ source: "bothelp", target: { contactId: ann().id } }]);
  });

  it.each([
    ["nothing", undefined],
    ["an empty list", []],
    ["an empty object", {}],
    ["an empty text", [{ content: " " }]],
    ["a number", [{ content: 5 }]],
    ["null", [null]],
    ["an unknown type", [{ type: "button", text: "a" }]],
    ["an image without an address", [{ type: "image" }]],
    ["an image on this machine", [{ type: "image", url: "file:///etc/passwd" }]],
    ["lists without an end", [[[[[["a"]]]]]]],
    ["too many at once", Array.from({ length: 51 }, () => ({ content: "a" }))],
    ["too long a text", [{ content: "a".repeat(20_001) }]],
    ["broken JSON", "{{"],
  ])("of %s are refused whole", async (_what, body) => {
    expect(await refused("POST", `${byId()}/messages`, body)).toMatchObject({ status: 400 });
    expect(await sent()).toEqual([]);
  });

  it("to somebody who cannot be reached are refused", async () => {
    const made = await account().tenant.call("POST", "/contacts", { body: { bot: account().tenant.bot.id } });
    const answer = await refused("POST", `/v1/subscribers/${made.json().id}/messages`, [{ content: "a" }]);
    expect(answer).toMatchObject({ status: 400, error: "message_not_sendable" });
  });
});

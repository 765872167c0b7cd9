import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromMessaging } from "../meta-messaging.ts";

const fixtures = JSON.parse(
  readFileSync(new URL("./fixtures/notifications.json", import.meta.url), "utf8"),
) as Readonly<Record<string, unknown>>;
const own = { object: "instagram", ownId: "17841405822304914" } as const;
const translate = (name: string) => fromMessaging(fixtures[name], own) ?? expect.fail("not understood");

const said = (text: string) => ({ happening: { kind: "message", message: { text } } });
const cdn = (id: number) => `https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=${id}`;
const story = (id: number) => ({ kind: "file", url: cdn(id), name: "story" });

describe("a notification of Instagram", () => {
  it.each<[string, object]>([
    ["text", said("hello")],
    ["quickReply", { happening: { kind: "button", payload: "f:s:yes", title: "Yes" } }],
    ["press", { happening: { kind: "button", payload: "f1:s1:go", title: "Go on" } }],
    ["linkInThread", { happening: { kind: "start", payload: "eyJlIjoiZW1haWxAZ21haWwuY29tIn0" } }],
    ["firstMessageByLink", { happening: { kind: "start", payload: "poster", message: { text: "I saw your poster" } } }],
    ["messageOfAdvertisement", said("how much?")],
    ["messageOnProduct", said("is it in stock?")],
    ["storyMention", { happening: { message: { text: "[story mention]", attachments: [story(1)] } } }],
    ["storyReply", { happening: { message: { text: "lovely", attachments: [story(2)] } } }],
    ["reply", said("that one")],
    ["picture", { happening: { message: { attachments: [{ kind: "image", url: cdn(3) }] } } }],
    ["sharedPost", said(cdn(4))],
    ["reel", said(`A reel: ${cdn(5)}`)],
    ["ephemeral", said("[ephemeral]")],
    ["unsent", { happening: { kind: "message_edited", message: { text: "[unsent]", attachments: [] } } }],
    ["read", { happening: { kind: "message_status", status: "read", andEarlier: true }, onlyKnown: true }],
  ])("%s says what happened, and to whom", (name, expected) => {
    const [event, ...more] = translate(name);
    expect(more).toEqual([]);
    expect(event).toMatchObject({ ...expected, from: "7654321098765432" });
  });

  it("of a message that is taken back means the message that was sent", () => {
    const [sent, unsent] = [translate("text")[0], translate("unsent")[0]];
    expect(unsent?.externalId).not.toBe(sent?.externalId);
    expect(unsent?.happening).toMatchObject({ message: { externalId: sent?.externalId } });
  });

  it("of an ice breaker that was opened by a link is the start and the press", () => {
    const happenings = translate("iceBreakerByLink").map(({ happening }) => happening);
    expect(happenings).toEqual([
      { kind: "start", payload: "poster" },
      { kind: "button", payload: "prices", title: "What do you sell?" },
    ]);
  });

  it("of something that Instagram does not show is a message all the same", () => {
    expect(translate("unsupported")).toMatchObject([{ happening: { kind: "message" } }]);
  });

  it("of what the account said is from outside, to whom it was said", () => {
    expect(translate("echo")).toMatchObject([
      {
        from: "7654321098765432",
        onlyKnown: true,
        happening: { kind: "outside_message", message: { text: "from us" } },
      },
    ]);
  });

  it.each(["reaction", "comment", "otherAccount"])("of the kind %s means nothing", (name) => {
    expect(translate(name)).toEqual([]);
  });
});

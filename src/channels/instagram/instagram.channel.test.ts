import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { channelContract } from "../../../test/contracts/channel-contract.ts";
import { contentOf, metaSetup, portsOfTests, shownOnMessenger, told } from "../../../test/meta-channel.ts";
import type { Fault } from "../../../test/stand-ins/faulty-http.ts";
import { type GraphStandIn, graphAppSecret, graphIds, startGraphStandIn } from "../../../test/stand-ins/graph.ts";
import type { SendRequest } from "../../engine/channel-type.ts";
import type { CallPlatform } from "../../engine/platform-call.ts";
import { instagram } from "./instagram.channel.ts";

const token = "IGAAGm0PX4ZCpsBAKZCqZBzuTokenOfATest";
const appSecret = graphAppSecret;
const fixtures = JSON.parse(
  readFileSync(new URL("./fixtures/notifications.json", import.meta.url), "utf8"),
) as Readonly<Record<string, object>>;

channelContract(
  instagram,
  metaSetup({
    product: "instagram",
    token,
    settings: { instagramId: graphIds.instagram, username: "stand.in" },
    fixtures,
    shownBy: shownOnMessenger,
  }),
);

let standIn: GraphStandIn;
beforeEach(async () => {
  standIn = await startGraphStandIn("instagram");
});
afterEach(() => standIn.close());

const channelWith = (settings: object = {}) => ({
  id: 7,
  botId: 1,
  settings: instagram.settings.parse({ token, appSecret, apiRoot: standIn.apiRoot, ...settings }),
});
const webhookUrl = "https://bots.example/webhooks/7";
const send = (message = contentOf(), { settings = {}, ...more }: Partial<SendRequest> & { settings?: object } = {}) =>
  instagram.send(
    { messageId: 1, contactId: 1, recipient: "ann", content: message, onPartSent: async () => {}, ...more },
    channelWith(settings),
    portsOfTests,
  );

describe("a send", () => {
  it("gives Meta's id of the message", async () => {
    expect(await send()).toEqual({ status: "sent", externalId: standIn.shown[0]?.id });
  });

  it("counts bytes, and loses no word of a Cyrillic text", async () => {
    const text = "слово ".repeat(300).trim();
    expect(await send(contentOf({ text }))).toMatchObject({ status: "sent" });
    const shown = shownOnMessenger(standIn.shown);
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.map((one) => one.text).join(" ")).toBe(text);
  });

  it.each<[string, Fault, object]>([
    ["a closed window", told(10, 2534022, "outside of allowed window"), { status: "window-closed" }],
    ["somebody unknown", told(100, 2534014, "The requested user cannot be found."), { status: "recipient-gone" }],
    ["somebody who does not want it", told(551, 1545041, "not available"), { status: "recipient-gone" }],
    ["bad content", told(100, undefined, "bad"), { status: "rejected" }],
    ["a wrong token", told(190, 460, "changed password"), { status: "unauthorized" }],
    ["a rate", told(4, undefined, "rate"), { status: "rate-limited", scope: "channel" }],
  ])("that meets %s says what to do next", async (_name, fault, expected) => {
    standIn.fail(fault);
    expect(await send()).toMatchObject(expected);
  });

  it("of a file is a link, which Instagram does not show otherwise", async () => {
    const files = [{ kind: "file" as const, url: "https://e.com/price.pdf" }];
    await send(contentOf({ attachments: files }));
    expect(shownOnMessenger(standIn.shown)).toEqual([
      { text: "Hello\n\nhttps://e.com/price.pdf", titles: [], files: [] },
    ]);
  });

  it("of an agent goes out tagged after 24 hours where that is granted; a bot's does not", async () => {
    standIn.hear("ann");
    standIn.passHours(25);
    const settings = { humanAgent: true };
    expect(await send(contentOf(), { settings })).toMatchObject({ status: "window-closed" });
    expect(await send(contentOf(), { settings, author: "agent" })).toMatchObject({ status: "sent" });
  });
});

describe("connecting", () => {
  const known = { instagramId: graphIds.instagram, username: "stand.in" };
  const methods = () => standIn.calls.map(({ method }) => method);

  it("an account of its own reads who it is, and subscribes the app to it", async () => {
    const gained = await instagram.connect?.(channelWith({ appId: "555" }), { webhookUrl }, portsOfTests);
    expect(gained).toEqual({ ...known, verifyToken: expect.stringMatching(/^[0-9a-f]{48}$/) });
    expect(methods()).toEqual(["me", "subscribed_apps"]);
    expect(standIn.calls[1]?.payload).toEqual({
      subscribed_fields: "messages,messaging_postbacks,messaging_seen,messaging_referral",
    });
  });

  it("by a page finds the account that is linked with it, and sets the app's address", async () => {
    const channel = channelWith({ login: "facebook", appId: "555", verifyToken: "mine" });
    expect(await instagram.connect?.(channel, { webhookUrl }, portsOfTests)).toEqual({ ...known, verifyToken: "mine" });
    expect(methods()).toEqual(["me", "subscriptions", "subscribed_apps"]);
    expect(standIn.calls[1]?.payload).toMatchObject({ object: "instagram", callback_url: webhookUrl });
    expect(standIn.calls[2]?.payload).toEqual({ subscribed_fields: "feed" });
  });

  it("ends with the app signed off, which health sees", async () => {
    await instagram.connect?.(channelWith(), { webhookUrl }, portsOfTests);
    expect(await instagram.health?.(channelWith(), portsOfTests)).toEqual({ ok: true, message: "@stand.in answers" });
    await instagram.disconnect?.(channelWith(), portsOfTests);
    expect(await instagram.health?.(channelWith(), portsOfTests)).toMatchObject({ ok: false });
  });
});

describe("who somebody is", () => {
  it("is told by the user name where there is no name", async () => {
    standIn.hear("ann");
    expect(await instagram.lookUpProfile?.("ann", channelWith(), portsOfTests)).toMatchObject({ name: "ann" });
  });
});

describe("settings", () => {
  it.each([{ token: "short" }, { appSecret: "no" }, { login: "vk" }, { apiRoot: "ftp://e.com" }])(
    "refuse %j",
    (some) => {
      expect(instagram.settings.safeParse({ token, appSecret, ...some }).success).toBe(false);
    },
  );

  it("talk to the API that goes with the login", async () => {
    const called: string[] = [];
    const recording: CallPlatform = async ({ url }) => {
      called.push(url);
      return { kind: "answer", status: 200, body: JSON.stringify({ message_id: "m" }), headers: {} };
    };
    for (const login of ["instagram", "facebook"]) {
      const request = { messageId: 1, contactId: 1, recipient: "ann", content: contentOf() };
      await instagram.send(request, channelWith({ login, apiRoot: "" }), { ...portsOfTests, callPlatform: recording });
    }
    expect(called).toEqual([
      "https://graph.instagram.com/v25.0/me/messages",
      "https://graph.facebook.com/v25.0/me/messages",
    ]);
  });
});

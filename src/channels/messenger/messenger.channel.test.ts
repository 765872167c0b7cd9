import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { channelContract } from "../../../test/contracts/channel-contract.ts";
import {
  asked,
  contentOf,
  metaFaults,
  metaSetup,
  portsOfTests,
  shownOnMessenger,
  told,
} from "../../../test/meta-channel.ts";
import type { Fault } from "../../../test/stand-ins/faulty-http.ts";
import { type GraphStandIn, graphAppSecret, graphIds, startGraphStandIn } from "../../../test/stand-ins/graph.ts";
import type { SendRequest } from "../../engine/channel-type.ts";
import { messenger } from "./messenger.channel.ts";

const token = "EAAGm0PX4ZCpsBAKZCqZBzuPageTokenOfATest";
const appSecret = graphAppSecret;
const fixtures = JSON.parse(
  readFileSync(new URL("./fixtures/notifications.json", import.meta.url), "utf8"),
) as Readonly<Record<string, object>>;

channelContract(
  messenger,
  metaSetup({
    product: "page",
    token,
    settings: { pageId: graphIds.page, username: "standin" },
    fixtures,
    shownBy: shownOnMessenger,
  }),
);

let standIn: GraphStandIn;
beforeEach(async () => {
  standIn = await startGraphStandIn("page");
});
afterEach(() => standIn.close());

const channelWith = (settings: object = {}) => ({
  id: 7,
  botId: 1,
  settings: messenger.settings.parse({ token, appSecret, apiRoot: `${standIn.apiRoot}/`, ...settings }),
});
const webhookUrl = "https://bots.example/webhooks/7";
const send = (message = contentOf(), { settings = {}, ...more }: Partial<SendRequest> & { settings?: object } = {}) =>
  messenger.send(
    { messageId: 1, contactId: 1, recipient: "ann", content: message, onPartSent: async () => {}, ...more },
    channelWith(settings),
    portsOfTests,
  );

describe("a send", () => {
  it("gives Meta's id of the message, and answers", async () => {
    expect(await send()).toEqual({ status: "sent", externalId: standIn.shown[0]?.id });
    expect(standIn.shown[0]?.body).toMatchObject({ messaging_type: "RESPONSE", recipient: { id: "ann" } });
  });

  it.each<[string, Fault, object]>([
    ["a closed window", told(10, 2018278, "outside of allowed window"), { status: "window-closed" }],
    ["a closed window of old", told(10, 2018065, "outside of allowed window"), { status: "window-closed" }],
    ["somebody who blocked the page", told(551, 1545041, "not available"), { status: "recipient-gone" }],
    ["somebody who left", told(200, 1545041, "not available"), { status: "recipient-gone" }],
    ["somebody unknown", told(100, 2018001, "No matching user found"), { status: "recipient-gone" }],
    [
      "bad content",
      told(100, undefined, "bad"),
      { status: "rejected", message: expect.stringContaining("(Meta's error 100)") },
    ],
    ["a wrong token", told(190, 460, "changed password"), { status: "unauthorized" }],
    ["a missing right", told(10, undefined, "no permission"), { status: "unauthorized" }],
    ["a missing right of the app", told(230, undefined, "no pages_messaging"), { status: "unauthorized" }],
    ["an app that is not live", told(200, 2018028, "not live"), { status: "rejected" }],
    ["a rate", told(613, undefined, "rate"), { status: "rate-limited", afterMs: 1_000, scope: "channel" }],
    ["the app's budget", told(4, 2018022, "rate"), { status: "rate-limited", afterMs: 60_000, scope: "channel" }],
    ["the page's budget", told(80006, undefined, "rate"), { status: "rate-limited", scope: "channel" }],
    ["a passing fault", told(1200, undefined, "temporary"), { status: "retry-later" }],
    ["an unknown code", told(987654, undefined, "?"), { status: "retry-later" }],
    ["a proxy's 502", { status: 502, body: "<h1>Bad Gateway</h1>" }, { status: "retry-later", maybeSent: true }],
    ["a cut connection", { reset: true }, { status: "retry-later", maybeSent: true }],
    ["429", metaFaults(token)["429"] ?? {}, { status: "rate-limited", afterMs: 7_000 }],
  ])("that meets %s says what to do next", async (_name, fault, expected) => {
    standIn.fail(fault);
    const result = await send();
    expect(result).toMatchObject(expected);
    if (!("maybeSent" in expected)) expect(result).not.toHaveProperty("maybeSent");
  });

  it("to a server that is away did not go out for certain", async () => {
    const channel = channelWith();
    await standIn.close();
    const request = { messageId: 1, contactId: 1, recipient: "ann", content: contentOf() };
    const result = await messenger.send(request, channel, portsOfTests);
    expect(result).toEqual({ status: "retry-later", message: "Meta cannot be reached (ECONNREFUSED)" });
  });

  it("of nothing that could be shown is refused", async () => {
    expect(await send(contentOf({ text: " " }))).toMatchObject({ status: "rejected" });
    expect(standIn.calls).toEqual([]);
  });

  it("says the address of a file that Meta cannot fetch", async () => {
    const files = [{ kind: "file" as const, url: "https://e.com/missing", name: "Prices" }];
    expect(await send(contentOf({ attachments: files }))).toMatchObject({ status: "sent" });
    expect(shownOnMessenger(standIn.shown).map(({ text }) => text)).toEqual(["Prices: https://e.com/missing", "Hello"]);
  });

  it("shows that somebody writes where that is wanted, and goes out also where that fails", async () => {
    standIn.fail(told(1200, undefined, "temporary"));
    expect(await send(contentOf(), { settings: { typing: true } })).toMatchObject({ status: "sent" });
    expect(standIn.calls[0]?.payload).toEqual({ recipient: { id: "ann" }, sender_action: "typing_on" });
  });

  it("is too fast for Meta when it is", async () => {
    const slow = await startGraphStandIn("page", { perSecond: 1 });
    onTestFinished(() => slow.close());
    const results = await Promise.all([1, 2, 3].map(() => send(contentOf(), { settings: { apiRoot: slow.apiRoot } })));
    expect(results.map(({ status }) => status)).toContain("rate-limited");
  });
});

describe("after 24 hours", () => {
  beforeEach(() => {
    standIn.hear("ann");
    standIn.passHours(25);
  });

  it("a bot's message is refused, whatever is granted", async () => {
    expect(await send(contentOf(), { settings: { humanAgent: true } })).toMatchObject({ status: "window-closed" });
  });

  it("an agent's message goes out tagged where that is granted, for seven days", async () => {
    expect(await send(contentOf(), { author: "agent" })).toMatchObject({ status: "window-closed" });
    const granted = { author: "agent", settings: { humanAgent: true } } as const;
    expect(await send(contentOf(), granted)).toMatchObject({ status: "sent" });
    expect(standIn.shown.at(-1)?.body).toMatchObject({ messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" });
    standIn.passHours(150);
    expect(await send(contentOf(), granted)).toMatchObject({ status: "window-closed" });
  });
});

describe("a message with buttons", () => {
  const press = { type: "press" as const, title: "Go", payload: "f:s:go" };
  const page = { type: "url" as const, title: "Open", url: "https://e.com" };

  it("is a button template", async () => {
    await send(contentOf({ buttons: [press, page] }));
    expect(standIn.shown.map(({ body }) => body.message)).toEqual([
      {
        attachment: {
          type: "template",
          payload: {
            template_type: "button",
            text: "Hello",
            buttons: [
              { type: "postback", title: "Go", payload: "f:s:go" },
              { type: "web_url", title: "Open", url: "https://e.com" },
            ],
          },
        },
        // Comes back with the message's echo.
        metadata: "repartee",
      },
    ]);
  });

  it("and a long text has them under the last 640 characters", async () => {
    const text = "word ".repeat(300).trim();
    await send(contentOf({ text, buttons: [press] }));
    const shown = shownOnMessenger(standIn.shown);
    expect(shown.map(({ titles }) => titles)).toEqual([[], ["Go"]]);
    expect(shown.map((one) => one.text).join(" ")).toBe(text);
  });

  it("and one picture and a short text is a card", async () => {
    await send(contentOf({ attachments: [{ kind: "image", url: "https://e.com/a.png" }], buttons: [press] }));
    expect(shownOnMessenger(standIn.shown)).toEqual([
      { text: "Hello", titles: ["Go"], files: ["https://e.com/a.png"] },
    ]);
  });

  it("and files alone has something to hang them on", async () => {
    const files = [{ kind: "video" as const, url: "https://e.com/a.mp4" }];
    await send(contentOf({ text: "", attachments: files, buttons: [press] }));
    await send(contentOf({ text: "", attachments: files, quickReplies: [{ title: "Yes", payload: "f:s:y" }] }));
    expect(shownOnMessenger(standIn.shown).map(({ titles }) => titles)).toEqual([[], ["Go"], [], ["Yes"]]);
  });
});

describe("connecting", () => {
  it("reads the page, sets the app's address, and subscribes the app and the button by which chats begin", async () => {
    const kept: object[] = [];
    const keep = async (some: object) => void kept.push(some);
    const gained = await messenger.connect?.(channelWith({ appId: "555" }), { webhookUrl, keep }, portsOfTests);
    const known = { pageId: graphIds.page, pageName: "Stand-in", username: "standin" };
    expect(gained).toEqual({ ...known, verifyToken: expect.stringMatching(/^[0-9a-f]{48}$/) });
    expect(kept).toEqual([gained]);
    expect(standIn.webhook()).toBe(webhookUrl);
    expect(standIn.isSubscribed()).toBe(true);
    expect(standIn.calls.map(({ method }) => method)).toEqual([
      "me",
      "subscriptions",
      "subscribed_apps",
      "messenger_profile",
    ]);
    expect(standIn.calls[1]?.payload).toMatchObject({
      object: "page",
      fields: expect.stringContaining("messaging_referrals"),
    });
  });

  it("leaves the app's address to whoever set it by hand, and the verify token", async () => {
    const gained = await messenger.connect?.(channelWith({ verifyToken: "mine" }), { webhookUrl }, portsOfTests);
    expect(gained).toMatchObject({ verifyToken: "mine" });
    expect(standIn.webhook()).toBe("");
    expect(standIn.isSubscribed()).toBe(true);
  });

  it("says what a webhook needs where Meta does not take the address", async () => {
    for (const url of ["http://localhost/x", undefined]) {
      const connecting = messenger.connect?.(channelWith({ appId: "555" }), { webhookUrl: url }, portsOfTests);
      await expect(connecting).rejects.toThrow("PUBLIC_URL");
    }
  });

  it("ends with the app signed off, which health sees", async () => {
    await messenger.connect?.(channelWith(), { webhookUrl }, portsOfTests);
    expect(await messenger.health?.(channelWith(), portsOfTests)).toEqual({ ok: true, message: "Stand-in answers" });
    await messenger.disconnect?.(channelWith(), portsOfTests);
    expect(standIn.isSubscribed()).toBe(false);
    expect(await messenger.health?.(channelWith(), portsOfTests)).toMatchObject({ ok: false });
  });

  it("answers Meta's question with its challenge", () => {
    const request = asked({ "hub.verify_token": "ours" });
    expect(messenger.receive?.(request, channelWith({ verifyToken: "ours" }))).toEqual({
      ok: true,
      events: [],
      response: { body: "1158201444" },
    });
    expect(messenger.receive?.(asked({ "hub.verify_token": "" }), channelWith())).toMatchObject({ ok: false });
  });
});

describe("who somebody is", () => {
  const lookUp = () => messenger.lookUpProfile?.("ann", channelWith(), portsOfTests);

  it("is told by Meta when it is asked", async () => {
    standIn.hear("ann");
    const avatarUrl = "https://pictures.example/a.jpg";
    expect(await lookUp()).toEqual({ name: "ann Lee", firstName: "ann", lastName: "Lee", avatarUrl });
  });

  it("stays unknown where Meta does not tell, and is asked again where Meta is away", async () => {
    expect(await lookUp()).toBeUndefined();
    standIn.fail(told(230, undefined, "Requires pages_messaging permission"), { reset: true });
    expect(await lookUp()).toBeUndefined();
    await expect(lookUp()).rejects.toThrow("broke the connection off");
  });
});

describe("settings", () => {
  it.each([
    { token: "short" },
    { appSecret: "no" },
    { appId: "abc" },
    { apiRoot: "ftp://e.com" },
    { verifyToken: "a b" },
  ])("refuse %j", (settings) => {
    expect(messenger.settings.safeParse({ token, appSecret, ...settings }).success).toBe(false);
  });

  it("without a name link to the page by its number", () => {
    const context = { publicUrl: "https://bots.example", botRef: "demo" };
    const of = (settings: object) => messenger.entryUrl?.(channelWith(settings), "poster", context);
    expect(of({ pageId: "77" })).toBe("https://m.me/77?ref=poster");
    expect(of({ pageId: "77", username: "shop" })).toBe("https://m.me/shop?ref=poster");
    expect(of({})).toBeUndefined();
  });
});

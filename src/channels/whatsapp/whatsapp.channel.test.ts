import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { channelContract, type ShownMessage } from "../../../test/contracts/channel-contract.ts";
import { contentOf, metaSetup, portsOfTests, told } from "../../../test/meta-channel.ts";
import {
  type GraphShown,
  type GraphStandIn,
  graphAppSecret,
  graphIds,
  startGraphStandIn,
} from "../../../test/stand-ins/graph.ts";
import { readWhatsAppMessage } from "../../../test/stand-ins/graph-whatsapp.ts";
import type { SendRequest } from "../../engine/channel-type.ts";
import { whatsapp } from "./whatsapp.channel.ts";

const token = "EAAGm0PX4ZCpsBAKZCqZBzuSystemUserToken";
const appSecret = graphAppSecret;
const own = { token, appSecret, phoneNumberId: graphIds.phone, accountId: graphIds.waba };
const fixtures = JSON.parse(
  readFileSync(new URL("./fixtures/notifications.json", import.meta.url), "utf8"),
) as Readonly<Record<string, object>>;

const shownBy = (shown: readonly GraphShown[]): ShownMessage[] =>
  shown.map(({ body }) => {
    const { text, files, choices, links } = readWhatsAppMessage(body);
    return { text, titles: [...choices.map(({ title }) => title), ...links], files: [...files] };
  });

channelContract(
  whatsapp,
  metaSetup({
    product: "whatsapp_business_account",
    token,
    settings: { phoneNumberId: graphIds.phone, accountId: graphIds.waba, phone: "15550783881" },
    fixtures,
    shownBy: shownBy,
  }),
);

let standIn: GraphStandIn;
beforeEach(async () => {
  standIn = await startGraphStandIn("whatsapp_business_account");
});
afterEach(() => standIn.close());

const channelWith = (settings: object = {}) => ({
  id: 7,
  botId: 1,
  settings: whatsapp.settings.parse({ ...own, apiRoot: `${standIn.apiRoot}/`, ...settings }),
});
const webhookUrl = "https://bots.example/webhooks/7";
const send = (message = contentOf(), { settings = {}, ...more }: Partial<SendRequest> & { settings?: object } = {}) =>
  whatsapp.send(
    { messageId: 1, contactId: 1, recipient: "16505551234", content: message, onPartSent: async () => {}, ...more },
    channelWith(settings),
    portsOfTests,
  );

describe("a place", () => {
  const location = { latitude: 44.8, longitude: 20.46, title: "Club", address: "Main street 1" };
  const bodies = () => standIn.shown.map(({ body }) => body);

  it("goes out as one, behind the text", async () => {
    expect(await send(contentOf({ text: "Come", location }))).toMatchObject({ status: "sent" });
    const place = { latitude: "44.8", longitude: "20.46", name: "Club", address: "Main street 1" };
    expect(bodies()).toMatchObject([
      { type: "text", text: { body: "Come" } },
      { type: "location", location: place },
    ]);
  });

  it("has its address for a name where it has no name, since WhatsApp shows no address alone", async () => {
    await send(contentOf({ text: "", location: { latitude: 44.8, longitude: 20.46, address: "Main street 1" } }));
    expect(bodies()[0]?.location).toEqual({ latitude: "44.8", longitude: "20.46", name: "Main street 1" });
  });

  it("goes before what can be pressed", async () => {
    const page = { type: "url" as const, title: "Open", url: "https://e.com" };
    await send(contentOf({ text: "Come", location, quickReplies: [{ title: "Yes", payload: "f:s:y" }] }));
    await send(contentOf({ text: "Come", location, buttons: [page] }));
    expect(bodies().map(({ type }) => type)).toEqual(["location", "interactive", "location", "interactive"]);
  });
});

describe("what asks for the person's place", () => {
  const asks = { title: "My place", payload: "f:s:l", request: "location" as const };
  const yes = { title: "Yes", payload: "f:s:y" };
  const shown = () => standIn.shown.map(({ body }) => body);
  const asked = (text: string) => ({
    type: "interactive",
    interactive: { type: "location_request_message", body: { text }, action: { name: "send_location" } },
  });

  it("is a message with WhatsApp's own button", async () => {
    expect(await send(contentOf({ text: "Where are you?", quickReplies: [asks] }))).toMatchObject({ status: "sent" });
    expect(shown()).toMatchObject([asked("Where are you?")]);
  });

  it("comes behind files and what else can be chosen", async () => {
    const attachments = [{ kind: "image" as const, url: "https://e.com/a.png" }];
    await send(contentOf({ text: "Where are you?", attachments, quickReplies: [asks] }));
    await send(contentOf({ text: "Where are you?", quickReplies: [yes, asks] }));
    expect(shown()).toMatchObject([
      { type: "image" },
      asked("Where are you?"),
      { type: "interactive", interactive: { type: "button", body: { text: "Where are you?" } } },
      asked("My place"),
    ]);
  });
});

describe("a send", () => {
  it("gives WhatsApp's id of the message", async () => {
    expect(await send()).toEqual({ status: "sent", externalId: standIn.shown[0]?.id });
    expect(standIn.shown[0]?.body).toMatchObject({ messaging_product: "whatsapp", to: "16505551234", type: "text" });
  });

  it("to somebody who does not show their phone names their id", async () => {
    expect(await send(contentOf(), { recipient: "US.13491208655302741918" })).toMatchObject({ status: "sent" });
    expect(standIn.shown[0]?.body).toMatchObject({ recipient: "US.13491208655302741918" });
    expect(standIn.shown[0]?.body).not.toHaveProperty("to");
  });

  it.each<[number, object]>([
    [131047, { status: "window-closed" }],
    [131026, { status: "recipient-gone" }],
    [131049, { status: "rejected" }],
    [130429, { status: "rate-limited", afterMs: 1_000, scope: "channel" }],
    [131056, { status: "rate-limited", afterMs: 6_000, scope: "chat" }],
    [131048, { status: "rate-limited", scope: "channel" }],
    [80007, { status: "rate-limited", scope: "channel" }],
    [190, { status: "unauthorized" }],
    [131031, { status: "unauthorized" }],
    [133010, { status: "unauthorized" }],
    [132000, { status: "rejected" }],
    [132001, { status: "rejected" }],
    [132012, { status: "rejected" }],
    [132015, { status: "rejected" }],
    [132016, { status: "rejected" }],
    [131009, { status: "rejected" }],
    [131016, { status: "retry-later" }],
    [131000, { status: "retry-later" }],
  ])("that meets Meta's error %i says what to do next", async (code, expected) => {
    standIn.fail(told(code, undefined, `(#${code}) no`));
    expect(await send()).toMatchObject(expected);
  });

  it("tells what WhatsApp says of the matter", async () => {
    const data = { messaging_product: "whatsapp", details: "body: number of localizable_params (1) does not match" };
    const error = { message: "(#132000) Number of parameters", type: "OAuthException", code: 132000, error_data: data };
    standIn.fail({ status: 400, body: { error } });
    expect(await send()).toHaveProperty("message", expect.stringContaining("localizable_params"));
  });

  it("after 24 hours is refused", async () => {
    standIn.hear("16505551234");
    standIn.passHours(25);
    expect(await send()).toMatchObject({ status: "window-closed" });
  });
});

describe("choices", () => {
  const press = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ type: "press" as const, title: `B${i}`, payload: `f:s:b${i}` }));
  const replies = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ title: `Q${i}`, payload: `f:s:q${i}` }));
  const page = { type: "url" as const, title: "Open", url: "https://e.com" };
  const interactive = () => standIn.shown.at(-1)?.body.interactive as { type: string; action: object } | undefined;

  it("are buttons up to three, a list up to ten, and numbered lines beyond", async () => {
    await send(contentOf({ buttons: press(3) }));
    expect(interactive()).toMatchObject({ type: "button" });
    await send(contentOf({ buttons: press(2), quickReplies: replies(8) }));
    expect(interactive()).toMatchObject({
      type: "list",
      action: { button: "Options", sections: [{ rows: { length: 10 } }] },
    });
    await send(contentOf({ buttons: press(11) }));
    expect(shownBy(standIn.shown).at(-1)).toMatchObject({ text: expect.stringContaining("11. B10"), titles: [] });
  });

  it("stand below a picture, where they are buttons", async () => {
    const attachments = [{ kind: "image" as const, url: "https://e.com/a.png" }];
    await send(contentOf({ attachments, buttons: press(1) }));
    await send(contentOf({ attachments, buttons: press(4) }));
    expect(shownBy(standIn.shown)).toMatchObject([
      { text: "Hello", titles: ["B0"], files: ["https://e.com/a.png"] },
      { text: "", files: ["https://e.com/a.png"] },
      { text: "Hello", titles: ["B0", "B1", "B2", "B3"], files: [] },
    ]);
  });

  it("stand below the end of a long text", async () => {
    const text = "word ".repeat(400).trim();
    await send(contentOf({ text, buttons: press(1) }));
    const shown = shownBy(standIn.shown);
    expect(shown.map(({ titles }) => titles.length)).toEqual([0, 1]);
    expect(shown.map((one) => one.text).join(" ")).toBe(text);
  });

  it("that open a page are a button alone, and lines beside others", async () => {
    await send(contentOf({ buttons: [page] }));
    expect(interactive()).toMatchObject({ type: "cta_url" });
    await send(contentOf({ buttons: [page, ...press(1)] }));
    expect(shownBy(standIn.shown).at(-1)).toEqual({ text: "Hello\n\nOpen: https://e.com", titles: ["B0"], files: [] });
  });
});

describe("a file", () => {
  it("has the text as its caption where that fits and the kind has one", async () => {
    const image = { kind: "image" as const, url: "https://e.com/a.png" };
    await send(contentOf({ attachments: [image] }));
    await send(contentOf({ attachments: [{ ...image, kind: "voice" }] }));
    await send(contentOf({ text: "x".repeat(1025), attachments: [image] }));
    expect(shownBy(standIn.shown).map(({ text, files }) => [text.length, files.length])).toEqual([
      [5, 1],
      [5, 0],
      [0, 1],
      [1025, 0],
      [0, 1],
    ]);
  });

  it("goes by the id that Meta keeps it under, and with its name", async () => {
    const attachments = [{ kind: "file" as const, fileId: "1003383421387256", name: "price.pdf" }];
    await send(contentOf({ text: "", attachments }));
    expect(standIn.shown[0]?.body).toMatchObject({
      type: "document",
      document: { id: "1003383421387256", filename: "price.pdf" },
    });
  });
});

describe("a template", () => {
  const template = { name: "order_update", language: "en_US", body: ["Ann", "№ 7\nof today"], urls: [] };

  it("goes out also after 24 hours, with what is filled in on one line", async () => {
    standIn.hear("16505551234");
    standIn.passHours(25);
    expect(await send(contentOf({ template }))).toMatchObject({ status: "sent" });
    expect(standIn.shown[0]?.body).toMatchObject({
      type: "template",
      template: {
        name: "order_update",
        language: { code: "en_US" },
        components: [
          {
            type: "body",
            parameters: [
              { type: "text", text: "Ann" },
              { type: "text", text: "№ 7 of today" },
            ],
          },
        ],
      },
    });
  });

  it("has the message's buttons as its own, beside those that open pages", async () => {
    const header = { kind: "image" as const, value: "https://e.com/a.png" };
    const buttons = [{ type: "press" as const, title: "Yes", payload: "f:s:yes" }];
    await send(contentOf({ buttons, template: { ...template, header, urls: [{ index: 0, value: "42" }] } }));
    const sent = standIn.shown[0]?.body.template as { components: object[] };
    expect(sent.components).toMatchObject([
      { type: "header", parameters: [{ type: "image", image: { link: "https://e.com/a.png" } }] },
      { type: "body" },
      { type: "button", sub_type: "url", index: "0", parameters: [{ type: "text", text: "42" }] },
      { type: "button", sub_type: "quick_reply", index: "1", parameters: [{ type: "payload", payload: "f:s:yes" }] },
    ]);
  });

  it("leaves a quick reply that leads nowhere to Meta, which gives back its words", async () => {
    const buttons = ["", "f:s"].map((payload) => ({ type: "press" as const, title: "Yes", payload }));
    await send(contentOf({ buttons, template }));
    const sent = standIn.shown[0]?.body.template as { components: object[] };
    expect(sent.components.slice(1)).toMatchObject([{ sub_type: "quick_reply", index: "1" }]);
  });

  it("with another number of variables is refused, with WhatsApp's reason", async () => {
    const result = await send(contentOf({ template: { ...template, body: ["Ann"] } }));
    expect(result).toMatchObject({ status: "rejected", message: expect.stringContaining("132000") });
  });

  it("can be chosen from those of the account", async () => {
    expect(await whatsapp.templates?.(channelWith(), portsOfTests)).toEqual([
      {
        name: "order_update",
        language: "en_US",
        status: "approved",
        category: "utility",
        text: "Hello {{1}}, your order {{2}} is on its way.",
        variables: 2,
        buttons: [],
      },
    ]);
  });
});

describe("connecting", () => {
  it("reads the number, subscribes the app to the account, and has the number's notifications come here", async () => {
    const gained = await whatsapp.connect?.(channelWith(), { webhookUrl }, portsOfTests);
    expect(gained).toEqual({ phone: "15550783881", verifyToken: expect.stringMatching(/^[0-9a-f]{48}$/) });
    expect(standIn.webhook()).toBe(webhookUrl);
    expect(standIn.calls.map(({ method }) => method)).toEqual([graphIds.phone, "subscribed_apps", graphIds.phone]);
  });

  it("says what a webhook needs where Meta does not take the address", async () => {
    for (const url of ["http://localhost/x", undefined]) {
      await expect(whatsapp.connect?.(channelWith(), { webhookUrl: url }, portsOfTests)).rejects.toThrow("PUBLIC_URL");
    }
  });

  it("ends with the number's notifications going where the app's go, and the account's other numbers left alone", async () => {
    await whatsapp.connect?.(channelWith(), { webhookUrl }, portsOfTests);
    expect(await whatsapp.health?.(channelWith(), portsOfTests)).toEqual({
      ok: true,
      message: "Stand-in (+1 555-078-3881) answers",
    });
    await whatsapp.disconnect?.(channelWith(), portsOfTests);
    expect(standIn.webhook()).toBe("");
    expect(standIn.isSubscribed()).toBe(true);
  });

  it("shows in health that the app does not hear of the account", async () => {
    expect(await whatsapp.health?.(channelWith(), portsOfTests)).toMatchObject({ ok: false });
  });
});

describe("settings", () => {
  it.each([{ token: "short" }, { appSecret: "no" }, { phoneNumberId: "+1 555" }, { accountId: "" }, { phone: "+1" }])(
    "refuse %j",
    (settings) => {
      expect(whatsapp.settings.safeParse({ ...own, ...settings }).success).toBe(false);
    },
  );

  it("without a number have no link", () => {
    const context = { publicUrl: "https://bots.example", botRef: "demo" };
    expect(whatsapp.entryUrl?.(channelWith(), "poster", context)).toBeUndefined();
    expect(whatsapp.entryUrl?.(channelWith({ phone: "15550783881" }), "poster", context)).toBe(
      "https://wa.me/15550783881?text=poster",
    );
  });
});

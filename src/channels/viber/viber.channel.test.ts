import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { channelPorts } from "../../../test/channel-ports.ts";
import { channelContract, type ShownMessage } from "../../../test/contracts/channel-contract.ts";
import type { Fault } from "../../../test/stand-ins/faulty-http.ts";
import { buttonsOf, startViberStandIn, unescapeHtml, type ViberStandIn } from "../../../test/stand-ins/viber.ts";
import type { WebhookRequest } from "../../engine/channel-type.ts";
import type { MessageContent } from "../../model/message.ts";
import { viber } from "./viber.channel.ts";
import { parseViberJson } from "./viber-callback.ts";

const token = "445da6az1s345z78-dazcczb2542zv51a-e0vc5fva17480im9";
const fixtures = parseViberJson(
  readFileSync(new URL("./fixtures/callbacks.json", import.meta.url), "utf8"),
) as Readonly<Record<string, object>>;

const signed = (body: Buffer, key = token): WebhookRequest => ({
  method: "POST",
  headers: { "x-viber-content-signature": createHmac("sha256", key).update(body).digest("hex") },
  query: {},
  body,
});
const textCall = Buffer.from(JSON.stringify(fixtures.text));
const told = (status: number, words: string): Fault => ({ body: { status, status_message: words } });

const faults: Readonly<Record<string, Fault>> = {
  "a server error": { status: 500, body: "<h1>Internal Server Error</h1>" },
  "a refused token": told(2, `invalidAuthToken ${token}`),
  "a proxy's page": { status: 404, body: `<p>Cannot POST ${token}</p>` },
  "a cut connection": { reset: true },
  "half an answer": { cutShort: true },
  "a refusal that repeats the token": told(3, `badData ${token}`),
  "too many requests": told(12, "tooManyRequests"),
};

const shownBy = ({ shown }: Pick<ViberStandIn, "shown">): ShownMessage[] =>
  shown.map(({ body }) => ({
    text: [body.text, ...Object.values((body.location ?? {}) as object)].filter(Boolean).join(" "),
    titles: buttonsOf(body).map(({ Text }) => unescapeHtml(Text)),
    files: body.media === undefined ? [] : [String(body.media)],
  }));

channelContract(viber, {
  settings: { token, senderName: "The shop", uri: "standin" },
  sign: signed,
  fixtures,
  badRequests: {
    "a signature by another token": { request: signed(textCall, "another-token-of-another-bot"), status: 401 },
    "a signature of another body": { request: { ...signed(textCall), body: Buffer.from("{}") }, status: 401 },
    "no signature": { request: { ...signed(textCall), headers: {} }, status: 401 },
    "half a JSON text": { request: signed(textCall.subarray(0, 50)), status: 400 },
    "an empty body": { request: signed(Buffer.alloc(0)), status: 400 },
    "JSON that is no callback": { request: signed(Buffer.from('{"message":{"text":"hi"}}')), status: 400 },
    "a message of nobody": {
      request: signed(Buffer.from('{"event":"message","message":{"type":"text"}}')),
      status: 400,
    },
  },
  faults: Object.keys(faults),
  async platform() {
    const standIn = await startViberStandIn();
    let seen = 0;
    return {
      settings: { apiRoot: `${standIn.url}/pa` },
      shown: () => {
        const fresh = shownBy({ shown: standIn.shown.slice(seen) });
        seen = standIn.shown.length;
        return fresh;
      },
      fail: (name, after) => standIn.failAlways(faults[name] ?? {}, after),
      heal: () => standIn.heal(),
      close: () => standIn.close(),
    };
  },
});

let standIn: ViberStandIn;
const ports = channelPorts();
beforeEach(async () => {
  standIn = await startViberStandIn();
});
afterEach(() => standIn.close());

const channelWith = (settings: object = {}) => ({
  id: 7,
  botId: 1,
  settings: viber.settings.parse({ token, senderName: "The shop", apiRoot: `${standIn.url}/pa/`, ...settings }),
});
const webhookUrl = "https://bots.example/webhooks/7";
const content = (part: Partial<MessageContent> = {}): MessageContent => ({
  text: "Hello",
  attachments: [],
  buttons: [],
  quickReplies: [],
  ...part,
});
const send = (message = content(), recipient = "A=") =>
  viber.send(
    { messageId: 1, contactId: 1, recipient, content: message, onPartSent: async () => {} },
    channelWith(),
    ports,
  );

describe("a send", () => {
  it("gives Viber's token of the message, with all its digits, and says who writes", async () => {
    expect(await send()).toEqual({ status: "sent", externalId: "5741311803571721001" });
    expect(standIn.shown).toMatchObject([{ receiver: "A=", body: { sender: { name: "The shop" } } }]);
  });

  it.each<[string, Fault, object]>([
    ["somebody who is not subscribed", told(6, "notSubscribed"), { status: "recipient-gone" }],
    ["somebody who is not on Viber", told(5, "notRegistered"), { status: "recipient-gone" }],
    ["bad data", told(3, "badData"), { status: "rejected", message: expect.stringContaining("badData") }],
    ["an old Viber", told(13, "apiVersionNotSupported"), { status: "rejected" }],
    ["no money", told(24, "noBalance"), { status: "rejected", message: expect.stringContaining("money") }],
    ["a wrong token", told(2, "invalidAuthToken"), { status: "unauthorized" }],
    ["a blocked account", told(7, "publicAccountBlocked"), { status: "unauthorized" }],
    ["no webhook", told(10, "webhookNotSet"), { status: "unauthorized", message: expect.stringContaining("connect") }],
    ["a rate", told(12, "tooManyRequests"), { status: "rate-limited", afterMs: 1_000, scope: "channel" }],
    ["429", { status: 429, headers: { "retry-after": "7" } }, { status: "rate-limited", afterMs: 7_000 }],
    ["an unknown status", told(99, "generalError"), { status: "retry-later" }],
    ["a proxy's 502", { status: 502, body: "<h1>Bad Gateway</h1>" }, { status: "retry-later", maybeSent: true }],
    ["an endless answer", { body: "x".repeat(17_000_000) }, { status: "retry-later", maybeSent: true }],
    ["a cut connection", { reset: true }, { status: "retry-later", maybeSent: true }],
    ["half an answer", { cutShort: true }, { status: "retry-later", maybeSent: true }],
  ])("that meets %s says what to do next", async (_name, fault, expected) => {
    standIn.fail(fault);
    expect(await send()).toMatchObject(expected);
  });

  it("that is not answered in 20 seconds is given up, and may have gone out", async () => {
    const { setTimeout: later } = globalThis;
    const patience = vi.spyOn(globalThis, "setTimeout");
    onTestFinished(() => patience.mockRestore());
    patience.mockImplementation(((then: () => void, ms?: number) => later(then, ms === 20_000 ? 300 : ms)) as never);
    standIn.fail({ hang: true });
    expect(await send()).toEqual({
      status: "retry-later",
      message: "Viber did not answer within 20 seconds",
      maybeSent: true,
    });
  });

  it("to a server that is away did not go out for certain", async () => {
    const channel = channelWith();
    await standIn.close();
    const request = { messageId: 1, contactId: 1, recipient: "A=", content: content(), onPartSent: async () => {} };
    const result = await viber.send(request, channel, ports);
    expect(result).toEqual({ status: "retry-later", message: "Viber cannot be reached (ECONNREFUSED)" });
  });

  it("of nothing that could be shown is refused", async () => {
    expect(await send(content({ text: " " }))).toMatchObject({ status: "rejected" });
    expect(standIn.calls).toEqual([]);
  });

  it("asks a file's server for its size, and sends a link where that does not say", async () => {
    standIn.fail({ method: "a.pdf", headers: { "content-length": "2" } });
    const there = { kind: "file" as const, url: `${standIn.url}/a.pdf` };
    const inside = { kind: "file" as const, url: "http://10.0.0.1/secret.pdf" };
    expect(await send(content({ attachments: [there, inside] }))).toMatchObject({ status: "sent" });
    expect(standIn.shown.map(({ body }) => body)).toMatchObject([
      { type: "text", text: "Hello" },
      { type: "file", media: there.url, size: 2, file_name: "a.pdf" },
      { type: "text", text: inside.url },
    ]);
  });

  it("is too fast for Viber when it is", async () => {
    const { standIn: slow } = { standIn: await startViberStandIn({ perSecond: 1 }) };
    onTestFinished(() => slow.close());
    const channel = channelWith({ apiRoot: `${slow.url}/pa` });
    const request = { messageId: 1, contactId: 1, recipient: "A=", content: content(), onPartSent: async () => {} };
    const results = await Promise.all([1, 2, 3].map(() => viber.send(request, channel, ports)));
    expect(results.map(({ status }) => status)).toContain("rate-limited");
  });
});

describe("a stranger who opens the chat", () => {
  const opened = () => {
    const result = viber.receive?.(signed(Buffer.from(JSON.stringify(fixtures.opened))), channelWith());
    if (result === undefined || !("ok" in result) || !result.ok) return expect.fail("refused");
    return result.events[0] ?? expect.fail("no event");
  };

  it("may be answered with as many of the messages as one welcome holds whole", () => {
    const { countInAnswer } = opened();
    const long = content({ text: "x".repeat(4_000) });
    expect([[], [content(), content()], [long, long]].map((contents) => countInAnswer?.(contents))).toEqual([0, 2, 1]);
  });

  it("is answered by a message that says who writes", () => {
    expect(viber.answerWith?.([content()], channelWith())).toEqual({
      sender: { name: "The shop" },
      type: "text",
      text: "Hello",
    });
  });
});

describe("connecting", () => {
  it("reads the bot's name and address, and sets the webhook for what we understand", async () => {
    const gained = await viber.connect?.(channelWith({ senderName: "" }), { webhookUrl }, ports);
    expect(gained).toEqual({ uri: "standin", senderName: "Stand-in" });
    expect(standIn.webhook()).toBe(webhookUrl);
    expect(standIn.calls.at(-1)?.payload).toMatchObject({ send_name: true, event_types: { length: 7 } });
  });

  it("keeps the name that was given", async () => {
    expect(await viber.connect?.(channelWith(), { webhookUrl }, ports)).toMatchObject({ senderName: "The shop" });
  });

  it("says what a webhook needs where Viber does not take the address", async () => {
    for (const url of ["http://localhost/x", undefined]) {
      await expect(viber.connect?.(channelWith(), { webhookUrl: url }, ports)).rejects.toThrow("PUBLIC_URL");
    }
  });

  it("ends with the webhook taken away", async () => {
    await viber.connect?.(channelWith(), { webhookUrl }, ports);
    expect(await viber.health?.(channelWith(), ports)).toEqual({
      ok: true,
      message: "Stand-in answers; subscribers: 35",
      webhookUrl,
    });
    await viber.disconnect?.(channelWith(), ports);
    expect(standIn.webhook()).toBe("");
    expect(await viber.health?.(channelWith(), ports)).toMatchObject({ ok: false });
  });
});

describe("settings", () => {
  it.each([
    { token: "short" },
    { senderName: "x".repeat(29) },
    { apiRoot: "ftp://example.com" },
    { senderAvatar: "http://e.com/a.png" },
  ])("refuse %j", (settings) => {
    expect(viber.settings.safeParse({ token, ...settings }).success).toBe(false);
  });
});

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { channelPorts } from "../../../test/channel-ports.ts";
import { channelContract, type ShownMessage } from "../../../test/contracts/channel-contract.ts";
import type { Fault } from "../../../test/stand-ins/faulty-http.ts";
import { startVkStandIn, type VkStandIn } from "../../../test/stand-ins/vk.ts";
import type { WebhookRequest } from "../../engine/channel-type.ts";
import type { OutboundHttp, OutboundResult } from "../../engine/outbound.ts";
import type { MessageContent } from "../../model/message.ts";
import { vk } from "./vk.channel.ts";

const token = "vk1.a.ThisIsACommunityTokenOfATest";
const secret = "aSecretOfOurs";
const fixtures = JSON.parse(readFileSync(new URL("./fixtures/events.json", import.meta.url), "utf8")) as Readonly<
  Record<string, object>
>;

const call = (body: unknown): WebhookRequest => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  query: {},
  body: body instanceof Buffer ? body : Buffer.from(JSON.stringify(body)),
});
const told = (code: number, words: string): Fault => ({ body: { error: { error_code: code, error_msg: words } } });

const faults: Readonly<Record<string, Fault>> = {
  "a server error": { status: 500, body: "<h1>Internal Server Error</h1>" },
  "a refused token": told(5, `User authorization failed: ${token}`),
  "a proxy's page": { status: 404, body: `<p>Cannot POST ${token}</p>` },
  "a cut connection": { reset: true },
  "half an answer": { cutShort: true },
  "a refusal that repeats the token": told(100, `One of the parameters is invalid: ${token}`),
  "too many requests": told(6, "Too many requests per second"),
};

const shownBy = (shown: VkStandIn["shown"]): ShownMessage[] =>
  shown.map(({ text, buttons, files, point = "" }) => ({
    text: [text, point].filter(Boolean).join(" "),
    titles: buttons.map(({ action }) => action.label ?? ""),
    // Uploaded under the last word of their address.
    files: files.map((name) => `https://files.example/${name.replace(/\.jpg$/, "")}`),
  }));

channelContract(vk, {
  settings: { token, secret, groupId: 77, screenName: "standin", serverId: 3 },
  // The signature is the secret in the body: whoever signs, puts it there.
  sign: (body) => call(withSecret(body)),
  fixtures,
  badRequests: {
    "a wrong secret": { request: call({ ...fixtures.text, secret: "aSecretOfTheirs" }), status: 401 },
    "a secret that only begins right": {
      request: call({ ...fixtures.text, secret: secret.slice(0, -1) }),
      status: 401,
    },
    "no secret": { request: call({ ...fixtures.text, secret: undefined }), status: 401 },
    "an event of another community": { request: call({ ...fixtures.text, group_id: 78 }), status: 403 },
    "half a JSON text": { request: call(Buffer.from('{"type":')), status: 400 },
    "an empty body": { request: call(Buffer.alloc(0)), status: 400 },
    "a message that is none": { request: call({ ...fixtures.text, object: {} }), status: 400 },
  },
  faults: Object.keys(faults),
  async platform() {
    const standIn = await startVkStandIn();
    let seen = 0;
    // A send that the platform has seen is shown once: each test of the contract is another hour.
    return {
      settings: { apiRoot: `${standIn.url}/method` },
      shown: () => {
        const fresh = shownBy(standIn.shown.slice(seen));
        seen = standIn.shown.length;
        return fresh;
      },
      fail: (name, after) => standIn.failAlways(faults[name] ?? {}, after),
      heal: () => {
        standIn.heal();
        standIn.nextHour();
      },
      close: () => standIn.close(),
    };
  },
});

function withSecret(body: Buffer): Buffer {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === "object" && value !== null ? Buffer.from(JSON.stringify({ ...value, secret })) : body;
  } catch {
    return body;
  }
}

let standIn: VkStandIn;
let answers: Readonly<Record<string, OutboundResult>>;
const outbound: OutboundHttp = async ({ url }) =>
  answers[url] ?? { kind: "ok", status: 200, headers: {}, body: "", bytes: Buffer.from("a file") };
const ports = channelPorts({ outbound });
beforeEach(async () => {
  answers = {};
  standIn = await startVkStandIn();
});
afterEach(() => standIn.close());

let channels = 100;
/** A channel of its own each time: what was uploaded for one is not used for another. */
const channelWith = (settings: object = {}) => {
  channels += 1;
  const parsed = vk.settings.parse({ token, secret, groupId: 77, apiRoot: `${standIn.url}/method/`, ...settings });
  return { id: channels, botId: 1, settings: parsed };
};
const content = (part: Partial<MessageContent> = {}): MessageContent => ({
  text: "Hello",
  attachments: [],
  buttons: [],
  quickReplies: [],
  ...part,
});
const send = (message = content(), { messageId = 1, recipient = "55", channel = channelWith() } = {}) =>
  vk.send({ messageId, contactId: 1, recipient, content: message, onPartSent: async () => {} }, channel, ports);
const methods = () => standIn.calls.map(({ method }) => method);

describe("a webhook call", () => {
  const receive = async (body: object, settings: object = {}) => await vk.receive?.(call(body), channelWith(settings));

  it("is answered by ok, and the confirmation by its code, without a secret", async () => {
    expect(await receive(fixtures.text ?? {})).toMatchObject({ ok: true, response: { body: "ok" } });
    const confirmation = { type: "confirmation", group_id: 77 };
    const settings = { confirmationCode: "b7d2a1c4" };
    expect(await receive(confirmation, settings)).toEqual({ ok: true, events: [], response: { body: "b7d2a1c4" } });
    expect(await receive(confirmation)).toMatchObject({ ok: false, status: 401 });
  });

  it("is refused while the channel has no secret", async () => {
    expect(await receive({ ...fixtures.text, secret: "" }, { secret: "" })).toMatchObject({ ok: false, status: 401 });
  });

  it("of a callback button is answered to VK afterwards", async () => {
    const result = await receive(fixtures.callbackPress ?? {});
    if (result?.ok !== true || result.acknowledge === undefined) return expect.fail("nothing to answer");
    await vk.acknowledge?.(result.acknowledge, channelWith(), ports);
    expect(standIn.calls).toMatchObject([
      { method: "messages.sendMessageEventAnswer", payload: { event_id: "d9b1f0c2", user_id: "55", peer_id: "55" } },
    ]);
  });
});

describe("a send", () => {
  it("gives VK's id of the message", async () => {
    expect(await send()).toEqual({ status: "sent", externalId: String(standIn.shown[0]?.id) });
  });

  it("whose answer was lost is repeated without the person seeing it twice, and gives the same id", async () => {
    standIn.fail({ method: "messages.send", reset: true, afterwards: true });
    expect(await send()).toMatchObject({ status: "retry-later", maybeSent: true });
    expect(await send()).toEqual({ status: "sent", externalId: String(standIn.shown[0]?.id) });
    expect(standIn.shown).toHaveLength(1);
    await send(content(), { messageId: 2 });
    expect(standIn.shown).toHaveLength(2);
  });

  it.each<[string, Fault, object]>([
    ["a rate", told(6, "Too many requests"), { status: "rate-limited", afterMs: 1_000, scope: "channel" }],
    ["flood control", told(9, "Flood control"), { status: "rate-limited", afterMs: 60_000, scope: "chat" }],
    ["a captcha", told(14, "Captcha needed"), { status: "rate-limited", afterMs: 60_000, scope: "channel" }],
    ["a fault of VK", told(10, "Internal server error"), { status: "retry-later" }],
    ["a wrong token", told(5, "User authorization failed"), { status: "unauthorized" }],
    [
      "a missing right",
      told(7, "Permission denied"),
      { status: "unauthorized", message: expect.stringContaining("right") },
    ],
    ["no permission", told(901, "Can't send messages"), { status: "recipient-gone" }],
    ["a blacklist", told(900, "Can't send messages"), { status: "recipient-gone" }],
    ["a deleted person", told(18, "User was deleted or banned"), { status: "recipient-gone" }],
    ["a text that is too long", told(914, "Message is too long"), { status: "rejected" }],
    ["a bad keyboard", told(911, "Keyboard format is invalid"), { status: "rejected" }],
    ["a proxy's 502", { status: 502, body: "<h1>Bad Gateway</h1>" }, { status: "retry-later", maybeSent: true }],
    ["half an answer", { cutShort: true }, { status: "retry-later", maybeSent: true }],
  ])("that meets %s says what to do next", async (_name, fault, expected) => {
    standIn.fail(fault);
    expect(await send()).toMatchObject(expected);
  });

  it("to a server that is away did not go out for certain", async () => {
    const channel = channelWith();
    await standIn.close();
    const result = await send(content(), { channel });
    expect(result).toEqual({ status: "retry-later", message: "VK cannot be reached (ECONNREFUSED)" });
  });

  it("of nothing that could be shown is refused", async () => {
    expect(await send(content({ text: " " }))).toMatchObject({ status: "rejected" });
    expect(standIn.calls).toEqual([]);
  });

  it("is too fast for VK when it is", async () => {
    const slow = await startVkStandIn({ perSecond: 1 });
    onTestFinished(() => slow.close());
    const channel = channelWith({ apiRoot: `${slow.url}/method` });
    const results = await Promise.all([1, 2, 3].map((messageId) => send(content(), { messageId, channel })));
    expect(results.map(({ status }) => status)).toContain("rate-limited");
  });
});

describe("a file", () => {
  const picture = { kind: "image" as const, url: "https://e.com/cat.png" };
  const song = { kind: "file" as const, url: "https://e.com/song.mp3", name: "song.mp3" };

  it("is given to VK once for many people", async () => {
    const channel = channelWith();
    for (const messageId of [1, 2]) await send(content({ attachments: [picture] }), { messageId, channel });
    expect(standIn.shown.map(({ files }) => files)).toEqual([["cat.png"], ["cat.png"]]);
    expect(methods().filter((method) => method === "photos.saveMessagesPhoto")).toHaveLength(1);
  });

  it.each<[string, { readonly answer?: OutboundResult; readonly fault?: Fault }]>([
    ["that VK refuses", {}],
    ["whose server does not give it", { answer: { kind: "failed", message: "no", mayHaveArrived: true } }],
    ["that is too large", { answer: { kind: "too_large", message: "no" } }],
    ["that is not there", { answer: { kind: "ok", status: 404, headers: {}, body: "" } }],
    ["that the upload server refuses", { fault: { method: "doc", body: { error: "unknown error" } } }],
  ])("%s is a link", async (_name, { answer, fault }) => {
    if (answer !== undefined) answers = { [song.url]: answer };
    if (fault !== undefined) standIn.fail(fault);
    expect(await send(content({ attachments: [song] }))).toMatchObject({ status: "sent" });
    expect(standIn.shown).toMatchObject([{ text: "Hello\n\nsong.mp3: https://e.com/song.mp3", files: [] }]);
  });

  it.each<[string, Fault, object]>([
    ["breaks off", { method: "photo", reset: true }, { status: "retry-later" }],
    ["is too fast", told(6, "Too many requests"), { status: "rate-limited" }],
    ["has no right", told(7, "Permission denied"), { status: "unauthorized" }],
  ])("whose upload %s holds the message up, which has not gone out for certain", async (_name, fault, expected) => {
    standIn.fail(fault);
    const result = await send(content({ attachments: [picture] }));
    expect(result).toMatchObject(expected);
    expect(result).not.toHaveProperty("maybeSent");
    expect(standIn.shown).toEqual([]);
  });
});

describe("connecting", () => {
  const webhookUrl = "https://bots.example/webhooks/7";
  const connect = async (settings: object = {}, url: string | undefined = webhookUrl) => {
    const kept: object[] = [];
    const keep = async (some: object) => void kept.push(some);
    const gained = await vk.connect?.(channelWith(settings), { webhookUrl: url, keep }, ports);
    return { gained, kept };
  };

  it("registers the address with a secret, and keeps the code before VK asks for it", async () => {
    const { gained, kept } = await connect({ secret: "", groupId: 0 });
    const known = { groupId: 77, screenName: "standin", secret: expect.stringMatching(/^[0-9a-f]{48}$/) };
    expect(kept).toEqual([{ ...known, confirmationCode: "b7d2a1c4" }]);
    expect(gained).toEqual({ ...kept[0], serverId: standIn.servers()[0]?.id });
    expect(standIn.servers()).toMatchObject([{ url: webhookUrl, status: "ok" }]);
    const settings = standIn.calls.find(({ method }) => method === "groups.setCallbackSettings")?.payload;
    expect(settings).toMatchObject({ message_new: "1", message_event: "1", message_read: "1", message_deny: "1" });
  });

  it("again changes the address that is there", async () => {
    await connect();
    await connect();
    expect(standIn.servers()).toHaveLength(1);
    expect(methods()).toContain("groups.editCallbackServer");
  });

  it("says so where VK cannot confirm the address, or there is none", async () => {
    // Somebody answers there, but not with the code.
    await expect(connect({}, `${standIn.url}/webhooks/7`)).rejects.toThrow("could not confirm");
    const context = { webhookUrl: undefined };
    await expect(vk.connect?.(channelWith(), context, ports)).rejects.toThrow(/PUBLIC_URL.*polling/);
  });

  it("leaves an address alone that was registered by hand, where the token may not do it", async () => {
    const refused = { ...told(15, "Access denied"), method: "groups.getCallbackConfirmationCode" };
    standIn.fail(refused);
    expect((await connect({ confirmationCode: "b7d2a1c4" })).gained).toEqual({ groupId: 77, screenName: "standin" });
    standIn.fail(refused);
    await expect(connect()).rejects.toThrow("right");
  });

  it("switches the long poll on for polling", async () => {
    expect((await connect({ mode: "polling" })).gained).toEqual({ groupId: 77, screenName: "standin" });
    expect(methods()).toEqual(["groups.getById", "groups.setLongPollSettings"]);
  });

  it("ends with the address taken away, which health sees", async () => {
    const { gained } = await connect();
    const channel = channelWith(gained);
    expect(await vk.health?.(channel, ports)).toMatchObject({ ok: true });
    await vk.disconnect?.(channel, ports);
    expect(standIn.servers()).toEqual([]);
    expect(await vk.health?.(channel, ports)).toMatchObject({ ok: false, message: expect.stringContaining("again") });
  });
});

describe("settings", () => {
  it.each([{ token: "short" }, { secret: "with space" }, { apiRoot: "ftp://e.com" }, { bulkPerSecond: 0 }])(
    "refuse %j",
    (settings) => {
      expect(vk.settings.safeParse({ token, ...settings }).success).toBe(false);
    },
  );

  it("without a short name link to the community by its number", () => {
    const context = { publicUrl: "https://bots.example", botRef: "demo" };
    expect(vk.entryUrl?.(channelWith(), "poster", context)).toBe("https://vk.me/club77?ref=poster");
    expect(vk.entryUrl?.(channelWith({ groupId: 0 }), "poster", context)).toBeUndefined();
  });
});

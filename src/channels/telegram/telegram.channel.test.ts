import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { channelPorts } from "../../../test/channel-ports.ts";
import { channelContract, type ShownMessage } from "../../../test/contracts/channel-contract.ts";
import {
  startTelegramStandIn,
  type TelegramFault,
  type TelegramStandIn,
} from "../../../test/stand-ins/telegram-bot-api.ts";
import type { WebhookRequest } from "../../engine/channel-type.ts";
import { telegram } from "./telegram.channel.ts";

const token = "123456:ABCDEFGHIJKLMNOP";
const secretToken = "a-secret-of-ours";
const fixtures = JSON.parse(readFileSync(new URL("./fixtures/updates.json", import.meta.url), "utf8")) as Record<
  string,
  object
>;

const signed = (body: Buffer, secret = secretToken): WebhookRequest => ({
  method: "POST",
  headers: { "x-telegram-bot-api-secret-token": secret },
  query: {},
  body,
});
const textUpdate = Buffer.from(JSON.stringify(fixtures.text));

const faults: Readonly<Record<string, TelegramFault>> = {
  "a server error": { status: 500 },
  "a refused token": { status: 401, description: `Unauthorized: /bot${token}/getMe` },
  "a proxy's page": { status: 404, page: `<p>Cannot POST /bot${token}/sendMessage</p>` },
  "a cut connection": { reset: true },
  "half an answer": { cutShort: true },
  "a refusal that repeats the address": { status: 400, description: `Bad Request: /bot${token}/sendMessage` },
  "too many requests": { status: 429, retryAfter: 3 },
};

function shownBy({ calls }: TelegramStandIn): ShownMessage[] {
  const sent = calls.filter(({ method, ok }) => method.startsWith("send") && ok === true);
  return sent.map(({ method, payload }) => {
    const markup = (payload.reply_markup ?? {}) as { [key in "inline_keyboard" | "keyboard"]?: { text: string }[][] };
    const album = (payload.media ?? []) as { readonly media: string; readonly caption?: string }[];
    const file = payload[method.slice(4).toLowerCase()];
    const { latitude, longitude, title = "", address = "" } = payload;
    const place = latitude === undefined ? [] : [`${title} ${address} ${latitude} ${longitude}`];
    return {
      text: [payload.text, payload.caption, ...album.map(({ caption }) => caption), ...place].filter(Boolean).join(" "),
      titles: [...(markup.inline_keyboard ?? []), ...(markup.keyboard ?? [])].flat().map(({ text }) => text),
      files: [...album.map(({ media }) => media), ...(typeof file === "string" ? [file] : [])],
    };
  });
}

channelContract(telegram, {
  settings: { token, secretToken, username: "standin_bot" },
  sign: signed,
  fixtures,
  badRequests: {
    "a wrong secret token": { request: signed(textUpdate, "a-secret-of-theirs"), status: 401 },
    "a secret token that only begins right": { request: signed(textUpdate, secretToken.slice(0, -1)), status: 401 },
    "no secret token": { request: { ...signed(textUpdate), headers: {} }, status: 401 },
    "half a JSON text": { request: signed(textUpdate.subarray(0, 50)), status: 400 },
    "an empty body": { request: signed(Buffer.alloc(0)), status: 400 },
    "JSON that is no update": { request: signed(Buffer.from('{"message":{"text":"hi"}}')), status: 400 },
  },
  faults: Object.keys(faults),
  async platform() {
    const standIn = await startTelegramStandIn();
    return {
      settings: { apiRoot: standIn.url },
      shown: () => {
        const shown = shownBy(standIn);
        standIn.calls.length = 0;
        return shown;
      },
      fail: (name, after) => standIn.failAlways(faults[name] ?? {}, after),
      heal: () => standIn.heal(),
      close: () => standIn.close(),
    };
  },
});

let standIn: TelegramStandIn;
const logged: { readonly data: object; readonly message: string }[] = [];
const ports = channelPorts({
  log: { warn: (data, message) => void logged.push({ data, message }), info: () => {} },
});
beforeEach(async () => {
  logged.length = 0;
  standIn = await startTelegramStandIn();
});
afterEach(() => standIn.close());

const channelWith = (settings: object = {}) => ({
  id: 7,
  botId: 1,
  settings: telegram.settings.parse({ token, secretToken, apiRoot: `${standIn.url}/`, ...settings }),
});
const methods = () => standIn.calls.map(({ method }) => method);
const webhookUrl = "https://bots.example/webhooks/7";

describe("a webhook call", () => {
  it("that is a press is answered with the answer to the press", () => {
    const result = telegram.receive?.(signed(Buffer.from(JSON.stringify(fixtures.press))), channelWith());
    expect(result).toMatchObject({
      response: { body: { method: "answerCallbackQuery", callback_query_id: "4382" } },
    });
  });

  it("is refused while the channel has no secret token", () => {
    const result = telegram.receive?.(signed(textUpdate, ""), channelWith({ secretToken: "" }));
    expect(result).toMatchObject({ ok: false, status: 401 });
  });
});

describe("a send", () => {
  const send = (recipient = "55", text = "Hello") =>
    telegram.send(
      {
        messageId: 1,
        contactId: 1,
        recipient,
        content: { text, attachments: [], buttons: [], quickReplies: [] },
        onPartSent: async () => {},
      },
      channelWith(),
      ports,
    );

  it("gives Telegram's id of the message", async () => {
    expect(await send()).toEqual({ status: "sent", externalId: "1" });
  });

  it.each<[string, TelegramFault, object]>([
    ["429", { status: 429, retryAfter: 35 }, { status: "rate-limited", afterMs: 35_000, scope: "chat" }],
    [
      "403 blocked",
      { status: 403, description: "Forbidden: bot was blocked by the user" },
      { status: "recipient-gone" },
    ],
    ["403 deactivated", { status: 403, description: "Forbidden: user is deactivated" }, { status: "recipient-gone" }],
    ["400 no chat", { status: 400, description: "Bad Request: chat not found" }, { status: "recipient-gone" }],
    ["400 content", { status: 400, description: "Bad Request: BUTTON_DATA_INVALID" }, { status: "rejected" }],
    ["413", { status: 413, description: "Request Entity Too Large" }, { status: "rejected" }],
    ["401", { status: 401, description: "Unauthorized" }, { status: "unauthorized" }],
    ["404", { status: 404, description: "Not Found" }, { status: "unauthorized" }],
    ["500", { status: 500, description: "Internal Server Error" }, { status: "retry-later" }],
    ["a proxy's 502", { status: 502, page: "<h1>Bad Gateway</h1>" }, { status: "retry-later", maybeSent: true }],
    ["an endless answer", { status: 200, page: "x".repeat(17_000_000) }, { status: "retry-later", maybeSent: true }],
    ["a cut connection", { reset: true }, { status: "retry-later", maybeSent: true }],
    ["half an answer", { cutShort: true }, { status: "retry-later", maybeSent: true }],
  ])("that meets %s says what to do next", async (_name, fault, expected) => {
    standIn.fail(fault);
    expect(await send()).toMatchObject(expected);
  });

  it("that is not answered in 20 seconds is given up, and may have gone out", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    standIn.fail({ hang: true });
    const result = send();
    while (standIn.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(20_000);
    expect(await result).toEqual({
      status: "retry-later",
      message: "Telegram did not answer within 20 seconds",
      maybeSent: true,
    });
  });

  it("to a server that is away did not go out for certain", async () => {
    const channel = channelWith();
    await standIn.close();
    const request = { messageId: 1, contactId: 1, recipient: "5", onPartSent: async () => {} };
    const content = { text: "Hi", attachments: [], buttons: [], quickReplies: [] };
    const result = await telegram.send({ ...request, content }, channel, ports);
    expect(result).toEqual({ status: "retry-later", message: "Telegram cannot be reached (ECONNREFUSED)" });
  });

  it("of nothing that could be shown is refused", async () => {
    expect(await send("55", "  ")).toMatchObject({ status: "rejected" });
    expect(standIn.calls).toEqual([]);
  });
});

describe("a message that takes the place of another", () => {
  const say = (text: string, replaces?: string, partsSent?: number) => {
    const content = { text, attachments: [], buttons: [], quickReplies: [], ...(replaces && { replaces }) };
    return telegram.send({ messageId: 1, contactId: 1, recipient: "55", content, partsSent }, channelWith(), ports);
  };

  it("is the same message from then on", async () => {
    expect(await say("One")).toMatchObject({ externalId: "1" });
    expect(await say("Two", "1")).toEqual({ status: "sent", externalId: "1" });
    expect(methods()).toEqual(["sendMessage", "editMessageText"]);
  });

  it("is nothing new where it says what the other says", async () => {
    await say("One");
    await say("Two", "1");
    expect(await say("Two", "1")).toEqual({ status: "sent", externalId: "1" });
    expect(methods()).toEqual(["sendMessage", "editMessageText", "editMessageText"]);
  });

  it("is said anew where the other is gone", async () => {
    expect(await say("Two", "99")).toEqual({ status: "sent", externalId: "1" });
    expect(methods()).toEqual(["editMessageText", "sendMessage"]);
  });

  it.each<[TelegramFault, string]>([
    [{ status: 429, retryAfter: 3 }, "rate-limited"],
    [{ status: 403, description: "Forbidden: bot was blocked by the user" }, "recipient-gone"],
    [{ reset: true }, "retry-later"],
  ])("is not said twice where the change meets %j", async (fault, status) => {
    await say("One");
    standIn.fail(fault);
    expect(await say("Two", "1")).toMatchObject({ status });
    expect(methods()).not.toEqual(["sendMessage", "editMessageText", "sendMessage"]);
  });
});

describe("a broadcast that is paid for", () => {
  const flags = async (settings: object, lane: "live" | "bulk") => {
    const content = { text: "x".repeat(5000), attachments: [], buttons: [], quickReplies: [] };
    const request = { messageId: 1, contactId: 1, recipient: "55", content, lane, onPartSent: async () => {} };
    await telegram.send(request, channelWith(settings), ports);
    return standIn.calls.map(({ payload }) => payload.allow_paid_broadcast);
  };

  it("says so with every call, and no other message does", async () => {
    expect(await flags({ paidBroadcast: true }, "bulk")).toEqual([true, true]);
    standIn.calls.length = 0;
    expect(await flags({ paidBroadcast: true }, "live")).toEqual([undefined, undefined]);
    standIn.calls.length = 0;
    expect(await flags({}, "bulk")).toEqual([undefined, undefined]);
  });
});

describe("connecting", () => {
  it("reads the bot's name and sets the webhook with a secret of its own", async () => {
    const gained = await telegram.connect?.(channelWith({ secretToken: "" }), { webhookUrl }, ports);
    expect(gained).toEqual({ username: "standin_bot", secretToken: expect.stringMatching(/^[\w-]{43}$/) });
    expect(standIn.calls[1]).toMatchObject({
      method: "setWebhook",
      payload: {
        url: webhookUrl,
        secret_token: gained?.secretToken,
        allowed_updates: ["message", "edited_message", "callback_query", "my_chat_member"],
      },
    });
  });

  it("keeps the secret that it has", async () => {
    expect(await telegram.connect?.(channelWith(), { webhookUrl }, ports)).toMatchObject({ secretToken });
  });

  it("sets no webhook for polling", async () => {
    await telegram.connect?.(channelWith({ mode: "polling" }), { webhookUrl }, ports);
    expect(methods()).toEqual(["getMe"]);
  });

  it("says what a webhook needs where Telegram does not take the address", async () => {
    standIn.fail({ method: "setWebhook", status: 400, description: "Bad Request: bad webhook: HTTPS URL required" });
    await expect(telegram.connect?.(channelWith(), { webhookUrl: "http://localhost/x" }, ports)).rejects.toThrow(
      /HTTPS URL required.*PUBLIC_URL.*polling/,
    );
    await expect(telegram.connect?.(channelWith(), { webhookUrl: undefined }, ports)).rejects.toThrow("PUBLIC_URL");
  });

  it("ends with the webhook taken away", async () => {
    await telegram.disconnect?.(channelWith(), ports);
    expect(methods()).toEqual(["deleteWebhook"]);
  });
});

describe("health", () => {
  it("of a webhook is good once it is set, and tells what waits", async () => {
    expect(await telegram.health?.(channelWith(), ports)).toMatchObject({ ok: false });
    await telegram.connect?.(channelWith(), { webhookUrl }, ports);
    expect(await telegram.health?.(channelWith(), ports)).toEqual({
      ok: true,
      message: "@standin_bot answers; updates waiting: 0",
      webhookUrl,
    });
  });

  it("of polling is bad while somebody's webhook is set", async () => {
    const channel = channelWith({ mode: "polling" });
    expect(await telegram.health?.(channel, ports)).toMatchObject({ ok: true });
    await telegram.connect?.(channelWith(), { webhookUrl }, ports);
    expect(await telegram.health?.(channel, ports)).toMatchObject({ ok: false });
  });
});

describe("settings", () => {
  it.each([
    { token: "nonsense" },
    { secretToken: "with space" },
    { apiRoot: "ftp://example.com" },
    { bulkPerSecond: 0 },
    { chatBurst: 0.5 },
  ])("refuse %j", (settings) => {
    expect(telegram.settings.safeParse({ token, ...settings }).success).toBe(false);
  });
});

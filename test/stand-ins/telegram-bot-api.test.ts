import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Api, GrammyError, HttpError } from "grammy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../until.ts";
import {
  startTelegramStandIn,
  type TelegramFault,
  type TelegramStandIn,
  type TelegramStandInOptions,
} from "./telegram-bot-api.ts";

const token = "123456:ABCDEFGHIJKLMNOP";
let standIn: TelegramStandIn;
let api: Api;
beforeEach(() => start());
afterEach(() => standIn.close());

async function start(options: TelegramStandInOptions = {}): Promise<void> {
  standIn = await startTelegramStandIn(options);
  api = new Api(token, { apiRoot: standIn.url });
}

async function restart(options: TelegramStandInOptions): Promise<void> {
  await standIn.close();
  await start(options);
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

describe("the stand-in for the Bot API, as grammY's client sees it", () => {
  it("knows a bot, and takes messages of every kind", async () => {
    expect(await api.getMe()).toMatchObject({ is_bot: true, username: "standin_bot" });
    const sent = [
      await api.sendMessage(55, "Hello"),
      await api.sendPhoto(55, "https://files.example/a.png", { caption: "look" }),
      await api.sendVideo(55, "https://files.example/a.mp4"),
      await api.sendAudio(55, "https://files.example/a.mp3"),
      await api.sendVoice(55, "https://files.example/a.ogg"),
      await api.sendDocument(55, "https://files.example/a.pdf"),
    ];
    expect(sent.map(({ message_id }) => message_id)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(sent[0]).toMatchObject({ chat: { id: 55, type: "private" }, text: "Hello" });
    await api.editMessageText(55, 1, "Hello again");
    await api.answerCallbackQuery("4382");
    expect(standIn.calls.map(({ method, ok }) => [method, ok])).toContainEqual(["editMessageText", true]);
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ["an empty text", () => api.sendMessage(55, " "), /empty/],
    ["a text that is too long", () => api.sendMessage(55, "x".repeat(4097)), /too long/],
    ["a caption that is too long", () => api.sendPhoto(55, "u", { caption: "x".repeat(1025) }), /too long/],
    ["a chat that is none", () => api.sendMessage("nobody", "Hi"), /chat not found/],
    [
      "a button whose data is too long",
      () =>
        api.sendMessage(55, "Hi", {
          reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "ж".repeat(33) }]] },
        }),
      /BUTTON_DATA_INVALID/,
    ],
  ])("refuses %s", async (_name, call, description) => {
    const error = await rejection(call());
    expect(error).toBeInstanceOf(GrammyError);
    expect(error).toMatchObject({ error_code: 400, description: expect.stringMatching(description) });
  });

  it("takes albums, places, keyboards and changes, as Telegram does", async () => {
    const photo = (media: string) => ({ type: "photo" as const, media });
    const document = { type: "document" as const, media: "https://files.example/a.pdf" };
    expect(await api.sendMediaGroup(55, [photo("a"), photo("b")])).toMatchObject([
      { message_id: 1 },
      { message_id: 2 },
    ]);
    expect(await rejection(api.sendMediaGroup(55, [photo("a")]))).toMatchObject({ error_code: 400 });
    expect(await rejection(api.sendMediaGroup(55, [photo("a"), document] as never))).toMatchObject({ error_code: 400 });
    expect(await api.sendLocation(55, 55.75, 37.62)).toMatchObject({ message_id: 3 });
    expect(await api.sendVenue(55, 55.75, 37.62, "Club", "Main street 1")).toMatchObject({ message_id: 4 });
    const asking = { keyboard: [[{ text: "Phone", request_contact: true as const }]] };
    const { message_id: id } = await api.sendMessage(55, "How?", { reply_markup: asking });
    expect(await rejection(api.sendMessage(-100, "How?", { reply_markup: asking }))).toMatchObject({ error_code: 400 });
    await api.editMessageText(55, id, "How else?");
    const again = await rejection(api.editMessageText(55, id, "How else?"));
    expect(again).toMatchObject({ error_code: 400, description: expect.stringMatching(/not modified/) });
    expect(await rejection(api.editMessageText(55, 99, "x"))).toMatchObject({ description: /to edit not found/ });
    await api.sendPhoto(55, "https://files.example/a.png");
    expect(await rejection(api.editMessageText(55, id + 1, "x"))).toMatchObject({ error_code: 400 });
    await api.editMessageMedia(55, id + 1, photo("https://files.example/b.png"));
    await api.sendMessage(55, "Sale", { allow_paid_broadcast: true });
    expect(standIn.calls.at(-1)?.payload.allow_paid_broadcast).toBe(true);
  });

  it.each<[string, TelegramFault, object]>([
    ["403", { status: 403, description: "Forbidden: bot was blocked by the user" }, { error_code: 403 }],
    ["500", { status: 500, description: "Internal Server Error" }, { error_code: 500 }],
    ["429 for as long as it says", { status: 429, retryAfter: 35 }, { parameters: { retry_after: 35 } }],
  ])("answers %s as grammY reads it", async (_name, fault, expected) => {
    standIn.fail(fault);
    const error = await rejection(api.sendMessage(55, "Hi"));
    expect(error).toBeInstanceOf(GrammyError);
    expect(error).toMatchObject(expected);
  });

  it("gives a proxy's page, of which grammY makes nothing", async () => {
    standIn.fail({ status: 502, page: "<h1>Bad Gateway</h1>" });
    expect(await rejection(api.sendMessage(55, "Hi"))).toBeInstanceOf(HttpError);
  });

  it("may be slow, and answers all the same", async () => {
    await restart({ latencyMs: 30 });
    expect(await api.sendMessage(55, "Hi")).toMatchObject({ message_id: 1 });
  });

  it("does not know every token", async () => {
    const other = new Api("0:unknownunknown", { apiRoot: standIn.url });
    expect(await rejection(other.getMe())).toMatchObject({ error_code: 401 });
  });

  it("hands updates out until they are confirmed", async () => {
    await standIn.push({ update_id: 5 });
    await standIn.push({ update_id: 6 });
    expect(await api.getUpdates({ limit: 1 })).toEqual([{ update_id: 5 }]);
    expect(await api.getUpdates()).toHaveLength(2);
    expect(await api.getUpdates({ offset: 6 })).toEqual([{ update_id: 6 }]);
    expect(await api.getWebhookInfo()).toMatchObject({ url: "", pending_update_count: 1 });
  });

  it("answers a long poll as soon as something comes", async () => {
    const poll = api.getUpdates({ timeout: 20 });
    await until("the poll", () => standIn.calls.length === 1);
    await standIn.push({ update_id: 5 });
    expect(await poll).toEqual([{ update_id: 5 }]);
  });

  it("lets nobody poll while a webhook is set, and only one at a time", async () => {
    await api.setWebhook("http://127.0.0.1:9/hook");
    expect(await rejection(api.getUpdates())).toMatchObject({ error_code: 409 });
    await api.deleteWebhook();
    const first = rejection(api.getUpdates({ timeout: 20 }));
    await until("the first poll", () => standIn.calls.at(-1)?.payload.timeout === 20);
    await api.getUpdates();
    expect(await first).toMatchObject({ error_code: 409 });
  });

  it("delivers to the webhook with its secret, and carries out the call in the answer", async () => {
    const seen: unknown[] = [];
    const hook = createServer((request, response) => {
      seen.push(request.headers["x-telegram-bot-api-secret-token"]);
      response.end(JSON.stringify({ method: "answerCallbackQuery", callback_query_id: "1" }));
    });
    await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;
    await api.setWebhook(url, { secret_token: "secret" });
    expect(await standIn.push({ update_id: 5 })).toMatchObject({ status: 200 });
    expect(seen).toEqual(["secret"]);
    expect(standIn.calls.at(-1)).toMatchObject({
      method: "answerCallbackQuery",
      payload: { callback_query_id: "1" },
      ok: true,
    });
    hook.closeAllConnections();
    await new Promise((resolve) => hook.close(resolve));
  });

  it("goes wrong when it is told to", async () => {
    standIn.fail({ method: "sendMessage", status: 429, retryAfter: 7, description: "Too Many Requests" });
    expect(await api.getMe()).toBeDefined();
    expect(await rejection(api.sendMessage(55, "Hi"))).toMatchObject({
      error_code: 429,
      parameters: { retry_after: 7 },
    });
    standIn.fail({ reset: true });
    expect(await rejection(api.sendMessage(55, "Hi"))).toBeInstanceOf(HttpError);
    standIn.fail({ hang: true });
    const hurried = new Api(token, { apiRoot: standIn.url, timeoutSeconds: 0.05 });
    expect(await rejection(hurried.sendMessage(55, "Hi"))).toBeInstanceOf(HttpError);
    expect(await api.sendMessage(55, "Hi")).toBeDefined();
    expect(standIn.calls.map(({ ok }) => ok)).toEqual([true, false, undefined, undefined, true]);
  });

  it("keeps to limits where it has some", async () => {
    await restart({ limits: { perChatPerSecond: 1 } });
    const results = await Promise.all([1, 2, 3, 4].map(() => rejection(api.sendMessage(55, "Hi"))));
    // The second may change once in between.
    expect(results.filter((error) => error instanceof GrammyError && error.error_code === 429).length).toBeGreaterThan(
      1,
    );
    expect(await api.sendMessage(56, "Hi")).toBeDefined();
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { channelPorts } from "../../../test/channel-ports.ts";
import { startTelegramStandIn, type TelegramStandIn } from "../../../test/stand-ins/telegram-bot-api.ts";
import { until } from "../../../test/until.ts";
import type { InboundEvent } from "../../engine/channel-type.ts";
import { TelegramCallError } from "./telegram.api.ts";
import { telegram } from "./telegram.channel.ts";
import { whatNow } from "./telegram.poll.ts";

const token = "123456:ABCDEFGHIJKLMNOP";

let standIn: TelegramStandIn;
let abort: AbortController;
let polling: Promise<void> | undefined;
let delivered: InboundEvent[];
let warnings: object[];
beforeEach(async () => {
  standIn = await startTelegramStandIn();
  abort = new AbortController();
  delivered = [];
  warnings = [];
});
afterEach(async () => {
  abort.abort();
  await polling;
  await standIn.close();
});

function startPolling(deliver = async (events: readonly InboundEvent[]) => void delivered.push(...events)): void {
  const settings = telegram.settings.parse({ token, apiRoot: standIn.url, mode: "polling" });
  const ports = channelPorts({ log: { warn: (data) => void warnings.push(data), info: () => {} } });
  polling = telegram.poll?.({ id: 7, botId: 1, settings }, deliver, ports, abort.signal);
}

const textUpdate = (updateId: number) => ({
  update_id: updateId,
  message: {
    message_id: updateId,
    date: 0,
    chat: { id: 55, type: "private" },
    from: { id: 55, is_bot: false, first_name: "Ann" },
    text: `text ${updateId}`,
  },
});
const pressUpdate = (updateId: number) => ({
  update_id: updateId,
  callback_query: { id: "4382", from: { id: 55, is_bot: false, first_name: "Ann" }, chat_instance: "1", data: "f:s:b" },
});
const callsOf = (method: string) => standIn.calls.filter((call) => call.method === method);
const ids = () => delivered.map(({ externalId }) => externalId);

describe("polling", () => {
  it("takes a webhook away first, and then hands over what comes, in order", async () => {
    startPolling();
    await until("the first question", () => callsOf("getUpdates").length > 0);
    expect(standIn.calls[0]?.method).toBe("deleteWebhook");
    for (const updateId of [10, 11, 12]) await standIn.push(textUpdate(updateId));
    await until("all events", () => delivered.length === 3);
    expect(ids()).toEqual(["u10", "u11", "u12"]);
  });

  it("moves on only when what came is committed", async () => {
    let attempts = 0;
    startPolling(async (events) => {
      attempts += 1;
      if (attempts === 1) throw new Error("the database is away");
      delivered.push(...events);
    });
    await standIn.push(textUpdate(10));
    await until("the event", () => delivered.length === 1);
    expect(attempts).toBe(2);
    expect(warnings).toEqual([expect.objectContaining({ reason: "the database is away" })]);
    await until("the next question", () => callsOf("getUpdates").at(-1)?.payload.offset === 11);
  });

  it("answers a press, after it is committed", async () => {
    startPolling(async (events) => {
      expect(callsOf("answerCallbackQuery")).toEqual([]);
      delivered.push(...events);
    });
    await standIn.push(pressUpdate(10));
    await until("the answer", () => callsOf("answerCallbackQuery").length > 0);
    expect(delivered).toMatchObject([{ happening: { kind: "button", payload: "f:s:b" } }]);
    expect(callsOf("answerCallbackQuery")[0]?.payload).toEqual({ callback_query_id: "4382" });
  });

  it("passes over an update that cannot be read, and says so", async () => {
    startPolling();
    await standIn.push({ update_id: 10, message: "what?" });
    await standIn.push(textUpdate(11));
    await until("the event", () => delivered.length === 1);
    expect(ids()).toEqual(["u11"]);
    expect(warnings).toEqual([{ channelId: 7, updateId: 10 }]);
  });

  it("goes on after a failure", async () => {
    standIn.fail({ method: "getUpdates", status: 502, page: "<h1>Bad Gateway</h1>" });
    startPolling();
    await standIn.push(textUpdate(10));
    await until("the event", () => delivered.length === 1);
    expect(warnings).toEqual([expect.objectContaining({ channelId: 7, pauseMs: 500 })]);
  });

  it("ends at once when it is told to, also in the middle of a question", async () => {
    startPolling();
    await until("the question", () => callsOf("getUpdates").length === 1);
    const before = performance.now();
    abort.abort();
    await polling;
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(warnings).toEqual([]);
  });

  it("ends at once when it is told to, also while it pauses", async () => {
    standIn.fail({ status: 401, description: "Unauthorized" });
    startPolling();
    await until("the pause", () => warnings.length === 1);
    abort.abort();
    await polling;
    expect(callsOf("getUpdates")).toEqual([]);
  });

  it("is not for a channel with a webhook", () => {
    const settings = telegram.settings.parse({ token, mode: "webhook" });
    const ports = channelPorts();
    expect(telegram.poll?.({ id: 7, botId: 1, settings }, async () => {}, ports, abort.signal)).toBeUndefined();
  });
});

describe("a failure to ask for updates", () => {
  const refused = (code: number, retryAfterSeconds?: number) =>
    new TelegramCallError("Refused", { code, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });

  it("is asked again ever more slowly", () => {
    const pauses = [1, 2, 3, 10, 1000].map((failures) => whatNow(new Error("away"), failures).pauseMs);
    expect(pauses).toEqual([500, 1000, 2000, 30_000, 30_000]);
  });

  it("waits as long as Telegram says", () => {
    expect(whatNow(refused(429, 90), 1).pauseMs).toBe(90_000);
  });

  it.each([
    [401, /token/],
    [404, /token/],
    [409, /another program/],
  ])("with code %i is said in words and asked again after a minute", (code, words) => {
    const { reason, pauseMs } = whatNow(refused(code), 1);
    expect(reason).toMatch(words);
    expect(pauseMs).toBe(60_000);
  });
});

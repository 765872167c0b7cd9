import { randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { policySettings, receivingMode } from "../../engine/channel-policy.ts";
import {
  ChannelConnectError,
  type ChannelHealth,
  type ConnectedChannel,
  defineChannel,
  type SendRequest,
  type SendResult,
  type WebhookResult,
} from "../../engine/channel-type.ts";
import type { Json } from "../../model/field.ts";
import { fromTelegram } from "./from-telegram.ts";
import {
  deleteWebhook,
  getMe,
  getWebhookInfo,
  sendCall,
  setWebhook,
  TelegramCallError,
  type TelegramPorts,
  toSendResult,
  unknownToken,
} from "./telegram.api.ts";
import { pollTelegram } from "./telegram.poll.ts";
import { parseUpdate, type TelegramUpdate } from "./telegram-update.ts";
import { type TelegramCall, toEdit, toTelegram } from "./to-telegram.ts";

const consentWords = { optOut: ["/stop", "/unsubscribe"] };

const settingsSchema = z.object({
  token: z.string().regex(/^\d+:[A-Za-z0-9_-]{10,}$/, "a bot token looks like 123456:ABC…; @BotFather gives it"),
  /** Comes with every webhook call; made when the channel is connected. */
  secretToken: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,256}$/, "a secret token has up to 256 of A-Z, a-z, 0-9, _ and -")
    .default(""),
  /** The bot's name without @; read from Telegram when the channel is connected. */
  username: z.string().default(""),
  mode: receivingMode,
  apiRoot: z
    .url({ protocol: /^https?$/ })
    .default("https://api.telegram.org")
    .transform((url) => url.replace(/\/+$/, "")),
  /** Answers in groups too, when it is spoken to there. */
  groups: z.boolean().default(false),
  /** Broadcasts may leave faster than 30 a second, for Stars. */
  paidBroadcast: z.boolean().default(false),
  bulkPerSecond: z.number().positive().max(1000).default(30),
  perChatPerSecond: z.number().positive().max(100).default(1),
  chatBurst: z.number().int().positive().max(1000).default(20),
  uncertainPolicy: z.enum(["repeat", "ask"]).default("repeat"),
  ...policySettings(consentWords),
});
type Settings = z.output<typeof settingsSchema>;
type Channel = ConnectedChannel<Settings>;

export const telegram = defineChannel<Settings>({
  kind: "telegram",
  title: "Telegram",
  // https://core.telegram.org/bots/api and https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
  capabilities: {
    textLength: 4096,
    buttons: 100,
    buttonTitleLength: 64,
    quickReplies: 100,
    media: ["image", "video", "audio", "voice", "file"],
    locations: "places",
    requests: ["phone", "location"],
    edits: true,
    entryPayload: { maxLength: 64, alphabet: "[A-Za-z0-9_-]" },
    consentWords,
    rates: { bulkPerSecond: 30, perChatPerSecond: 1, chatBurst: 20 },
  },
  settings: settingsSchema,
  secrets: ["token", "secretToken"],
  uncertainPolicy: "repeat",
  receive(request, channel): WebhookResult {
    if (!isSame(String(request.headers["x-telegram-bot-api-secret-token"] ?? ""), channel.settings.secretToken)) {
      return refuse(401, "webhook.bad_secret", "the secret token is wrong");
    }
    const update = readBody(request.body);
    if (update === undefined) return refuse(400, "webhook.bad_body", "the body has to be an update in JSON");
    const { events, callbackQueryId } = fromTelegram(update, channel.settings);
    if (callbackQueryId === undefined) return { ok: true, events };
    // The answer to the press rides in our answer: one request less.
    return {
      ok: true,
      events,
      response: { body: { method: "answerCallbackQuery", callback_query_id: callbackQueryId } },
    };
  },
  send,
  connect,
  async disconnect({ settings }, ports) {
    await deleteWebhook(settings, ports);
  },
  poll(channel, deliver, ports, signal) {
    return channel.settings.mode === "polling" ? pollTelegram(channel, deliver, ports, signal) : undefined;
  },
  async health({ settings }, ports) {
    try {
      return await examine(settings, ports);
    } catch (error) {
      if (error instanceof TelegramCallError) return { ok: false, message: inWords(error) };
      throw error;
    }
  },
  entryUrl({ settings }, payload) {
    if (settings.username === "") return undefined;
    return `https://t.me/${settings.username}${payload === undefined ? "" : `?start=${payload}`}`;
  },
});

async function send(request: SendRequest, { settings }: Channel, ports: TelegramPorts): Promise<SendResult> {
  const calls = toTelegram(request.content, request.recipient, telegram.capabilities);
  if (calls.length === 0) {
    return { status: "rejected", message: "Telegram shows no message that has neither a text nor a file" };
  }
  const { replaces } = request.content;
  const edit = replaces === undefined ? undefined : toEdit(calls, replaces);
  if (edit !== undefined && (request.partsSent ?? 0) === 0) {
    const edited = await change(edit, settings, ports);
    if (edited !== undefined) return edited;
  }
  const paid = settings.paidBroadcast && request.lane === "bulk" ? { allow_paid_broadcast: true } : {};
  let externalId: string | undefined;
  // What went out in an earlier attempt must not go out again.
  for (const [index, call] of calls.entries()) {
    if (index < (request.partsSent ?? 0)) continue;
    try {
      externalId = await sendCall(settings, ports, { ...call, payload: { ...call.payload, ...paid } });
    } catch (error) {
      if (error instanceof TelegramCallError) return toSendResult(error);
      throw error;
    }
    if (index < calls.length - 1) await request.onPartSent?.(index + 1);
  }
  return { status: "sent", externalId };
}

/** Undefined: the message cannot be changed (it is gone, too old, or of another kind), so that it has to be said anew. */
async function change(call: TelegramCall, settings: Settings, ports: TelegramPorts): Promise<SendResult | undefined> {
  const { message_id: messageId } = call.payload;
  try {
    await sendCall(settings, ports, call);
  } catch (error) {
    if (!(error instanceof TelegramCallError)) throw error;
    // It says that already: a second press, or a repetition after a crash.
    if (!/message is not modified/i.test(error.message)) {
      const result = toSendResult(error);
      return result.status === "rejected" ? undefined : result;
    }
  }
  return { status: "sent", externalId: String(messageId) };
}

async function connect(
  { settings }: Channel,
  { webhookUrl }: { readonly webhookUrl: string | undefined },
  ports: TelegramPorts,
): Promise<Readonly<Record<string, Json>>> {
  const secretToken = settings.secretToken === "" ? randomBytes(32).toString("base64url") : settings.secretToken;
  try {
    const { username } = await getMe(settings, ports);
    if (settings.mode === "webhook") await register(settings, ports, webhookUrl, secretToken);
    return { username, secretToken };
  } catch (error) {
    if (error instanceof TelegramCallError) throw new ChannelConnectError(inWords(error), { cause: error });
    throw error;
  }
}

async function register(
  settings: Settings,
  ports: TelegramPorts,
  webhookUrl: string | undefined,
  secretToken: string,
): Promise<void> {
  const advice =
    'Telegram calls only https addresses that the internet reaches: set PUBLIC_URL to one, or choose the mode "polling"';
  if (webhookUrl === undefined) throw new ChannelConnectError(advice);
  try {
    await setWebhook(settings, ports, webhookUrl, secretToken);
  } catch (error) {
    if (!(error instanceof TelegramCallError) || error.code !== 400) throw error;
    throw new ChannelConnectError(`Telegram does not take ${webhookUrl} (${error.message}). ${advice}`, {
      cause: error,
    });
  }
}

async function examine(settings: Settings, ports: TelegramPorts): Promise<ChannelHealth> {
  const { username } = await getMe(settings, ports);
  const { url, pending_update_count, last_error_message, last_error_date = 0 } = await getWebhookInfo(settings, ports);
  const isPolling = settings.mode === "polling";
  const waiting = `@${username} answers; updates waiting: ${pending_update_count}`;
  if (isPolling && url !== "") return { ok: false, message: `${waiting}; a webhook is set, so nothing can be fetched` };
  if (isPolling) return { ok: true, message: waiting };
  if (url === "") return { ok: false, message: `${waiting}; no webhook is set: connect the channel again` };
  const webhookUrl = url;
  if (last_error_message === undefined) return { ok: true, message: waiting, webhookUrl };
  const when = new Date(last_error_date * 1000).toISOString();
  return { ok: true, message: `${waiting}; last failed delivery at ${when}: ${last_error_message}`, webhookUrl };
}

function inWords({ code, message }: TelegramCallError): string {
  return code === 401 || code === 404 ? unknownToken : message;
}

function refuse(status: 400 | 401, code: string, message: string): WebhookResult {
  return { ok: false, status, code, message };
}

/** In a time that tells nothing but the length, which is no secret: it is always the same. An empty secret fits nothing. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return expected !== "" && a.length === b.length && timingSafeEqual(a, b);
}

function readBody(body: Buffer): TelegramUpdate | undefined {
  try {
    return parseUpdate(JSON.parse(body.toString("utf8")));
  } catch {
    // Answered as a bad body.
    return undefined;
  }
}

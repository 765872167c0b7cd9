import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One call of the Bot API, as it came in. */
export interface TelegramStandInCall {
  readonly method: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Unix milliseconds. */
  readonly at: number;
  /** Whether it was answered `ok`; undefined while it hangs, or where its connection was cut. */
  ok: boolean | undefined;
}

/** How the next call (or the next of a method) goes wrong. */
export interface TelegramFault {
  readonly method?: string;
  readonly status?: number;
  readonly description?: string;
  readonly retryAfter?: number;
  /** Answered with this instead of JSON, as a proxy would. */
  readonly page?: string;
  /** Never answered. */
  readonly hang?: boolean;
  /** The connection is cut after the call was read. */
  readonly reset?: boolean;
  /** The connection is cut in the middle of the answer. */
  readonly cutShort?: boolean;
}

/** Sends a second that are taken; more are answered with 429. Over all chats, and to one. */
export interface TelegramLimits {
  readonly perSecond?: number;
  readonly perChatPerSecond?: number;
}

export interface TelegramStandInOptions {
  readonly port?: number;
  readonly latencyMs?: number;
  /** False: calls are not recorded (a benchmark makes hundreds of thousands). */
  readonly keepCalls?: boolean;
  readonly limits?: TelegramLimits;
}

export interface TelegramStandIn {
  readonly url: string;
  readonly calls: TelegramStandInCall[];
  /**
   * Delivers an update: to the webhook that was set, or to whoever asks with getUpdates. The webhook's answer; a call of the Bot API in it is
   * carried out.
   */
  push(update: object): Promise<{ readonly status: number; readonly body: string } | undefined>;
  fail(...faults: readonly TelegramFault[]): void;
  /** Every call goes wrong alike, but for the next so many. */
  failAlways(fault: TelegramFault, after: number): void;
  /** No call goes wrong any more. */
  heal(): void;
  close(): Promise<void>;
}

/** What the Bot API says no with. */
interface Refusal {
  readonly status: number;
  readonly description: string;
  readonly retryAfter?: number;
}

type Payload = Record<string, unknown>;

/**
 * A small Bot API on loopback, after https://core.telegram.org/bots/api: real HTTP, fast enough for a benchmark. It takes every token of the right
 * form except `0:unknown…`, and refuses what Telegram refuses as far as we send it.
 */
export async function startTelegramStandIn(options: TelegramStandInOptions = {}): Promise<TelegramStandIn> {
  const calls: TelegramStandInCall[] = [];
  const faults: TelegramFault[] = [];
  let standing: { readonly fault: TelegramFault; after: number } | undefined;
  const queue = createUpdateQueue();
  const limiter = options.limits === undefined ? undefined : createLimiter(options.limits);
  let webhook: { readonly url: string; readonly secret: string } | undefined;
  let messageId = 0;
  /** What can be edited, by chat and message. */
  const texts = new Map<string, string>();

  function send(method: string, payload: Payload): unknown {
    const refusal = refusalOf(method, payload) ?? limiter?.(String(payload.chat_id));
    if (refusal !== undefined) return refusal;
    const chat = { id: Number(payload.chat_id), type: "private" };
    const made = (text: unknown) => {
      messageId += 1;
      const message = { message_id: messageId, date: Math.floor(Date.now() / 1000), chat, text };
      return message;
    };
    if (method === "sendMediaGroup") return (payload.media as object[]).map(() => made(undefined));
    if (!method.startsWith("edit")) {
      const message = made(payload.text);
      if (options.keepCalls !== false) texts.set(`${chat.id}:${message.message_id}`, JSON.stringify(editable(payload)));
      return message;
    }
    return (
      edit(`${chat.id}:${payload.message_id}`, method, payload) ?? { message_id: payload.message_id, date: 0, chat }
    );
  }

  /** https://core.telegram.org/bots/api#editmessagetext: as far as a bot runs into it. */
  function edit(key: string, method: string, payload: Payload): Refusal | undefined {
    const before = texts.get(key);
    if (before === undefined) return bad("message to edit not found");
    if (method === "editMessageText" && !before.includes('"text"'))
      return bad("there is no text in the message to edit");
    const now = JSON.stringify(editable(payload));
    if (now === before) {
      return bad("message is not modified: specified new message content and reply markup are exactly the same");
    }
    texts.set(key, now);
    return undefined;
  }

  const methods: Readonly<Record<string, (payload: Payload) => unknown>> = {
    getMe: () => ({ id: 1, is_bot: true, first_name: "Stand-in", username: "standin_bot" }),
    setWebhook: ({ url, secret_token: secret }) => {
      webhook = url === "" ? undefined : { url: String(url), secret: String(secret ?? "") };
      return true;
    },
    deleteWebhook: () => {
      webhook = undefined;
      return true;
    },
    getWebhookInfo: () => ({
      url: webhook?.url ?? "",
      has_custom_certificate: false,
      pending_update_count: queue.size(),
    }),
    getUpdates: (payload) =>
      webhook === undefined
        ? queue.take(payload)
        : refuse(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it"),
    answerCallbackQuery: () => true,
    ...Object.fromEntries(sending.map((method) => [method, (payload: Payload) => send(method, payload)])),
  };

  function standingFault(): TelegramFault | undefined {
    if (standing === undefined) return undefined;
    standing.after -= 1;
    return standing.after < 0 ? standing.fault : undefined;
  }

  async function answer(method: string, payload: Payload, response: ServerResponse): Promise<void> {
    const call: TelegramStandInCall = { method, payload, at: Date.now(), ok: undefined };
    if (options.keepCalls !== false) calls.push(call);
    const fault = takeFault(faults, method) ?? standingFault();
    if (fault !== undefined) return goWrong(fault, call, response);
    const result = await (methods[method]?.(payload) ?? refuse(404, "Not Found"));
    call.ok = !isRefusal(result);
    if (isRefusal(result)) respondRefusal(response, result);
    else respond(response, 200, { ok: true, result });
  }

  const server = createServer((request, response) => {
    readBody(request, (body) => {
      const [, token = "", method = ""] = /^\/bot(\d+:[\w-]+)\/(\w+)/.exec(request.url ?? "") ?? [];
      const payload = parsePayload(body);
      if (token === "") return respondRefusal(response, { status: 404, description: "Not Found" });
      if (token.startsWith("0:unknown")) return respondRefusal(response, { status: 401, description: "Unauthorized" });
      if (payload === undefined) {
        return respondRefusal(response, { status: 400, description: "Bad Request: can't parse JSON object" });
      }
      const run = () => void answer(method, payload, response);
      if (options.latencyMs === undefined) run();
      else setTimeout(run, options.latencyMs);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async push(update) {
      if (webhook === undefined) {
        queue.add(update as Update);
        return undefined;
      }
      const response = await fetch(webhook.url, {
        method: "POST",
        headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": webhook.secret },
        body: JSON.stringify(update),
      });
      const body = await response.text();
      const { method, ...payload } = parsePayload(body) ?? {};
      if (response.ok && typeof method === "string") {
        const result = await methods[method]?.(payload);
        calls.push({ method, payload, at: Date.now(), ok: result !== undefined && !isRefusal(result) });
      }
      return { status: response.status, body };
    },
    fail(...more) {
      faults.push(...more);
    },
    failAlways(fault, after) {
      standing = { fault, after };
    },
    heal() {
      faults.length = 0;
      standing = undefined;
    },
    async close() {
      queue.wake();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Update {
  readonly update_id: number;
}

const sending = [
  "sendMessage",
  "sendPhoto",
  "sendVideo",
  "sendAudio",
  "sendVoice",
  "sendDocument",
  "sendMediaGroup",
  "sendLocation",
  "sendVenue",
  "editMessageText",
  "editMessageMedia",
] as const;

/** What waits for getUpdates: confirmed by a higher offset, asked for by one program at a time. */
function createUpdateQueue() {
  const updates: Update[] = [];
  let wake: (() => void) | undefined;
  let polls = 0;
  return {
    size: () => updates.length,
    wake: () => wake?.(),
    add(update: Update) {
      updates.push(update);
      wake?.();
    },
    async take({ offset, timeout, limit }: Payload): Promise<unknown> {
      polls += 1;
      const poll = polls;
      wake?.();
      const from = Number(offset ?? 0);
      while (updates[0] !== undefined && updates[0].update_id < from) updates.shift();
      if (updates.length === 0 && Number(timeout ?? 0) > 0) await nap(Number(timeout) * 1000);
      if (poll !== polls) return refuse(409, "Conflict: terminated by other getUpdates request");
      return updates.slice(0, Number(limit ?? 100));
    },
  };

  function nap(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Counts sends by the second, as roughly as Telegram does. */
function createLimiter({ perSecond, perChatPerSecond }: TelegramLimits): (chat: string) => Refusal | undefined {
  const chats = new Map<string, number>();
  let total = 0;
  let second = 0;
  return (chat) => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      total = 0;
      chats.clear();
    }
    const ofChat = chats.get(chat) ?? 0;
    const isTooMuch = total >= (perSecond ?? Infinity) || ofChat >= (perChatPerSecond ?? Infinity);
    if (isTooMuch) return { status: 429, description: "Too Many Requests: retry after 1", retryAfter: 1 };
    total += 1;
    chats.set(chat, ofChat + 1);
    return undefined;
  };
}

/** Of a message, what an edit changes. */
const editable = ({ text, reply_markup: markup, media }: Payload) => ({ text, media, markup });

/** https://core.telegram.org/bots/api#sendmediagroup: 2 to 10 items; documents and audio are not mixed with anything else. */
function refusalOfAlbum(media: unknown): Refusal | undefined {
  const items = (Array.isArray(media) ? media : []) as readonly Payload[];
  const kinds = new Set(items.map(({ type }) => (type === "photo" || type === "video" ? "visual" : String(type))));
  const isGood = items.length >= 2 && items.length <= 10 && kinds.size === 1 && !kinds.has("voice");
  const isShort = items.every(({ caption }) => String(caption ?? "").length <= 1024);
  return isGood && isShort
    ? undefined
    : { status: 400, description: "Bad Request: wrong type or number of album items" };
}

/** The refusals of content that a sender has to avoid: https://core.telegram.org/bots/api#sendmessage and #inlinekeyboardbutton. */
function refusalOf(method: string, payload: Payload): Refusal | undefined {
  if (!/^-?\d+$/.test(String(payload.chat_id))) return bad("chat not found");
  return refusalOfBody(method, payload) ?? refusalOfMarkup(payload);
}

const bad = (description: string): Refusal => ({ status: 400, description: `Bad Request: ${description}` });

function refusalOfBody(method: string, payload: Payload): Refusal | undefined {
  if (method === "sendMessage" || method === "editMessageText") {
    const text = String(payload.text ?? "");
    if (text.trim() === "") return bad("message text is empty");
    return text.length > 4096 ? bad("message is too long") : undefined;
  }
  if (method === "sendMediaGroup") {
    return payload.reply_markup === undefined ? refusalOfAlbum(payload.media) : bad("an album has no reply markup");
  }
  if (method === "sendLocation" || method === "sendVenue") {
    const isPoint = [payload.latitude, payload.longitude].every((degrees) => typeof degrees === "number");
    const isPlace = method === "sendLocation" || (payload.title !== "" && payload.address !== "");
    return isPoint && isPlace ? undefined : bad("there is no place");
  }
  return method === "editMessageMedia" ? undefined : refusalOfFile(method, payload);
}

function refusalOfFile(method: string, payload: Payload): Refusal | undefined {
  if (String(payload.caption ?? "").length > 1024) return bad("message caption is too long");
  return typeof payload[method.slice(4).toLowerCase()] === "string" ? undefined : bad("there is no file");
}

function refusalOfMarkup({ chat_id: chat, reply_markup: markup }: Payload): Refusal | undefined {
  const { inline_keyboard: rows = [], keyboard: keys = [] } = (markup ?? {}) as {
    readonly inline_keyboard?: Payload[][];
    readonly keyboard?: Payload[][];
  };
  if (keys.flat().some((key) => (key.request_contact ?? key.request_location) && /^-/.test(String(chat)))) {
    return bad("phone number and location can be requested in private chats only");
  }
  for (const { text: title, callback_data: data } of rows.flat()) {
    if (String(title ?? "").trim() === "") return bad("text buttons are unallowed in the inline keyboard");
    if (Buffer.byteLength(String(data ?? "")) > 64) return bad("BUTTON_DATA_INVALID");
  }
  return undefined;
}

function takeFault(faults: TelegramFault[], method: string): TelegramFault | undefined {
  const index = faults.findIndex((fault) => fault.method === undefined || fault.method === method);
  return index < 0 ? undefined : faults.splice(index, 1)[0];
}

function goWrong(fault: TelegramFault, call: TelegramStandInCall, response: ServerResponse): void {
  const { status = 500, description = "failed on purpose", retryAfter, page, hang, reset, cutShort } = fault;
  if (hang === true) return;
  if (reset === true) {
    response.socket?.resetAndDestroy();
    return;
  }
  if (cutShort === true) {
    response.writeHead(200, { "content-length": 100 }).write('{"ok":', () => response.socket?.destroy());
    return;
  }
  call.ok = false;
  if (page !== undefined) response.writeHead(status, { "content-type": "text/html" }).end(page);
  else respondRefusal(response, { status, description, ...(retryAfter === undefined ? {} : { retryAfter }) });
}

function parsePayload(body: string): Payload | undefined {
  if (body === "") return {};
  try {
    const payload: unknown = JSON.parse(body);
    return typeof payload === "object" && payload !== null ? (payload as Payload) : undefined;
  } catch {
    // The caller answers as Telegram does.
    return undefined;
  }
}

function readBody(request: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => done(Buffer.concat(chunks).toString("utf8")));
}

const refuse = (status: number, description: string): Refusal => ({ status, description });

const isRefusal = (result: unknown): result is Refusal =>
  typeof result === "object" && result !== null && "status" in result && "description" in result;

function respondRefusal(response: ServerResponse, { status, description, retryAfter }: Refusal): void {
  const parameters = retryAfter === undefined ? undefined : { retry_after: retryAfter };
  respond(response, status, { ok: false, error_code: status, description, parameters });
}

function respond(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    .end(text);
}

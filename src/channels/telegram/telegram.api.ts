import type { ApiMethods, Update } from "grammy/types";
import type { ChannelPorts, SendResult } from "../../engine/channel-type.ts";
import type { TelegramCall } from "./to-telegram.ts";

/** How to reach a bot. */
export interface TelegramAccess {
  readonly token: string;
  /** Base URL of the Bot API, without a trailing slash. */
  readonly apiRoot: string;
}

export type TelegramPorts = Pick<ChannelPorts, "callPlatform">;

/** Updates that mean something to us. */
const allowedUpdates = ["message", "edited_message", "callback_query", "my_chat_member"] as const;

/** A failed call as a person may read it: the URL holds the token, so nothing of it may get into the text. */
export class TelegramCallError extends Error {
  override readonly name = "TelegramCallError";
  /** The Bot API's error code; undefined: no answer of the Bot API came. */
  readonly code: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** The call may have been carried out: it left, and no answer of the Bot API came. */
  readonly maybeDone: boolean;

  constructor(
    message: string,
    details: { readonly code?: number; readonly retryAfterSeconds?: number; readonly maybeDone?: boolean } = {},
  ) {
    super(message);
    this.code = details.code;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.maybeDone = details.maybeDone ?? false;
  }
}

type Methods = ApiMethods;
type Result<M extends keyof Methods> = ReturnType<Methods[M]>;

export const getMe = (access: TelegramAccess, ports: TelegramPorts): Promise<Result<"getMe">> =>
  call(access, ports, "getMe", {});

export const setWebhook = (
  access: TelegramAccess,
  ports: TelegramPorts,
  url: string,
  secretToken: string,
): Promise<true> =>
  call(access, ports, "setWebhook", { url, secret_token: secretToken, allowed_updates: allowedUpdates });

export const deleteWebhook = (access: TelegramAccess, ports: TelegramPorts, signal?: AbortSignal): Promise<true> =>
  call(access, ports, "deleteWebhook", {}, { signal });

export const getWebhookInfo = (access: TelegramAccess, ports: TelegramPorts): Promise<Result<"getWebhookInfo">> =>
  call(access, ports, "getWebhookInfo", {});

/** Long polling: answers when something came or after `seconds`. Checked no further than that it is a list. */
export const getUpdates = (
  access: TelegramAccess,
  ports: TelegramPorts,
  offset: number,
  seconds: number,
  signal: AbortSignal,
): Promise<Update[]> =>
  call(
    access,
    ports,
    "getUpdates",
    { offset, timeout: seconds, limit: 100, allowed_updates: allowedUpdates },
    { signal, timeoutMs: seconds * 1000 + timeoutMs },
  );

export const answerCallbackQuery = (access: TelegramAccess, ports: TelegramPorts, id: string): Promise<true> =>
  call(access, ports, "answerCallbackQuery", { callback_query_id: id });

/** Makes one call; the platform's message id (of an album, that of its first message), or "" where it gives none. Throws `TelegramCallError`. */
export async function sendCall(
  access: TelegramAccess,
  ports: TelegramPorts,
  { method, payload }: TelegramCall,
): Promise<string> {
  const told: unknown = await call(access, ports, method, payload);
  const message = (Array.isArray(told) ? told[0] : told) as { readonly message_id?: number } | true | undefined;
  return message === true || message?.message_id === undefined ? "" : String(message.message_id);
}

/**
 * What a refusal means, first row that fits. The codes: https://core.telegram.org/bots/api#making-requests and
 * https://core.telegram.org/api/errors; the descriptions are not part of the contract, so only 400 is told apart by them.
 */
const refusals: readonly {
  readonly code: number;
  readonly description?: RegExp;
  readonly status: "recipient-gone" | "rejected" | "unauthorized";
}[] = [
  { code: 401, status: "unauthorized" },
  // A token of the wrong form: the address with it does not exist.
  { code: 404, status: "unauthorized" },
  // Blocked by the user, user deactivated, kicked, cannot initiate a conversation.
  { code: 403, status: "recipient-gone" },
  {
    code: 400,
    description: /chat not found|upgraded to a supergroup|user not found|deactivated|PEER_ID_INVALID/i,
    status: "recipient-gone",
  },
  { code: 400, status: "rejected" },
  { code: 413, status: "rejected" },
];

export const unknownToken = "Telegram does not know this bot token; @BotFather shows the right one";

/** What a failed send means for what to do next. Whatever is not a known refusal may pass: it is tried again. */
export function toSendResult(error: TelegramCallError): Exclude<SendResult, { status: "sent" }> {
  const { code, message, retryAfterSeconds, maybeDone } = error;
  if (code === 429) {
    return { status: "rate-limited", message, afterMs: (retryAfterSeconds ?? 1) * 1000, scope: "chat" };
  }
  const refusal = refusals.find((row) => row.code === code && (row.description?.test(message) ?? true));
  if (refusal === undefined) return { status: "retry-later", message, ...(maybeDone ? { maybeSent: true } : {}) };
  return { status: refusal.status, message: refusal.status === "unauthorized" ? unknownToken : message };
}

const timeoutMs = 20_000;

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

/** Makes a call. Throws `TelegramCallError`. */
async function call<M extends keyof Methods & string>(
  { apiRoot, token }: TelegramAccess,
  { callPlatform }: TelegramPorts,
  method: M,
  payload: object,
  options: CallOptions = {},
): Promise<Result<M>> {
  const told = await callPlatform({
    url: `${apiRoot}/bot${token}/${method}`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
    timeoutMs,
    ...options,
  });
  if (told.kind === "none") throw new TelegramCallError(`Telegram ${told.message}`, { maybeDone: told.mayHaveArrived });
  const { status } = told;
  const answer = parseAnswer(told.body);
  if (answer === undefined) {
    const message = `the answer to ${method} is not one of the Bot API (status ${status}); check apiRoot if this stays so`;
    throw new TelegramCallError(message, { maybeDone: true });
  }
  if (answer.ok) return answer.result as Result<M>;
  const { error_code: code = status, description = `${method} failed (status ${status})`, parameters } = answer;
  const { retry_after: retryAfterSeconds } = parameters ?? {};
  throw new TelegramCallError(description.replaceAll(token, "…"), {
    code,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

interface Answer {
  readonly ok: boolean;
  readonly result?: unknown;
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: { readonly retry_after?: number };
}

/** https://core.telegram.org/bots/api#making-requests; undefined: something else, such as a proxy's page. */
function parseAnswer(body: string): Answer | undefined {
  try {
    const answer = JSON.parse(body) as Answer | null;
    return typeof answer?.ok === "boolean" ? answer : undefined;
  } catch {
    // Told apart from an answer by being none.
    return undefined;
  }
}

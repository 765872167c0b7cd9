import { z } from "zod";
import type { ChannelPorts, SendResult } from "../../engine/channel-type.ts";
import { parseViberJson } from "./viber-callback.ts";

/** How to reach a bot. */
export interface ViberAccess {
  readonly token: string;
  /** Base URL of the API, without a trailing slash. */
  readonly apiRoot: string;
}

type Ports = Pick<ChannelPorts, "callPlatform">;

/** A failed call as a person may read it. */
export class ViberCallError extends Error {
  override readonly name = "ViberCallError";
  /** Viber's own status; undefined: no answer of the API came. */
  readonly status: number | undefined;
  /** The call may have been carried out: it left, and no answer of the API came. */
  readonly maybeDone: boolean;
  /** HTTP says: too fast. In ms. */
  readonly pauseMs: number | undefined;

  constructor(
    message: string,
    details: { readonly status?: number; readonly maybeDone?: boolean; readonly pauseMs?: number } = {},
  ) {
    super(message);
    this.status = details.status;
    this.maybeDone = details.maybeDone ?? false;
    this.pauseMs = details.pauseMs;
  }
}

/** What reaches the webhook: https://developers.viber.com/docs/api/rest-bot-api/#event-types-filtering. */
const eventTypes = [
  "delivered",
  "seen",
  "failed",
  "subscribed",
  "unsubscribed",
  "conversation_started",
  "message",
] as const;

const accountSchema = z.object({
  name: z.string(),
  uri: z.string(),
  webhook: z.string().optional(),
  subscribers_count: z.number().optional(),
});
export type ViberAccount = z.output<typeof accountSchema>;

/** Throws `ViberCallError`, as the others do. */
export async function getAccountInfo(access: ViberAccess, ports: Ports): Promise<ViberAccount> {
  const { data } = accountSchema.safeParse(await call(access, ports, "get_account_info", {}));
  if (data === undefined) throw new ViberCallError("Viber tells nothing of the account");
  return data;
}

/** An empty address takes the webhook away. */
export async function setWebhook(access: ViberAccess, ports: Ports, url: string): Promise<void> {
  const wish = url === "" ? {} : { event_types: eventTypes, send_name: true, send_photo: true };
  await call(access, ports, "set_webhook", { url, ...wish });
}

/** The message's token. */
export async function sendMessage(access: ViberAccess, ports: Ports, message: object): Promise<string | undefined> {
  const { message_token: token } = await call(access, ports, "send_message", message);
  return typeof token === "string" || typeof token === "number" ? String(token) : undefined;
}

/** Whom the account's owner has to ask, or what they have to do. */
const brokenAccount = {
  2: "Viber does not know this token; the bot's settings in Viber show the right one",
  7: "Viber has blocked the bot's account; ask Viber's support",
  8: "the token belongs to no bot",
  9: "Viber has suspended the bot's account; ask Viber's support",
  10: "no webhook is set for the bot: connect the channel again",
  15: "Viber has not authorised the bot's account; ask Viber's support",
} as const;

/**
 * What a refusal means (https://developers.viber.com/docs/api/rest-bot-api/#error-codes). Whatever is not in the table may pass: it is tried again.
 */
const refusals: Readonly<Record<number, { readonly status: "recipient-gone" | "rejected"; readonly words: string }>> = {
  3: { status: "rejected", words: "Viber does not take the message" },
  4: { status: "rejected", words: "Viber misses something in the message" },
  5: { status: "recipient-gone", words: "the person is not on Viber" },
  6: { status: "recipient-gone", words: "the person is not subscribed: they have to write first" },
  11: { status: "rejected", words: "the person's Viber shows no bots" },
  13: { status: "rejected", words: "the person's Viber is too old for this message" },
  14: { status: "rejected", words: "Viber does not take the message" },
  21: { status: "rejected", words: "Viber does not send such messages to the person's country" },
  23: { status: "rejected", words: "the bot has used up its free messages of this month" },
  24: { status: "rejected", words: "the bot's account with Viber has no money left" },
};

/** What a failed send means for what to do next. */
export function toSendResult(error: ViberCallError): Exclude<SendResult, { status: "sent" }> {
  const { status = -1, message, maybeDone, pauseMs } = error;
  if (status === 12) {
    return {
      status: "rate-limited",
      message: `Viber asks for patience (${message})`,
      afterMs: 1_000,
      scope: "channel",
    };
  }
  if (pauseMs !== undefined) return { status: "rate-limited", message, afterMs: pauseMs, scope: "channel" };
  if (status in brokenAccount) return { status: "unauthorized", message };
  const refusal = refusals[status];
  if (refusal !== undefined) return { status: refusal.status, message: `${refusal.words} (${message})` };
  return { status: "retry-later", message, ...(maybeDone ? { maybeSent: true } : {}) };
}

const answerSchema = z.looseObject({ status: z.number(), status_message: z.string().optional() });

async function call(
  { apiRoot, token }: ViberAccess,
  ports: Ports,
  method: string,
  payload: object,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await ports.callPlatform({
    url: `${apiRoot}/${method}`,
    headers: { "content-type": "application/json", "x-viber-auth-token": token },
    body: JSON.stringify(payload),
  });
  if (answer.kind === "none") {
    throw new ViberCallError(`Viber ${answer.message}`, { maybeDone: answer.mayHaveArrived });
  }
  if (answer.status === 429) {
    const seconds = Number(answer.headers["retry-after"]) || 1;
    throw new ViberCallError("Viber asks for patience", { pauseMs: seconds * 1_000 });
  }
  const told = readAnswer(answer.body);
  if (told === undefined) {
    const message = `the answer to ${method} is not one of Viber's API (status ${answer.status}); check apiRoot if this stays so`;
    throw new ViberCallError(message, { maybeDone: true });
  }
  const { status, status_message: words = `status ${status}` } = told;
  if (status === 0) return told;
  const advice = (brokenAccount as Readonly<Record<number, string>>)[status];
  throw new ViberCallError(advice ?? words.replaceAll(token, "…"), { status });
}

function readAnswer(body: string): z.output<typeof answerSchema> | undefined {
  try {
    return answerSchema.safeParse(parseViberJson(body)).data;
  } catch {
    // Told apart from an answer by being none.
    return undefined;
  }
}

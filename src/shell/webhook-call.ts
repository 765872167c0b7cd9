import { createHmac, randomBytes } from "node:crypto";
import type { OutboundHttp, OutboundRequest, OutboundResult } from "../engine/outbound.ts";
import type { Webhook } from "../store/webhook-store.ts";

/** Receivers have so long for everything (ChatBot: "timeout of 10000ms exceeded"). */
const timeoutMs = 10_000;
/** Of an answer; only ChatBot's is read. */
const maxBytes = 262_144;

type Callee = Pick<Webhook, "format" | "url" | "secret" | "headers" | "basicAuth">;

/** A call of a webhook's receiver. `deliveryId` is the same each time it is tried; `at`: Unix milliseconds of this try. */
export function toWebhookCall(
  webhook: Callee,
  { deliveryId, body, at }: { readonly deliveryId: string; readonly body: string; readonly at: number },
): OutboundRequest {
  const { format, url, secret, basicAuth } = webhook;
  const given = Object.entries(webhook.headers).map(([name, value]) => [name.toLowerCase(), value]);
  const headers: Record<string, string> = {
    ...Object.fromEntries(given),
    ...toAuthorization(basicAuth),
    "content-type": "application/json",
  };
  if (format === "chatbot") {
    headers["x-request-id"] = deliveryId;
    return {
      method: "POST",
      url: withQuery(url, { token: secret }),
      headers,
      body,
      timeoutMs,
      maxBytes,
      sharesTrace: true,
    };
  }
  if (format === "bothelp") headers["x-wh-sign"] = createHmac("sha256", secret).update(body).digest("hex");
  // UChat signs nothing: who wants to know that a call is ours gives it a header.
  const timestamp = String(Math.floor(at / 1000));
  headers["x-repartee-delivery"] = deliveryId;
  headers["x-repartee-timestamp"] = timestamp;
  if (format === "native") headers["x-repartee-signature"] = `sha256=${sign(secret, timestamp, body)}`;
  return { method: "POST", url, headers, body, timeoutMs, maxBytes, sharesTrace: true };
}

/** What the header `X-Repartee-Signature` holds behind `sha256=`: docs/webhooks.md shows how a receiver checks it. */
function sign(secret: string, timestamp: string, body: string): string {
  return createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
}

/** What is wrong with an answer, in a sentence; undefined: the receiver has taken the call. */
export function findFailure(result: OutboundResult): string | undefined {
  if (result.kind !== "ok") return result.message;
  return result.status >= 200 && result.status < 300 ? undefined : `the receiver answered ${result.status}`;
}

/**
 * ChatBot's handshake (WIRE-FORMATS 2.4): a receiver that knows the token echoes the challenge. Gives what is wrong, in a sentence; undefined: the receiver has
 * proved itself.
 */
export async function challengeReceiver(
  outbound: OutboundHttp,
  { url, secret, headers, basicAuth }: Pick<Callee, "url" | "secret" | "headers" | "basicAuth">,
): Promise<string | undefined> {
  const challenge = randomBytes(16).toString("hex");
  const result = await outbound({
    method: "GET",
    url: withQuery(url, { challenge, token: secret }),
    headers: { ...headers, ...toAuthorization(basicAuth) },
    timeoutMs,
    maxBytes: 65_536,
  });
  const failure = findFailure(result);
  if (failure !== undefined || result.kind !== "ok") return failure;
  return readEcho(result.body) === challenge ? undefined : "the receiver did not echo the challenge";
}

/** The echo as it stands, or as a JSON text. */
function readEcho(body: string): string {
  return body.trim().replace(/^"(.*)"$/, "$1");
}

function toAuthorization(basicAuth: Callee["basicAuth"]): Record<string, string> {
  if (basicAuth === null) return {};
  const credentials = Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString("base64");
  return { authorization: `Basic ${credentials}` };
}

function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  // Left as it is where it is none: the client says so in its own words.
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  for (const [name, value] of Object.entries(query)) parsed.searchParams.set(name, value);
  return parsed.href;
}

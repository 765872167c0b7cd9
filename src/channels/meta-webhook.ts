import { createHmac, timingSafeEqual } from "node:crypto";
import type { WebhookRequest, WebhookResult } from "../engine/channel-type.ts";

/** What makes a call of Meta's genuine. */
export interface MetaWebhookKeys {
  /** Of the app; signs every call. */
  readonly appSecret: string;
  /** What Meta sends along when it asks whether the address is ours; no secret, for it proves nothing else. */
  readonly verifyToken: string;
}

/**
 * Meta's calls (https://developers.facebook.com/docs/graph-api/webhooks/getting-started): a GET that asks whether the address is ours, and POSTs whose raw body is signed with the app's secret. `read` gets the
 * JSON of the latter; undefined: it is none that we understand.
 */
export function receiveFromMeta(
  request: WebhookRequest,
  keys: MetaWebhookKeys,
  read: (body: unknown) => WebhookResult | undefined,
): WebhookResult {
  if (request.method === "GET") return answerChallenge(request, keys);
  if (!isSigned(request, keys.appSecret)) {
    return { ok: false, status: 401, code: "webhook.bad_signature", message: "the signature is wrong" };
  }
  return (
    read(readJson(request.body)) ?? {
      ok: false,
      status: 400,
      code: "webhook.bad_body",
      message: "the body has to be a notification of Meta in JSON",
    }
  );
}

function answerChallenge({ query }: WebhookRequest, { verifyToken }: MetaWebhookKeys): WebhookResult {
  const challenge = query["hub.challenge"];
  const isRight = query["hub.mode"] === "subscribe" && isSame(String(query["hub.verify_token"] ?? ""), verifyToken);
  // A number, in practice; nothing that could mean something to a browser is said back.
  if (isRight && typeof challenge === "string" && /^[\w.-]{1,500}$/.test(challenge)) {
    return { ok: true, events: [], response: { body: challenge } };
  }
  return { ok: false, status: 403, code: "webhook.bad_verify_token", message: "the verify token is wrong" };
}

function isSigned({ headers, body }: WebhookRequest, appSecret: string): boolean {
  const given = String(headers["x-hub-signature-256"] ?? "").toLowerCase();
  return isSame(given, `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`) && appSecret !== "";
}

/** In a time that tells nothing but the length. An empty word fits nothing. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return expected !== "" && a.length === b.length && timingSafeEqual(a, b);
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    // Answered as a bad body.
    return undefined;
  }
}

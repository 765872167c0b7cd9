import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { WebhookRequest, WebhookResult } from "../../engine/channel-type.ts";
import type { EmailChannel } from "./email-settings.ts";
import { fromEmail } from "./from-email.ts";

/** A mail in JSON: whole, as the services that offer it call it, or in its parts. */
const bodySchema = z.union([
  z
    .object({
      raw: z.string().optional(),
      email: z.string().optional(),
      encoding: z.enum(["base64", "utf8"]).default("utf8"),
    })
    .refine(({ raw, email }) => raw !== undefined || email !== undefined),
  z.object({
    from: z.string().min(3).max(1000),
    messageId: z.string().max(900).default(""),
    subject: z.string().max(2000).default(""),
    text: z.string().default(""),
    html: z.string().default(""),
    headers: z.record(z.string(), z.string()).default({}),
  }),
]);

/** The inbound webhook: a mail as it stands, or in JSON. The secret comes as a bearer token, or as `secret` in the address where a service has only that. */
export async function receiveEmail(request: WebhookRequest, channel: EmailChannel): Promise<WebhookResult> {
  const bearer = /^Bearer (.+)$/i.exec(String(request.headers.authorization ?? ""))?.[1];
  const given = bearer ?? (typeof request.query.secret === "string" ? request.query.secret : "");
  if (!isSame(given, channel.settings.webhookSecret)) {
    return { ok: false, status: 401, code: "webhook.bad_secret", message: "the secret is wrong" };
  }
  const isJson = String(request.headers["content-type"] ?? "").startsWith("application/json");
  const raw = isJson ? readJson(request.body) : request.body;
  const events = raw === undefined || raw.length === 0 ? undefined : await parse(raw, channel);
  if (events !== undefined) return { ok: true, events };
  const message = "the body has to be a mail (message/rfc822), or JSON with `raw`, or with `from` and `text`";
  return { ok: false, status: 400, code: "webhook.bad_body", message };
}

async function parse(raw: Buffer, channel: EmailChannel) {
  try {
    return await fromEmail(raw, channel);
  } catch {
    // Nested too deep, or no mail at all: answered as a bad body.
    return undefined;
  }
}

function readJson(body: Buffer): Buffer | undefined {
  try {
    const parsed = bodySchema.safeParse(JSON.parse(body.toString("utf8")));
    if (!parsed.success) return undefined;
    if (!("from" in parsed.data)) {
      const { raw, email, encoding } = parsed.data;
      return Buffer.from(raw ?? email ?? "", encoding);
    }
    return Buffer.from(toMime(parsed.data), "utf8");
  } catch {
    // No JSON: answered as a bad body.
    return undefined;
  }
}

/** The parts as a mail, so that there is one way to read them. */
function toMime(mail: Extract<z.output<typeof bodySchema>, { from: string }>): string {
  const { from, messageId, subject, text, html, headers } = mail;
  const isText = text !== "" || html === "";
  const given = { ...headers, From: from, Subject: subject, ...(messageId === "" ? {} : { "Message-ID": messageId }) };
  const head = Object.entries(given)
    .filter(([name]) => /^[A-Za-z0-9-]{1,100}$/.test(name) && !/^content-/i.test(name))
    .map(([name, value]) => `${name}: ${value.replaceAll(/[\r\n]+/g, " ")}`);
  const type = `Content-Type: text/${isText ? "plain" : "html"}; charset=utf-8`;
  const body = Buffer.from(isText ? text : html)
    .toString("base64")
    .replaceAll(/.{76}/g, "$&\r\n");
  return [...head, type, "Content-Transfer-Encoding: base64", "", body].join("\r\n");
}

/** In a time that tells nothing but the length. An empty secret fits nothing. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return expected !== "" && a.length === b.length && timingSafeEqual(a, b);
}

import { createHmac, timingSafeEqual } from "node:crypto";
import type { OpenedLink } from "../../engine/channel-type.ts";
import type { EmailChannel, EmailSettings } from "./email-settings.ts";

/**
 * What stands in our links and message ids is signed, not stored: a link works as long as the channel has its secret, and nobody can make one up.
 * Form: `<channel id>.<what, Base64URL>.<signature>`.
 */
export function makeLink({ id, settings }: EmailChannel, link: OpenedLink): string {
  const body = Buffer.from(JSON.stringify(link)).toString("base64url");
  return `${settings.linkBase}/${id}.${body}.${sign(settings, `link ${id}.${body}`)}`;
}

export function readLink({ id, settings }: EmailChannel, token: string): OpenedLink | undefined {
  const [channelId, body = "", signature = ""] = token.split(".");
  if (channelId !== String(id) || !isSigned(settings, `link ${id}.${body}`, signature)) return undefined;
  // Signed by us: it is what `makeLink` was given.
  return JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as OpenedLink;
}

/** Whom one of our mails went to, as its Message-ID says. */
export interface SentTo {
  readonly contactId: number;
  readonly recipient: string;
}

/**
 * The same for the same part of the same message, so that a repetition after a cut connection shows as one mail, and telling whom it went to, so that an
 * answer from another address or a bounce finds its conversation.
 */
export function makeMessageId(
  { id, settings }: EmailChannel,
  message: SentTo & { readonly messageId: number; readonly part: number },
): string {
  const { messageId, part, contactId, recipient } = message;
  const body = Buffer.from(JSON.stringify([messageId, part, contactId, recipient])).toString("base64url");
  const domain = settings.fromAddress.slice(settings.fromAddress.lastIndexOf("@") + 1);
  return `<${id}.${body}.${sign(settings, `mail ${id}.${body}`)}@${domain}>`;
}

/** The mail of ours that is named first in a text (In-Reply-To, References, a bounced mail's head). */
export function findSentTo({ id, settings }: EmailChannel, text: string): SentTo | undefined {
  for (const [, channelId, body = "", signature = ""] of text.matchAll(
    /<(\d{1,15})\.([\w-]{1,900})\.([\w-]{43})@[^<>\s]+>/g,
  )) {
    if (channelId !== String(id) || !isSigned(settings, `mail ${id}.${body}`, signature)) continue;
    const [, , contactId, recipient] = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as [
      number,
      number,
      number,
      string,
    ];
    return { contactId, recipient };
  }
  return undefined;
}

function sign({ linkSecret }: EmailSettings, said: string): string {
  return createHmac("sha256", linkSecret).update(`repartee e-mail ${said}`).digest("base64url");
}

function isSigned(settings: EmailSettings, said: string, signature: string): boolean {
  const [expected, given] = [Buffer.from(sign(settings, said)), Buffer.from(signature)];
  return settings.linkSecret !== "" && given.length === expected.length && timingSafeEqual(given, expected);
}

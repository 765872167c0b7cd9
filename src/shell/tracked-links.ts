import { timingSafeEqual } from "node:crypto";
import { findTextLinks } from "../engine/text-links.ts";
import type { MessageContent } from "../model/message.ts";
import { allKeys, type SecretKey, sign } from "../store/secret-key.ts";

/** Addresses by which it is counted who opens a page. They name a message of ours and one of its buttons or of the links in its text, and nothing else: where they lead is what stands in the stored message. */
export interface TrackedLinks {
  /** The message with the addresses of its tracked buttons changed, and with the ways of its text's links; what is stored stays as it is. */
  track(content: MessageContent, messageId: number): MessageContent;
}

export interface TrackedLink {
  readonly messageId: number;
  /** Which of the message's buttons, or of the addresses in its text, from 0. */
  readonly index: number;
  readonly isInText?: true;
}

/** `publicUrl`: where the world reaches this server, without a trailing slash. It may be known only once the server listens. */
export function createTrackedLinks(secretKey: SecretKey, publicUrl: () => string): TrackedLinks {
  const addressOf = (link: TrackedLink) => `${publicUrl()}/l/${signLink(secretKey, link)}`;
  return {
    track: (content, messageId) => ({
      ...content,
      buttons: content.buttons.map((button, index) =>
        isTracked(button) ? { ...button, url: addressOf({ messageId, index }) } : button,
      ),
      ...(content.tracksLinks === true
        ? {
            ways: Object.fromEntries(
              linksOf(content).map(({ url }, index) => [url, addressOf({ messageId, index, isInText: true })]),
            ),
          }
        : {}),
    }),
  };
}

/** As many as an address can name. */
const linksOf = ({ text = "" }: Pick<MessageContent, "text">) => findTextLinks(text).slice(0, 1_000);

/** Where a link leads by what is stored of its message, and what the person saw there. Undefined: the message has no such link. */
export function findTarget(
  content: Partial<MessageContent>,
  { index, isInText }: TrackedLink,
): { readonly title: string; readonly url: string } | undefined {
  if (isInText === true) {
    const url = content.tracksLinks === true ? linksOf(content)[index]?.url : undefined;
    return url === undefined ? undefined : { title: url, url };
  }
  const button = content.buttons?.[index];
  return button?.type === "url" && isTracked(button) ? button : undefined;
}

/** A telephone number or another program's address cannot be counted: it is no page. */
function isTracked(button: MessageContent["buttons"][number]): boolean {
  return button.type === "url" && button.isTracked === true && /^https?:\/\//i.test(button.url);
}

/** `MESSAGE.BUTTON.SIGNATURE` (or `tLINK` in place of the button), 128 bits of it: nobody makes one up, and it is short enough to be shown. */
export function signLink(secretKey: SecretKey, { messageId, index, isInText }: TrackedLink): string {
  const what = `${messageId.toString(36)}.${isInText === true ? "t" : ""}${index}`;
  return `${what}.${signatureOf(secretKey, what)}`;
}

/** Undefined: it is not one of ours. */
export function openTrackedLink(secretKey: SecretKey, token: string): TrackedLink | undefined {
  const [, what = "", message = "", isInText = "", index = "", given = ""] =
    /^(([0-9a-z]{1,11})\.(t?)(\d{1,3}))\.([\w-]{22})$/.exec(token) ?? [];
  if (what === "") return undefined;
  const isOurs = allKeys(secretKey).some((key) =>
    timingSafeEqual(Buffer.from(signatureOf(key, what)), Buffer.from(given)),
  );
  if (!isOurs) return undefined;
  const link = { messageId: Number.parseInt(message, 36), index: Number(index) };
  return isInText === "" ? link : { ...link, isInText: true };
}

/** 22 characters of Base64URL are the 128 bits and four more. */
function signatureOf(secretKey: SecretKey, what: string): string {
  return sign(secretKey, `tracked link ${what}`).slice(0, 22);
}

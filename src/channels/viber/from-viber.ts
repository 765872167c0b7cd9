import type { InboundEvent } from "../../engine/channel-type.ts";
import type { Profile } from "../../model/contact.ts";
import type { Happening, InboundMessage } from "../../model/event.ts";
import type { Attachment, MediaKind } from "../../model/message.ts";
import { readPress } from "./press.ts";
import type { ViberCallback, ViberMessage, ViberUser } from "./viber-callback.ts";

/**
 * Translates a callback (https://developers.viber.com/docs/api/rest-bot-api/#callbacks). Viber repeats it, token and all, until it is answered. `isNew`: somebody opened the chat who
 * may not be written to but for the one welcome message in the answer.
 */
export function fromViber(callback: ViberCallback): { readonly event: InboundEvent; readonly isNew: boolean } {
  const { event: kind, message_token: token, timestamp = 0 } = callback;
  const user = "user" in callback ? callback.user : "sender" in callback ? callback.sender : undefined;
  const from = user?.id ?? ("user_id" in callback ? callback.user_id : "");
  const event = { externalId: `${kind}:${token ?? timestamp}:${from}`, from, ...person(user) };
  const isNew = kind === "conversation_started" && callback.subscribed !== true;
  return { event: { ...event, ...happeningOf(callback) }, isNew };
}

function happeningOf(callback: ViberCallback): Pick<InboundEvent, "happening" | "onlyKnown"> {
  switch (callback.event) {
    case "message":
      return { happening: fromMessage(callback.message, callback.message_token) };
    case "conversation_started": {
      const { context = "" } = callback;
      return { happening: { kind: "start", ...(context === "" ? {} : { payload: context }) } };
    }
    case "subscribed":
      return { happening: { kind: "unblocked" } };
    case "unsubscribed":
      return { happening: { kind: "blocked" }, onlyKnown: true };
    case "delivered":
    case "seen": {
      const status = callback.event === "seen" ? "read" : "delivered";
      return { happening: { kind: "message_status", status, mid: callback.message_token }, onlyKnown: true };
    }
    case "failed": {
      const { message_token: mid, desc: reason = "Viber could not deliver it" } = callback;
      return { happening: { kind: "message_status", status: "failed", mid, reason }, onlyKnown: true };
    }
  }
}

function fromMessage(message: ViberMessage, token: string | undefined): Happening {
  const press = message.type === "text" ? readPress(message.text ?? "") : undefined;
  if (press !== undefined) return { kind: "button", ...press };
  return { kind: "message", message: toInbound(message, token) };
}

function toInbound(message: ViberMessage, token: string | undefined): InboundMessage {
  const attachments = attachmentsOf(message);
  const text = textOf(message) ?? (attachments.length === 0 ? `[${message.type}]` : undefined);
  const { lat: latitude = 0, lon: longitude = 0 } = message.location ?? {};
  const point = message.location === undefined ? {} : { location: { latitude, longitude } };
  return { externalId: token, ...(text === undefined ? {} : { text }), attachments, ...point };
}

/** What Viber calls a kind, and we. */
const mediaKindOf: Readonly<Record<string, MediaKind>> = {
  picture: "image",
  sticker: "image",
  video: "video",
  file: "file",
};

function attachmentsOf({ type, media, file_name: name, size }: ViberMessage): Attachment[] {
  const kind = Object.hasOwn(mediaKindOf, type) ? mediaKindOf[type] : undefined;
  if (kind === undefined || media === undefined) return [];
  return [{ kind, url: media, ...(name === undefined ? {} : { name }), ...(size === undefined ? {} : { size }) }];
}

function textOf({ type, text, media, contact, location, sticker_id: sticker }: ViberMessage): string | undefined {
  if (type === "url") return media ?? text;
  if (type === "location" && location !== undefined) return `${location.lat}, ${location.lon}`;
  // Viber does not say whose card it is: the profile's phone stays as it is.
  if (type === "contact" && contact !== undefined) return contact.phone_number ?? contact.name;
  if (type === "sticker" && media === undefined) return `[sticker ${sticker ?? ""}]`;
  return text === undefined || text === "" ? undefined : text;
}

function person(user: ViberUser | undefined): { readonly profile?: Profile } {
  if (user === undefined) return {};
  const { name, avatar, language } = user;
  const told = { name, avatarUrl: avatar, language };
  return {
    profile: Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined && value !== "")),
  };
}

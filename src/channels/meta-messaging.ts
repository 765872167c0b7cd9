import { z } from "zod";
import type { InboundEvent } from "../engine/channel-type.ts";
import type { Happening, InboundMessage } from "../model/event.ts";
import type { Attachment, MediaKind } from "../model/message.ts";

/** What the button by which a chat begins sends (`messenger_profile`): a start, whatever else. */
export const getStartedPayload = "GET_STARTED";

/** What our own messages carry, so that their echoes are known. */
export const ownMark = "repartee";

const personSchema = z.object({ id: z.string().min(1) });
const referralSchema = z.object({ ref: z.string().optional() });
const attachmentSchema = z.object({
  type: z.string(),
  payload: z
    .object({
      url: z.string().optional(),
      title: z.string().nullish(),
      coordinates: z.object({ lat: z.number(), long: z.number() }).optional(),
    })
    .nullish(),
});
const messageSchema = z.object({
  mid: z.string().min(1),
  text: z.string().optional(),
  is_echo: z.boolean().optional(),
  metadata: z.string().optional(),
  is_deleted: z.boolean().optional(),
  quick_reply: z.object({ payload: z.string() }).optional(),
  attachments: z.array(attachmentSchema).default([]),
  referral: referralSchema.optional(),
  reply_to: z.object({ story: z.object({ url: z.string().optional() }).optional() }).optional(),
});
type Message = z.output<typeof messageSchema>;

/**
 * One notification of Messenger's or Instagram's: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events and
 * https://developers.facebook.com/documentation/business-messaging/instagram-messaging/webhooks. What has none of these parts means nothing to us.
 */
const notificationSchema = z.object({
  sender: personSchema,
  recipient: personSchema.optional(),
  timestamp: z.coerce.number().optional(),
  message: messageSchema.optional(),
  message_edit: z
    .object({ mid: z.string().min(1), text: z.string(), num_edit: z.coerce.number().default(0) })
    .optional(),
  postback: z
    .object({
      mid: z.string().optional(),
      title: z.string().optional(),
      payload: z.string().default(""),
      referral: referralSchema.optional(),
    })
    .optional(),
  referral: referralSchema.optional(),
  delivery: z.object({ mids: z.array(z.string()).default([]), watermark: z.coerce.number() }).optional(),
  read: z.object({ watermark: z.coerce.number().optional(), mid: z.string().optional() }).optional(),
});
type Notification = z.output<typeof notificationSchema>;

const envelopeSchema = z.object({
  object: z.string(),
  entry: z.array(z.object({ id: z.string(), messaging: z.array(z.unknown()).default([]) })),
});

/**
 * The events of a call, of the page or account `ownId` alone (empty: of any; an app has one address for all its pages). Undefined: the body is no notification of this kind of object.
 */
export function fromMessaging(
  body: unknown,
  { object, ownId }: { readonly object: "page" | "instagram"; readonly ownId: string },
): InboundEvent[] | undefined {
  const envelope = envelopeSchema.safeParse(body).data;
  if (envelope?.object !== object) return undefined;
  return envelope.entry
    .filter(({ id }) => ownId === "" || id === ownId)
    .flatMap(({ id, messaging }) =>
      messaging.flatMap((one) => {
        const notification = notificationSchema.safeParse(one).data;
        if (notification === undefined) return [];
        return notification.sender.id === id ? fromEcho(notification) : toEvents(notification);
      }),
    );
}

/**
 * What was written to a person in the page's or account's name: in its own inbox, by another app, or by us. https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/message-echoes.
 * Whom we do not know is not ours: everybody who writes to the page is known.
 */
function fromEcho({ recipient, timestamp: at, message }: Notification): InboundEvent[] {
  if (recipient === undefined || message?.is_echo !== true || message.is_deleted === true) return [];
  if (message.metadata === ownMark) return [];
  const happening = { kind: "outside_message" as const, message: toInbound(message) };
  return [{ externalId: `echo:${message.mid}`, from: recipient.id, happening, at, onlyKnown: true }];
}

function toEvents(notification: Notification): InboundEvent[] {
  const { sender, timestamp: at, message, message_edit: edit, postback, referral, delivery, read } = notification;
  const from = sender.id;
  const event = (externalId: string, happening: Happening) => ({ externalId, from, happening, at });
  // An echo is the page's own word: it was told apart before.
  if (message?.is_echo === true) return [];
  if (message !== undefined) return fromMessage(message, event);
  if (edit !== undefined) {
    const changed = { externalId: edit.mid, text: edit.text, attachments: [] };
    return [event(`edit:${edit.mid}:${edit.num_edit}`, { kind: "message_edited", message: changed })];
  }
  if (postback !== undefined) return fromPostback(postback, `${postback.mid ?? `${from}:${at}`}`, event);
  if (referral !== undefined) return [event(`ref:${from}:${at}`, toStart(referral))];
  if (delivery !== undefined) return fromDelivery(delivery, from).map((one) => ({ ...one, at }));
  if (read !== undefined) return fromRead(read, from).map((one) => ({ ...one, at }));
  return [];
}

type MakeEvent = (externalId: string, happening: Happening) => InboundEvent;

const toStart = ({ ref = "" }: { readonly ref?: string | undefined }, message?: InboundMessage): Happening => ({
  kind: "start",
  ...(ref === "" ? {} : { payload: ref }),
  ...(message === undefined ? {} : { message }),
});

function fromMessage(message: Message, event: MakeEvent): InboundEvent[] {
  const { mid, text, quick_reply: reply, referral } = message;
  if (message.is_deleted === true) {
    // Who takes a message back wants it to be gone: https://developers.facebook.com/docs/messenger-platform/instagram/features/unsend.
    const gone = { externalId: mid, text: "[unsent]", attachments: [] };
    return [event(`unsent:${mid}`, { kind: "message_edited", message: gone })];
  }
  if (reply !== undefined) return [event(mid, { kind: "button", payload: reply.payload, title: text })];
  const inbound = toInbound(message);
  // A link is told of with the first message that is written after it where the chat is new; an advertisement's has no data of ours.
  if ((referral?.ref ?? "") !== "") return [event(mid, toStart(referral ?? {}, inbound))];
  return [event(mid, { kind: "message", message: inbound })];
}

function fromPostback(
  { payload, title, referral }: NonNullable<Notification["postback"]>,
  id: string,
  event: MakeEvent,
): InboundEvent[] {
  if (payload === getStartedPayload) return [event(`postback:${id}`, toStart(referral ?? {}))];
  const button = event(`postback:${id}`, { kind: "button", payload, title });
  return (referral?.ref ?? "") === "" ? [button] : [event(`postback:${id}:ref`, toStart(referral ?? {})), button];
}

/** Messages by their ids, and all before the last of them. */
function fromDelivery({ mids, watermark }: NonNullable<Notification["delivery"]>, from: string): InboundEvent[] {
  const known = { from, onlyKnown: true as const };
  const status = { kind: "message_status" as const, status: "delivered" as const };
  return [
    ...mids.map((mid) => ({ ...known, externalId: `delivered:${mid}`, happening: { ...status, mid } })),
    { ...known, externalId: `delivered:${from}:${watermark}`, happening: { ...status, until: watermark } },
  ];
}

/** Messenger names the moment, Instagram the message. */
function fromRead({ watermark, mid }: NonNullable<Notification["read"]>, from: string): InboundEvent[] {
  const known = { externalId: `read:${from}:${mid ?? watermark}`, from, onlyKnown: true as const };
  const status = { kind: "message_status" as const, status: "read" as const };
  if (mid !== undefined) return [{ ...known, happening: { ...status, mid, andEarlier: true } }];
  return watermark === undefined ? [] : [{ ...known, happening: { ...status, until: watermark } }];
}

const mediaKindOf: Readonly<Record<string, MediaKind>> = {
  image: "image",
  video: "video",
  audio: "audio",
  file: "file",
};

function toInbound({ mid, text, attachments, reply_to: reply }: Message): InboundMessage {
  const story = reply?.story?.url;
  const files = [
    ...attachments.flatMap((one) => toFile(one) ?? []),
    ...(story === undefined ? [] : [{ kind: "file" as const, url: story, name: "story" }]),
  ];
  const lines = [text, ...attachments.map((one) => toLine(one, text ?? ""))];
  const said = lines.filter((line) => line !== undefined && line !== "").join("\n");
  const point = attachments.map(({ payload }) => payload?.coordinates).find((one) => one !== undefined);
  return {
    externalId: mid,
    ...(said === "" ? {} : { text: said }),
    attachments: files,
    ...(point === undefined ? {} : { location: { latitude: point.lat, longitude: point.long } }),
  };
}

function toFile({ type, payload }: z.output<typeof attachmentSchema>): Attachment | undefined {
  const url = payload?.url;
  if (url === undefined) return undefined;
  // A story's page may be a picture or a film; its address ends with the story, and nothing of it may be kept.
  if (type === "story_mention") return { kind: "file", url, name: "story" };
  const kind = Object.hasOwn(mediaKindOf, type) ? mediaKindOf[type] : undefined;
  return kind === undefined ? undefined : { kind, url };
}

/** What stands for an attachment that is no file: nothing that was sent is left out. */
function toLine({ type, payload }: z.output<typeof attachmentSchema>, text: string): string | undefined {
  if (type === "story_mention") return "[story mention]";
  if (toFile({ type, payload }) !== undefined) return undefined;
  const { url, title, coordinates } = payload ?? {};
  if (coordinates !== undefined) return `${coordinates.lat}, ${coordinates.long}`;
  // A shared link stands in the text as well.
  if (url !== undefined) return text.includes(url) ? undefined : [title, url].filter(Boolean).join(": ");
  return `[${type}]`;
}

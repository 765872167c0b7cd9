import { z } from "zod";
import type { InboundEvent } from "../../engine/channel-type.ts";
import type { Profile } from "../../model/contact.ts";
import type { Happening, InboundMessage } from "../../model/event.ts";
import type { Attachment, MediaKind } from "../../model/message.ts";

const mediaSchema = z.object({
  id: z.string(),
  mime_type: z.string().optional(),
  caption: z.string().optional(),
  filename: z.string().optional(),
  voice: z.boolean().optional(),
});
const replySchema = z.object({ id: z.string(), title: z.string().optional() });
const messageSchema = z.object({
  /** The phone, or, of somebody who shows a name instead of it, an id that only this business knows. */
  from: z.string().min(1).optional(),
  from_user_id: z.string().min(1).optional(),
  id: z.string().min(1),
  timestamp: z.coerce.number().optional(),
  type: z.string(),
  text: z.object({ body: z.string() }).optional(),
  image: mediaSchema.optional(),
  video: mediaSchema.optional(),
  audio: mediaSchema.optional(),
  document: mediaSchema.optional(),
  sticker: mediaSchema.optional(),
  interactive: z.object({ button_reply: replySchema.optional(), list_reply: replySchema.optional() }).optional(),
  button: z.object({ payload: z.string(), text: z.string().optional() }).optional(),
  location: z
    .object({
      latitude: z.number(),
      longitude: z.number(),
      name: z.string().optional(),
      address: z.string().optional(),
    })
    .optional(),
  contacts: z
    .array(
      z.object({
        name: z.object({ formatted_name: z.string().optional() }).optional(),
        phones: z.array(z.object({ phone: z.string().optional() })).default([]),
      }),
    )
    .optional(),
  order: z.object({ text: z.string().optional() }).optional(),
});
type Message = z.output<typeof messageSchema>;

const echoSchema = messageSchema.extend({ to: z.string().min(1).optional(), to_user_id: z.string().min(1).optional() });

const statusSchema = z.object({
  id: z.string().min(1),
  status: z.string(),
  timestamp: z.coerce.number().optional(),
  recipient_id: z.string().min(1).optional(),
  recipient_user_id: z.string().min(1).optional(),
  errors: z
    .array(
      z.object({
        code: z.number(),
        title: z.string().optional(),
        error_data: z.object({ details: z.string().optional() }).optional(),
      }),
    )
    .default([]),
});
type Status = z.output<typeof statusSchema>;

const personSchema = z.object({
  profile: z.object({ name: z.string().optional() }).optional(),
  wa_id: z.string().optional(),
  user_id: z.string().optional(),
});

const envelopeSchema = z.object({
  object: z.literal("whatsapp_business_account"),
  entry: z.array(
    z.object({
      changes: z
        .array(
          z.object({
            field: z.string(),
            value: z.object({
              metadata: z.object({ phone_number_id: z.string() }).optional(),
              contacts: z.array(z.unknown()).default([]),
              messages: z.array(z.unknown()).default([]),
              statuses: z.array(z.unknown()).default([]),
              message_echoes: z.array(z.unknown()).default([]),
            }),
          }),
        )
        .default([]),
    }),
  ),
});
type Value = z.output<typeof envelopeSchema>["entry"][number]["changes"][number]["value"];

/**
 * The events of a call that are of this number: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages. Undefined: the body is no notification of WhatsApp's.
 */
export function fromWhatsApp(body: unknown, phoneNumberId: string): InboundEvent[] | undefined {
  return envelopeSchema
    .safeParse(body)
    .data?.entry.flatMap(({ changes }) => changes)
    .filter(({ value }) => value.metadata?.phone_number_id === phoneNumberId)
    .flatMap(({ field, value }) => {
      if (field === "messages") return fromValue(value);
      return field === "smb_message_echoes" ? value.message_echoes.flatMap(fromEcho) : [];
    });
}

/**
 * What was written in the WhatsApp Business app of a number that is on both: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes. What the API sends is not
 * among it.
 */
function fromEcho(one: unknown): InboundEvent[] {
  const echo = echoSchema.safeParse(one).data;
  const to = echo?.to ?? echo?.to_user_id;
  if (echo === undefined || to === undefined || echo.type === "reaction" || echo.type === "system") return [];
  const happening = { kind: "outside_message" as const, message: toInbound(echo) };
  return [{ externalId: `echo:${echo.id}`, from: to, happening, at: toMs(echo.timestamp), onlyKnown: true }];
}

function fromValue({ contacts, messages, statuses }: Value): InboundEvent[] {
  const people = contacts.flatMap((one) => personSchema.safeParse(one).data ?? []);
  const nameOf = (id: string) =>
    people.find(({ wa_id: phone, user_id: user }) => phone === id || user === id)?.profile?.name;
  return [
    ...messages.flatMap((one) => {
      const message = messageSchema.safeParse(one).data;
      const from = message?.from ?? message?.from_user_id;
      return message === undefined || from === undefined ? [] : fromMessage(message, from, nameOf(from));
    }),
    ...statuses.flatMap((one) => {
      const status = statusSchema.safeParse(one).data;
      return status === undefined ? [] : fromStatus(status);
    }),
  ];
}

function fromMessage(message: Message, from: string, name: string | undefined): InboundEvent[] {
  const happening = happeningOf(message);
  if (happening === undefined) return [];
  const profile = toProfile(from, name);
  return [{ externalId: message.id, from, happening, at: toMs(message.timestamp), profile }];
}

const toMs = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1_000);

/** Somebody's id is their phone, without the plus, where they show it. */
function toProfile(from: string, name: string | undefined): Profile {
  return {
    ...(/^\d{5,20}$/.test(from) ? { phone: `+${from}` } : {}),
    ...(name === undefined || name === "" ? {} : { name }),
  };
}

/** A reaction says nothing, a system message is not the person's; the first word of somebody who only opened the chat is a start. */
function happeningOf(message: Message): Happening | undefined {
  const { type, interactive, button } = message;
  if (type === "reaction" || type === "system") return undefined;
  if (type === "request_welcome") return { kind: "start" };
  const reply = interactive?.button_reply ?? interactive?.list_reply;
  if (reply !== undefined) return { kind: "button", payload: reply.id, title: reply.title };
  if (button !== undefined) return { kind: "button", payload: button.payload, title: button.text };
  return { kind: "message", message: toInbound(message) };
}

function toInbound(message: Message): InboundMessage {
  const attachments = toFiles(message);
  const lines = [message.text?.body, ...captions(message), place(message), ...cards(message), message.order?.text];
  const said = lines.filter((line) => line !== undefined && line !== "").join("\n");
  const text = said === "" && attachments.length === 0 ? `[${message.type}]` : said;
  const { location: point } = message;
  const { name: title = "", address = "", latitude = 0, longitude = 0 } = point ?? {};
  const words = { ...(title === "" ? {} : { title }), ...(address === "" ? {} : { address }) };
  return {
    externalId: message.id,
    ...(text === "" ? {} : { text }),
    attachments,
    ...(point === undefined ? {} : { location: { latitude, longitude, ...words } }),
  };
}

const mediaKinds = {
  image: "image",
  video: "video",
  audio: "audio",
  document: "file",
  sticker: "image",
} as const satisfies Record<string, MediaKind>;
const mediaNames = Object.keys(mediaKinds) as (keyof typeof mediaKinds)[];

/** By the id that Meta keeps the file under; its address is only for who has the token. */
function toFiles(message: Message): Attachment[] {
  return mediaNames.flatMap((name) => {
    const media = message[name];
    if (media === undefined) return [];
    const { id, mime_type: mimeType, filename, voice } = media;
    const kind = voice === true ? "voice" : mediaKinds[name];
    return [
      {
        kind,
        fileId: id,
        ...(mimeType === undefined ? {} : { mimeType }),
        ...(filename === undefined ? {} : { name: filename }),
      },
    ];
  });
}

const captions = (message: Message) => mediaNames.map((name) => message[name]?.caption);

function place({ location }: Message): string | undefined {
  if (location === undefined) return undefined;
  const { name, address, latitude, longitude } = location;
  return [name, address, `${latitude}, ${longitude}`].filter((part) => part !== undefined && part !== "").join("\n");
}

/** Whose card it is, WhatsApp does not say: the profile's phone stays as it is. */
function cards({ contacts = [] }: Message): string[] {
  return contacts.map(({ name, phones }) =>
    [name?.formatted_name, ...phones.map(({ phone }) => phone)].filter((part) => (part ?? "") !== "").join(": "),
  );
}

const statuses: Readonly<Record<string, "delivered" | "read" | "failed">> = {
  delivered: "delivered",
  read: "read",
  // A voice message that was listened to.
  played: "read",
  failed: "failed",
};

function fromStatus(told: Status): InboundEvent[] {
  const { id: mid, errors, timestamp } = told;
  const from = told.recipient_id ?? told.recipient_user_id;
  const status = Object.hasOwn(statuses, told.status) ? statuses[told.status] : undefined;
  if (status === undefined || from === undefined) return [];
  const [error] = errors;
  const words = [error?.title, error?.error_data?.details].filter((part) => part !== undefined).join(": ");
  const reason = status === "failed" ? `${words || "WhatsApp could not deliver it"} (Meta's error ${error?.code})` : "";
  const happening = { kind: "message_status" as const, status, mid, ...(reason === "" ? {} : { reason }) };
  return [{ externalId: `${told.status}:${mid}`, from, happening, at: toMs(timestamp), onlyKnown: true }];
}

import type { InboundEvent } from "../../engine/channel-type.ts";
import type { Profile } from "../../model/contact.ts";
import type { InboundMessage } from "../../model/event.ts";
import type { Attachment, MediaKind } from "../../model/message.ts";
import type { TelegramFile, TelegramMessage, TelegramUpdate, TelegramUser } from "./telegram-update.ts";

/** An update as events, and the callback query that wants its answer, so that the button stops spinning. */
export interface TranslatedUpdate {
  readonly events: readonly InboundEvent[];
  readonly callbackQueryId?: string;
}

const nothing: TranslatedUpdate = { events: [] };

/**
 * Translates an update (https://core.telegram.org/bots/api#update). Private chats only; what means nothing to us gives no events. The event's id is
 * the update's, which Telegram repeats when it delivers again. Telegram's date is left out: it has whole seconds only, and after an
 * outage it would put the contact's delays into the past.
 */
export function fromTelegram(update: TelegramUpdate): TranslatedUpdate {
  const externalId = `u${update.update_id}`;
  if (update.message?.chat.type === "private") return { events: fromMessage(externalId, update.message) };
  if (update.edited_message?.chat.type === "private") return { events: fromEdit(externalId, update.edited_message) };
  if (update.callback_query !== undefined) return fromCallback(externalId, update.callback_query);
  if (update.my_chat_member?.chat.type === "private") return fromMembership(externalId, update.my_chat_member);
  return nothing;
}

function fromMessage(externalId: string, message: TelegramMessage): InboundEvent[] {
  const { chat, from, contact } = message;
  const told = person(from);
  const start = /^\/start(?:@\w+)?(?:\s+(\S+))?\s*$/.exec(message.text ?? "");
  if (start !== null) {
    const payload = start[1];
    const happening = { kind: "start" as const, ...(payload === undefined ? {} : { payload }) };
    return [{ externalId, from: String(chat.id), happening, ...told }];
  }
  const inbound = toInbound(message);
  if (inbound === undefined) return [];
  // Somebody else's card says nothing of this person.
  const isOwn = contact?.user_id !== undefined && contact.user_id === from?.id;
  const phone = isOwn ? { phone: `+${contact.phone_number.replace(/^\+/, "")}` } : {};
  const happening = { kind: "message" as const, message: inbound };
  return [{ externalId, from: String(chat.id), happening, ...told, profile: { ...told.profile, ...phone } }];
}

function fromEdit(externalId: string, edited: TelegramMessage): InboundEvent[] {
  const message = toInbound(edited);
  if (message === undefined) return [];
  const happening = { kind: "message_edited" as const, message };
  return [{ externalId, from: String(edited.chat.id), happening, ...person(edited.from) }];
}

function fromCallback(externalId: string, query: NonNullable<TelegramUpdate["callback_query"]>): TranslatedUpdate {
  const { id: callbackQueryId, data, message } = query;
  // A message older than 48 hours comes without its buttons, one sent inline without its chat.
  if (data === undefined || (message !== undefined && message.chat.type !== "private")) {
    return { events: [], callbackQueryId };
  }
  const buttons = message?.reply_markup?.inline_keyboard.flat() ?? [];
  const title = buttons.find((button) => button.callback_data === data)?.text;
  const happening = { kind: "button" as const, payload: data, ...(title === undefined ? {} : { title }) };
  const from = String(message?.chat.id ?? query.from.id);
  return { events: [{ externalId, from, happening, ...person(query.from) }], callbackQueryId };
}

function fromMembership(
  externalId: string,
  { chat, from, new_chat_member: { status } }: NonNullable<TelegramUpdate["my_chat_member"]>,
): TranslatedUpdate {
  if (status !== "kicked" && status !== "member") return nothing;
  const kind = status === "kicked" ? "blocked" : "unblocked";
  return { events: [{ externalId, from: String(chat.id), happening: { kind }, ...person(from) }] };
}

function person(user: TelegramUser | undefined): { readonly profile: Profile; readonly username?: string } {
  if (user === undefined) return { profile: {} };
  const { first_name: firstName, last_name: lastName, language_code: language, username } = user;
  return {
    profile: {
      firstName,
      ...(lastName === undefined ? {} : { lastName }),
      ...(language === undefined ? {} : { language }),
    },
    ...(username === undefined ? {} : { username }),
  };
}

/** Undefined: nothing that was said (a pinned message, a changed timer), or nothing that we could show. */
function toInbound(message: TelegramMessage): InboundMessage | undefined {
  const text = textOf(message);
  const attachments = attachmentsOf(message);
  if (text === undefined && attachments.length === 0) return undefined;
  return { externalId: String(message.message_id), ...(text === undefined ? {} : { text }), attachments };
}

function textOf({ text, caption, venue, location, contact, poll, dice }: TelegramMessage): string | undefined {
  const place = location === undefined ? undefined : `${location.latitude}, ${location.longitude}`;
  const address = venue === undefined ? undefined : `${venue.title}, ${venue.address} (${place})`;
  return text ?? caption ?? address ?? place ?? contact?.phone_number ?? poll?.question ?? dice?.emoji;
}

function attachmentsOf(message: TelegramMessage): Attachment[] {
  const files: readonly (readonly [MediaKind, TelegramFile | undefined])[] = [
    // The sizes of one picture, the largest last.
    ["image", message.photo?.at(-1)],
    ["image", message.sticker],
    ["video", message.video ?? message.video_note],
    ["audio", message.audio],
    ["voice", message.voice],
    // An animation comes as a document too.
    ["file", message.animation === undefined ? message.document : undefined],
    ["video", message.animation],
  ];
  return files.flatMap(([kind, file]) => (file === undefined ? [] : [toAttachment(kind, file)]));
}

function toAttachment(kind: MediaKind, file: TelegramFile): Attachment {
  return {
    kind,
    fileId: file.file_id,
    ...(file.file_name === undefined ? {} : { name: file.file_name }),
    ...(file.mime_type === undefined ? {} : { mimeType: file.mime_type }),
    ...(file.file_size === undefined ? {} : { size: file.file_size }),
  };
}

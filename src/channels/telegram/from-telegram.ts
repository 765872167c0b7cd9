import type { InboundEvent } from "../../engine/channel-type.ts";
import type { Profile } from "../../model/contact.ts";
import type { InboundMessage } from "../../model/event.ts";
import type { Attachment, MediaKind } from "../../model/message.ts";
import { type GroupRules, isGroup, saidToBot } from "./from-group.ts";
import type { TelegramFile, TelegramMessage, TelegramUpdate, TelegramUser } from "./telegram-update.ts";

/** An update as events, and the callback query that wants its answer, so that the button stops spinning. */
export interface TranslatedUpdate {
  readonly events: readonly InboundEvent[];
  readonly callbackQueryId?: string;
}

const nothing: TranslatedUpdate = { events: [] };

/**
 * Translates an update (https://core.telegram.org/bots/api#update). Private chats, and groups where the settings say so: there the group is the contact. What means nothing to us (channels' posts, a group's other talk)
 * gives no events. The event's id is the update's, which Telegram repeats when it delivers again. Telegram's date is left out: it has whole seconds only, and after an
 * outage it would put the contact's delays into the past.
 */
export function fromTelegram(update: TelegramUpdate, rules: GroupRules): TranslatedUpdate {
  const externalId = `u${update.update_id}`;
  const { message, edited_message: edited, callback_query: query, my_chat_member: member } = update;
  const isOurs = ({ type }: { readonly type: string }) => type === "private" || (rules.groups && isGroup(type));
  if (message !== undefined && isOurs(message.chat)) {
    const said = isGroup(message.chat.type) ? saidToBot(message, rules) : message;
    return said === undefined ? nothing : { events: fromMessage(externalId, said) };
  }
  if (edited !== undefined && isOurs(edited.chat)) return { events: fromEdit(externalId, edited) };
  if (query !== undefined) return fromCallback(externalId, query, isOurs);
  if (member !== undefined && isOurs(member.chat)) return fromMembership(externalId, member);
  return nothing;
}

function fromMessage(externalId: string, message: TelegramMessage): InboundEvent[] {
  const { chat, from, contact } = message;
  const told = whoIs(chat, from);
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
  const phone = isOwn ? { phone: toPhone(contact.phone_number) } : {};
  const said = isOwn ? { ...inbound, sharedPhone: toPhone(contact.phone_number) } : inbound;
  const happening = { kind: "message" as const, message: said };
  return [{ externalId, from: String(chat.id), happening, ...told, profile: { ...told.profile, ...phone } }];
}

const toPhone = (number: string) => `+${number.replace(/^\+/, "")}`;

function fromEdit(externalId: string, edited: TelegramMessage): InboundEvent[] {
  const message = toInbound(edited);
  if (message === undefined) return [];
  const happening = { kind: "message_edited" as const, message };
  const event = { externalId, from: String(edited.chat.id), happening, ...whoIs(edited.chat, edited.from) };
  // What was not said to the bot is not ours when it is changed either.
  return [isGroup(edited.chat.type) ? { ...event, onlyKnown: true as const } : event];
}

function fromCallback(
  externalId: string,
  query: NonNullable<TelegramUpdate["callback_query"]>,
  isOurs: (chat: { readonly type: string }) => boolean,
): TranslatedUpdate {
  const { id: callbackQueryId, data, message } = query;
  // A message older than 48 hours comes without its buttons, one sent inline without its chat.
  if (data === undefined || (message !== undefined && !isOurs(message.chat))) {
    return { events: [], callbackQueryId };
  }
  const buttons = message?.reply_markup?.inline_keyboard.flat() ?? [];
  const title = buttons.find((button) => button.callback_data === data)?.text;
  const happening = {
    kind: "button" as const,
    payload: data,
    ...(title === undefined ? {} : { title }),
    ...(message?.message_id === undefined ? {} : { mid: String(message.message_id) }),
  };
  const { chat = { id: query.from.id, type: "private" } } = message ?? {};
  return { events: [{ externalId, from: String(chat.id), happening, ...whoIs(chat, query.from) }], callbackQueryId };
}

function fromMembership(
  externalId: string,
  { chat, from, new_chat_member: { status } }: NonNullable<TelegramUpdate["my_chat_member"]>,
): TranslatedUpdate {
  const isGone = status === "kicked" || status === "left";
  if (!isGone && status !== "member" && status !== "administrator") return nothing;
  const kind = isGone ? "blocked" : "unblocked";
  const event = { externalId, from: String(chat.id), happening: { kind } as const, ...whoIs(chat, from) };
  // A group becomes a contact when it first says something to the bot.
  return { events: [isGroup(chat.type) ? { ...event, onlyKnown: true } : event] };
}

/** In a group the contact is the group, whoever speaks. */
function whoIs(
  { type, title }: TelegramMessage["chat"],
  user: TelegramUser | undefined,
): { readonly profile: Profile; readonly username?: string } {
  return isGroup(type) ? { profile: title === undefined ? {} : { name: title } } : person(user);
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
  const { location: point, venue, media_group_id: album } = message;
  const { title, address } = venue ?? {};
  const place = { ...(title === undefined ? {} : { title }), ...(address === undefined ? {} : { address }) };
  return {
    externalId: String(message.message_id),
    ...(text === undefined ? {} : { text }),
    attachments,
    ...(point === undefined ? {} : { location: { ...point, ...place } }),
    ...(album === undefined ? {} : { album }),
  };
}

function textOf({ text, caption, venue, location, contact, from, poll, dice }: TelegramMessage): string | undefined {
  const place = location === undefined ? undefined : `${location.latitude}, ${location.longitude}`;
  const address = venue === undefined ? undefined : `${venue.title}, ${venue.address} (${place})`;
  return text ?? caption ?? address ?? place ?? cardOf(contact, from) ?? poll?.question ?? dice?.emoji;
}

/** One's own number is a number; somebody else's stands with their name, so that it is not taken for an answer. */
function cardOf(contact: TelegramMessage["contact"], from: TelegramUser | undefined): string | undefined {
  if (contact === undefined) return undefined;
  const { phone_number: number, first_name: first, last_name: last, user_id: user } = contact;
  const phone = toPhone(number);
  if (user !== undefined && user === from?.id) return phone;
  const name = [first, last].filter((word) => word !== undefined && word !== "").join(" ");
  return `${name === "" ? "[contact]" : name}: ${phone}`;
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

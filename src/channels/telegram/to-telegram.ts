import type { ChannelCapabilities } from "../../engine/channel-type.ts";
import { renderForChannel } from "../../engine/render-content.ts";
import type { Attachment, Location, MediaKind, MessageContent, QuickReply } from "../../model/message.ts";

/** One call of the Bot API. */
export interface TelegramCall {
  readonly method:
    | "sendMessage"
    | "sendPhoto"
    | "sendVideo"
    | "sendAudio"
    | "sendVoice"
    | "sendDocument"
    | "sendMediaGroup"
    | "sendLocation"
    | "sendVenue"
    | "editMessageText"
    | "editMessageMedia";
  readonly payload: Readonly<Record<string, unknown>>;
}

/** https://core.telegram.org/bots/api#sendphoto: captions are shorter than texts. */
const captionLength = 1024;
/** https://core.telegram.org/bots/api#sendmediagroup: 2 to 10 items. */
const albumSize = 10;
/** What a keyboard is sent with where the message itself has buttons of its own: Telegram takes one kind of markup a message, and no message without a text. */
const keyboardCarrier = "👇";

interface Sender {
  readonly method: TelegramCall["method"];
  readonly key: string;
  /** Items of one album are of one such kind: photos and films mix, audio and documents only with their like. Absent: never in an album. */
  readonly album?: "visual" | "audio" | "document";
}

const senders: { readonly [K in MediaKind]: Sender } = {
  image: { method: "sendPhoto", key: "photo", album: "visual" },
  video: { method: "sendVideo", key: "video", album: "visual" },
  audio: { method: "sendAudio", key: "audio", album: "audio" },
  voice: { method: "sendVoice", key: "voice" },
  file: { method: "sendDocument", key: "document", album: "document" },
};

/**
 * The calls that show a message in a chat, in order. Buttons hang on the last, which is no album, since an album takes none. None: there is nothing that Telegram could show.
 */
export function toTelegram(content: MessageContent, chat: string, capabilities: ChannelCapabilities): TelegramCall[] {
  // https://core.telegram.org/bots/api#keyboardbutton: only a private chat can be asked for a phone or a place.
  const fitting = chat.startsWith("-") ? { ...capabilities, requests: [] } : capabilities;
  const parts = renderForChannel(content, fitting);
  const last = parts.at(-1);
  if (last === undefined) return [];
  const { inline, keyboard } = toMarkups(last);
  const hasMarkup = inline !== undefined || keyboard !== undefined;
  const texts = parts.slice(0, -1).flatMap(({ text = "" }) => toText(text, chat));
  const calls = [...texts, ...toCalls(last, chat, { hasMarkup, isFirst: texts.length === 0 })];
  const end = calls.at(-1);
  if (end === undefined || !hasMarkup) return calls;
  const marked = [...calls.slice(0, -1), withMarkup(end, inline ?? keyboard ?? {})];
  if (inline === undefined || keyboard === undefined) return marked;
  return [
    ...marked,
    withMarkup({ method: "sendMessage", payload: { chat_id: chat, text: keyboardCarrier } }, keyboard),
  ];
}

/**
 * The call that changes a message of ours in its place, where what is to be said is one text or one file without a keyboard of its own. Undefined: it is said anew.
 * https://core.telegram.org/bots/api#editmessagetext and #editmessagemedia.
 */
export function toEdit(calls: readonly TelegramCall[], messageId: string): TelegramCall | undefined {
  const [call, ...others] = calls;
  if (call === undefined || others.length > 0 || !/^\d+$/.test(messageId)) return undefined;
  const { chat_id, reply_markup: markup, ...rest } = call.payload;
  if (markup !== undefined && !("inline_keyboard" in (markup as object))) return undefined;
  const common = { chat_id, message_id: Number(messageId), ...(markup === undefined ? {} : { reply_markup: markup }) };
  if (call.method === "sendMessage") return { method: "editMessageText", payload: { ...common, ...rest } };
  const sender = Object.values(senders).find(({ method }) => method === call.method);
  if (sender?.album === undefined) return undefined;
  const { [sender.key]: media, ...caption } = rest;
  return { method: "editMessageMedia", payload: { ...common, media: { type: sender.key, media, ...caption } } };
}

const withMarkup = (call: TelegramCall, markup: object): TelegramCall => ({
  ...call,
  payload: { ...call.payload, reply_markup: markup },
});

const toText = (text: string, chat: string): TelegramCall[] =>
  text.trim() === "" ? [] : [{ method: "sendMessage", payload: { chat_id: chat, text } }];

function toCalls(
  { text = "", attachments, location }: MessageContent,
  chat: string,
  { hasMarkup, isFirst }: { readonly hasMarkup: boolean; readonly isFirst: boolean },
): TelegramCall[] {
  const places = location === undefined ? [] : [toPoint(location, chat)];
  const runs = toRuns(attachments);
  const [first] = runs;
  const fitsCaption = runs.length === 1 && places.length === 0 && text.length <= captionLength;
  // One file, or one album without buttons, with a short text is one message.
  if (first !== undefined && fitsCaption && (first.length === 1 || !hasMarkup)) return [toMedia(first, chat, text)];
  const texts = toText(text, chat);
  const endsInAlbum = places.length === 0 && (runs.at(-1)?.length ?? 0) > 1;
  const files = (which: readonly (readonly Attachment[])[]) => which.map((run) => toMedia(run, chat, ""));
  // Otherwise the text goes first, so that it is not torn apart by the pictures …
  if (!hasMarkup || !endsInAlbum) return [...texts, ...files(runs), ...places];
  // … but an album carries no buttons: they hang on the text below it, or, where there is none, on its last file.
  if (texts.length > 0 && isFirst) return [...files(runs), ...texts];
  return [...texts, ...files(withLastAlone(runs))];
}

/** Files that go together, in their order: each run an album, or one file. */
function toRuns(attachments: readonly Attachment[]): Attachment[][] {
  const runs: Attachment[][] = [];
  for (const file of attachments) {
    const { album } = senders[file.kind];
    const run = runs.at(-1);
    const [head] = run ?? [];
    const isLike = head !== undefined && album !== undefined && senders[head.kind].album === album;
    if (run !== undefined && isLike && run.length < albumSize) run.push(file);
    else runs.push([file]);
  }
  return runs;
}

function withLastAlone(runs: readonly (readonly Attachment[])[]): (readonly Attachment[])[] {
  const last = runs.at(-1) ?? [];
  return [...runs.slice(0, -1), last.slice(0, -1), last.slice(-1)];
}

function toMedia(files: readonly Attachment[], chat: string, text: string): TelegramCall {
  const caption = text === "" ? {} : { caption: text };
  const [first] = files;
  if (files.length === 1 && first !== undefined) {
    const { method, key } = senders[first.kind];
    return { method, payload: { chat_id: chat, [key]: first.fileId ?? first.url, ...caption } };
  }
  // The caption of a picture is the album's where it is the only one; that of a document stands below that document.
  const bearer = first !== undefined && senders[first.kind].album === "visual" ? 0 : files.length - 1;
  const media = files.map(({ kind, url, fileId }, index) => ({
    type: senders[kind].key,
    media: fileId ?? url,
    ...(index === bearer ? caption : {}),
  }));
  return { method: "sendMediaGroup", payload: { chat_id: chat, media } };
}

function toPoint({ latitude, longitude, title = "", address = "" }: Location, chat: string): TelegramCall {
  const point = { chat_id: chat, latitude, longitude };
  if (title === "" && address === "") return { method: "sendLocation", payload: point };
  // A venue needs both: https://core.telegram.org/bots/api#sendvenue.
  const [name, where] = [title === "" ? address : title, address === "" ? title : address];
  return { method: "sendVenue", payload: { ...point, title: name, address: where } };
}

/** What stands under the message, and what beside the input. */
function toMarkups({ buttons, quickReplies, keyboard: kind = "inline" }: MessageContent): {
  readonly inline?: object;
  readonly keyboard?: object;
} {
  const asks = quickReplies.some(({ request }) => request !== undefined);
  const isBeside = quickReplies.length > 0 && (asks || kind === "once" || kind === "stays");
  const under = buttons.map((button) => [
    button.type === "url"
      ? { text: button.title, url: button.url }
      : { text: button.title, callback_data: button.payload },
  ]);
  // Quick replies come back with their payload only as inline buttons: a keyboard sends the title as text, which the step takes for a press.
  const replies = isBeside ? [] : quickReplies.map(({ title, payload }) => [{ text: title, callback_data: payload }]);
  const rows = [...under, ...replies];
  const keyboard = isBeside
    ? { keyboard: quickReplies.map(toKey), resize_keyboard: true, one_time_keyboard: kind !== "stays" }
    : kind === "remove"
      ? { remove_keyboard: true }
      : undefined;
  return {
    ...(rows.length === 0 ? {} : { inline: { inline_keyboard: rows } }),
    ...(keyboard === undefined ? {} : { keyboard }),
  };
}

function toKey({ title, request }: QuickReply): object[] {
  if (request === undefined) return [{ text: title }];
  return [{ text: title, ...(request === "phone" ? { request_contact: true } : { request_location: true }) }];
}

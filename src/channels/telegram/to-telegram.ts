import type { ChannelCapabilities } from "../../engine/channel-type.ts";
import { renderForChannel } from "../../engine/render-content.ts";
import type { Attachment, MediaKind, MessageContent } from "../../model/message.ts";

/** One call of the Bot API. */
export interface TelegramCall {
  readonly method: "sendMessage" | "sendPhoto" | "sendVideo" | "sendAudio" | "sendVoice" | "sendDocument";
  readonly payload: Readonly<Record<string, unknown>>;
}

/** https://core.telegram.org/bots/api#sendphoto: captions are shorter than texts. */
const captionLength = 1024;

const senders: { readonly [K in MediaKind]: { readonly method: TelegramCall["method"]; readonly key: string } } = {
  image: { method: "sendPhoto", key: "photo" },
  video: { method: "sendVideo", key: "video" },
  audio: { method: "sendAudio", key: "audio" },
  voice: { method: "sendVoice", key: "voice" },
  file: { method: "sendDocument", key: "document" },
};

/** The calls that show a message in a chat, in order; buttons hang on the last. None: there is nothing that Telegram could show. */
export function toTelegram(content: MessageContent, chat: string, capabilities: ChannelCapabilities): TelegramCall[] {
  const parts = renderForChannel(content, capabilities);
  const calls = parts.flatMap((part) => toCalls(part, chat));
  const markup = replyMarkup(parts.at(-1));
  const last = calls.at(-1);
  if (last === undefined || markup === undefined) return calls;
  return [...calls.slice(0, -1), { ...last, payload: { ...last.payload, reply_markup: markup } }];
}

function toCalls({ text = "", attachments }: MessageContent, chat: string): TelegramCall[] {
  const texts: TelegramCall[] = text.trim() === "" ? [] : [{ method: "sendMessage", payload: { chat_id: chat, text } }];
  const [first, ...others] = attachments;
  if (first === undefined) return texts;
  // One file with a short text is one message; otherwise the text goes first, so that it is not torn apart by the pictures.
  if (others.length === 0 && text.length <= captionLength) return [toMedia(first, chat, text)];
  return [...texts, ...attachments.map((file) => toMedia(file, chat, ""))];
}

function toMedia({ kind, url, fileId }: Attachment, chat: string, caption: string): TelegramCall {
  const { method, key } = senders[kind];
  return { method, payload: { chat_id: chat, [key]: fileId ?? url, ...(caption === "" ? {} : { caption }) } };
}

function replyMarkup(part: MessageContent | undefined): object | undefined {
  const buttons = (part?.buttons ?? []).map((button) => [
    button.type === "url"
      ? { text: button.title, url: button.url }
      : { text: button.title, callback_data: button.payload },
  ]);
  // Quick replies come back with their payload only as inline buttons: a reply keyboard would send the title as text.
  const replies = (part?.quickReplies ?? []).map(({ title, payload }) => [{ text: title, callback_data: payload }]);
  const rows = [...buttons, ...replies];
  return rows.length === 0 ? undefined : { inline_keyboard: rows };
}

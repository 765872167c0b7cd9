import type { ChannelCapabilities } from "../../engine/channel-type.ts";
import { renderForChannel, toLine } from "../../engine/render-content.ts";
import type { Attachment, MessageContent, OutgoingButton, QuickReply } from "../../model/message.ts";
import { writePress } from "./press.ts";

/** The part of a call of `messages.send` that depends on what is said. */
export interface VkMessageCall {
  readonly message: string;
  readonly attachments: readonly string[];
  /** In degrees; VK shows it as a map under the text. */
  readonly point?: { readonly lat: number; readonly long: number };
  readonly keyboard?: object;
}

/** Files in one message: https://dev.vk.com/ru/method/messages.send. */
const attachmentsAtOnce = 10;
/** In the chat, under the message; https://dev.vk.com/ru/api/bots/development/keyboard. */
const inlineButtons = 10;
const inlineRows = 6;
/** Beside the input. */
const rows = 10;

/** What a point is sent with where nothing else is: VK wants a text or a file. */
const pointCarrier = "📍";

/** What VK calls a file that it was given (`photo-1_2_key`); undefined: it could not be given. */
export type Uploaded = (file: Attachment) => string | undefined;

/** The calls that show a message, in order; buttons hang on the last. Files that were not uploaded are links. None: there is nothing that VK could show. */
export function toVk(content: MessageContent, uploaded: Uploaded, capabilities: ChannelCapabilities): VkMessageCall[] {
  const parts = renderForChannel(withLinks(content, uploaded), capabilities);
  const calls = parts.flatMap((part) => toCalls(part, uploaded));
  const { buttons = [], quickReplies = [] } = parts.at(-1) ?? {};
  const keyboard = toKeyboard(buttons, quickReplies);
  if (keyboard === undefined) return calls;
  return calls.map((call, index) => (index === calls.length - 1 ? { ...call, keyboard } : call));
}

function withLinks(content: MessageContent, uploaded: Uploaded): MessageContent {
  const lost = content.attachments.filter((file) => uploaded(file) === undefined);
  const lines = [content.text ?? "", ...lost.map(toLine)].filter((line) => line !== "");
  const attachments = content.attachments.filter((file) => !lost.includes(file));
  return { ...content, text: lines.join("\n\n"), attachments };
}

function toCalls({ text = "", attachments, location }: MessageContent, uploaded: Uploaded): VkMessageCall[] {
  const names = attachments.flatMap((file) => uploaded(file) ?? []);
  const first = { message: text.trim() === "" ? "" : text, attachments: names.slice(0, attachmentsAtOnce) };
  const more: VkMessageCall[] = [];
  for (let index = attachmentsAtOnce; index < names.length; index += attachmentsAtOnce) {
    more.push({ message: "", attachments: names.slice(index, index + attachmentsAtOnce) });
  }
  if (location === undefined) return first.message === "" && names.length === 0 ? [] : [first, ...more];
  const point = { lat: location.latitude, long: location.longitude };
  const message = first.message === "" && names.length === 0 ? pointCarrier : first.message;
  return [{ ...first, message, point }, ...more];
}

/**
 * Buttons stand in the chat as long as they fit there; quick replies alone, and what is more, beside the input, gone once used. All are of the kind `text`: a press comes back as a message with
 * its payload, in every client, and costs no call to answer it.
 */
function toKeyboard(buttons: readonly OutgoingButton[], replies: readonly QuickReply[]): object | undefined {
  const all = [...buttons, ...replies];
  if (all.length === 0) return undefined;
  const isInline = buttons.length > 0 && all.length <= inlineButtons;
  const others = all.filter((button) => !asksPlace(button));
  // One is enough, however many ask: each would take a row from the others.
  const grid: object[][] = all.some(asksPlace) ? [[{ action: { type: "location" } }]] : [];
  const inRow = Math.ceil(others.length / ((isInline ? inlineRows : rows) - grid.length));
  for (let index = 0; index < others.length; index += inRow) {
    grid.push(others.slice(index, index + inRow).map(toButton));
  }
  return { ...(isInline ? { inline: true } : { one_time: true }), buttons: grid };
}

/** VK's button for it has words of its own and takes the whole row; without a payload what comes back is a message with the place, as if it was sent by hand. */
const asksPlace = (button: OutgoingButton | QuickReply) => "request" in button && button.request === "location";

function toButton(button: OutgoingButton | QuickReply): object {
  if (!("payload" in button)) return { action: { type: "open_link", label: button.title, link: button.url } };
  return { action: { type: "text", label: button.title, payload: writePress(button) }, color: "secondary" };
}

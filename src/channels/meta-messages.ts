import type { ChannelCapabilities } from "../engine/channel-type.ts";
import { renderForChannel, splitText } from "../engine/render-content.ts";
import type { Attachment, MessageContent, OutgoingButton, QuickReply } from "../model/message.ts";

/** What is said in one call of Messenger's Send API, which Instagram's is alike to. */
export interface MetaMessage {
  readonly text?: string;
  readonly attachment?: object;
  readonly quick_replies?: readonly object[];
}

/** A call, and what is said instead where Meta cannot fetch the file that it names. */
export interface MetaMessageCall {
  readonly message: MetaMessage;
  readonly instead?: MetaMessage;
}

/** https://developers.facebook.com/docs/messenger-platform/send-messages/template/button and …/instagram-messaging/button-template. */
const longestTemplateText = 640;
/** https://developers.facebook.com/docs/messenger-platform/send-messages/template/generic and …/instagram-messaging/generic-template. */
const longestCardTitle = 80;
/** What buttons hang on where nothing was written. */
const pointer = "👇";

const attachmentTypes = { image: "image", video: "video", audio: "audio", voice: "audio", file: "file" } as const;

/** The calls that show a message, in order; buttons and quick replies hang on the last. `fits`: whether a text is short enough, where its length is not all. */
export function toMetaMessages(
  content: MessageContent,
  capabilities: ChannelCapabilities,
  split: (text: string) => string[] = (text) => [text],
): MetaMessageCall[] {
  const parts = renderForChannel(content, capabilities);
  return parts.flatMap((part) => toCalls(part, split));
}

function toCalls(part: MessageContent, split: (text: string) => string[]): MetaMessageCall[] {
  const { attachments, buttons, quickReplies } = part;
  const text = (part.text ?? "").trim() === "" ? "" : (part.text ?? "");
  const [file] = attachments;
  const replies = toQuickReplies(quickReplies);
  if (file?.kind === "image" && attachments.length === 1 && buttons.length > 0 && fitsCard(text)) {
    return [{ message: { attachment: toCard(text, file, buttons), ...replies } }];
  }
  const files = attachments.map(toFileCall);
  const texts = buttons.length > 0 ? toButtonTexts(text, buttons, split) : textCalls(text, split);
  const calls = [...files, ...texts];
  // Quick replies that hang on a file would be lost where the file is.
  const last = calls.at(-1);
  if (quickReplies.length === 0 || last === undefined) return calls;
  const isFile = last.instead !== undefined;
  if (isFile) return [...calls, { message: { text: pointer, ...replies } }];
  return [...calls.slice(0, -1), { message: { ...last.message, ...replies } }];
}

const textCalls = (text: string, split: (text: string) => string[]): MetaMessageCall[] =>
  text === "" ? [] : split(text).map((one) => ({ message: { text: one } }));

function toButtonTexts(
  text: string,
  buttons: readonly OutgoingButton[],
  split: (text: string) => string[],
): MetaMessageCall[] {
  const under = splitText(text, longestTemplateText).at(-1) ?? "";
  const before = text.slice(0, text.length - under.length).trimEnd();
  const payload = { template_type: "button", text: under === "" ? pointer : under, buttons: buttons.map(toButton) };
  return [...textCalls(before, split), { message: { attachment: { type: "template", payload } } }];
}

function toFileCall({ kind, url = "", name }: Attachment): MetaMessageCall {
  const attachment = { type: attachmentTypes[kind], payload: { url, is_reusable: false } };
  return { message: { attachment }, instead: { text: name === undefined ? url : `${name}: ${url}` } };
}

const fitsCard = (text: string) => text !== "" && text.length <= longestCardTitle && !text.includes("\n");

function toCard(title: string, { url }: Attachment, buttons: readonly OutgoingButton[]): object {
  const element = { title, image_url: url, buttons: buttons.map(toButton) };
  return { type: "template", payload: { template_type: "generic", elements: [element] } };
}

function toButton(button: OutgoingButton): object {
  if (button.type === "url") return { type: "web_url", title: button.title, url: button.url };
  return { type: "postback", title: button.title, payload: button.payload };
}

function toQuickReplies(replies: readonly QuickReply[]): Pick<MetaMessage, "quick_replies"> {
  if (replies.length === 0) return {};
  return { quick_replies: replies.map(({ title, payload }) => ({ content_type: "text", title, payload })) };
}

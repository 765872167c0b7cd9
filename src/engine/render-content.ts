import type { Attachment, Location, MessageContent, OutgoingButton, QuickReply } from "../model/message.ts";
import type { ChannelCapabilities } from "./channel-type.ts";

/**
 * Fits a message into what a channel can show; the one set of rules for all channels. Nothing is dropped in silence: buttons that do not fit become
 * lines of the text, numbered where they can be pressed (a step takes a typed number for a press); media the channel does not know a
 * link, a place one to a map; what a quick reply cannot ask for its title, for the person to type; long text several messages; a title that had to be cut stands whole in the
 * text. Files, place and buttons are with the last message.
 */
export function renderForChannel(content: MessageContent, capabilities: ChannelCapabilities): MessageContent[] {
  const lines = [content.text ?? ""];
  const attachments = content.attachments.filter((attachment) => {
    const { kind, url, fileId } = attachment;
    if (capabilities.media.includes(kind) && (url ?? fileId) !== undefined) return true;
    lines.push(toLine(attachment));
    return false;
  });
  const { location } = content;
  const showsPlace = location !== undefined && capabilities.locations !== undefined;
  if (location !== undefined && capabilities.locations !== "places") {
    lines.push(showsPlace ? toAddress(location) : toPlace(location));
  }
  const buttons = fitButtons(content, capabilities, lines);
  const quickReplies = fitQuickReplies(content, capabilities, lines);
  const texts = splitText(lines.filter((line) => line !== "").join("\n\n"), capabilities.textLength);
  const bare = { attachments: [], buttons: [], quickReplies: [] };
  const parts: MessageContent[] = texts.map((text) => ({ text, ...bare }));
  const last = parts.pop() ?? bare;
  const { keyboard, replaces } = content;
  return [
    ...parts,
    {
      ...last,
      attachments,
      buttons,
      quickReplies,
      ...(showsPlace ? { location } : {}),
      ...(keyboard === undefined ? {} : { keyboard }),
      ...(replaces === undefined ? {} : { replaces }),
    },
  ];
}

/** The text that stands for a place. */
export function toPlace(location: Location): string {
  const { latitude, longitude } = location;
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  return [toAddress(location), map].filter((line) => line !== "").join("\n");
}

const toAddress = ({ title = "", address = "" }: Location) => [title, address].filter((line) => line !== "").join("\n");

/** The line of text that stands for a file which cannot be shown. */
export function toLine({ kind, url, name }: Attachment): string {
  return [name, url].filter((word) => word !== undefined).join(": ") || `[${kind}]`;
}

function fitButtons(
  { buttons }: MessageContent,
  { buttons: most, buttonTitleLength }: ChannelCapabilities,
  lines: string[],
): OutgoingButton[] {
  if (buttons.length <= most) {
    return buttons.map((button) => ({ ...button, title: fitTitle(button.title, buttonTitleLength, lines) }));
  }
  let number = 0;
  // A page is opened, not answered with a number.
  const line = (button: OutgoingButton) => {
    if (button.type === "url") return `${button.title}: ${button.url}`;
    number += 1;
    return `${number}. ${button.title}`;
  };
  lines.push(buttons.map(line).join("\n"));
  return [];
}

function fitQuickReplies(
  { buttons, quickReplies }: MessageContent,
  { quickReplies: most, buttonTitleLength, requests = [] }: ChannelCapabilities,
  lines: string[],
): QuickReply[] {
  const canShow = quickReplies.filter(({ request }) => request === undefined || requests.includes(request));
  if (canShow.length <= most) {
    lines.push(...quickReplies.filter((reply) => !canShow.includes(reply)).map(({ title }) => title));
    return canShow.map((reply) => ({ ...reply, title: fitTitle(reply.title, buttonTitleLength, lines) }));
  }
  let number = buttons.filter(({ type }) => type === "press").length;
  // What is asked for is typed, not answered with a number.
  const line = ({ title, request }: QuickReply) => {
    if (request !== undefined) return title;
    number += 1;
    return `${number}. ${title}`;
  };
  lines.push(quickReplies.map(line).join("\n"));
  return [];
}

function fitTitle(title: string, longest: number, lines: string[]): string {
  if (title.length <= longest) return title;
  lines.push(title);
  return `${cutAt(title, longest - 1)}…`;
}

/**
 * Splits at a paragraph, else a line, else a word, else where it must, never inside a surrogate pair; only white space at the cuts is lost. A
 * cut that would leave less than a quarter of the room used is not taken. `longest`: UTF-16 units, at least 2.
 */
export function splitText(text: string, longest: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > longest) {
    const window = rest.slice(0, longest + 1);
    const cut = ["\n\n", "\n", " "].map((gap) => window.lastIndexOf(gap)).find((index) => index > longest / 4);
    const part = cut === undefined ? cutAt(rest, longest) : rest.slice(0, cut);
    parts.push(part);
    rest = rest.slice(part.length).replace(/^\s+/, "");
  }
  return rest === "" && parts.length > 0 ? parts : [...parts, rest];
}

function cutAt(text: string, length: number): string {
  const code = text.charCodeAt(length - 1);
  const isHalf = code >= 0xd800 && code <= 0xdbff;
  return text.slice(0, isHalf ? length - 1 : length);
}

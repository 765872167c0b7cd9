import type { ChannelCapabilities } from "../../engine/channel-type.ts";
import { renderForChannel, toLine, toPlace } from "../../engine/render-content.ts";
import type {
  Attachment,
  MediaKind,
  MessageContent,
  OutgoingButton,
  QuickReply,
  RequestKind,
} from "../../model/message.ts";
import { writePress } from "./press.ts";

/** The part of a message that depends on what it says: https://developers.viber.com/docs/api/rest-bot-api/#message-types. */
export type ViberBody = Readonly<Record<string, unknown>> & { readonly type: string };

/** A text that goes with a picture; what is longer goes before it. */
const captionLength = 768;
/** Rows of a page of rich media. */
const richMediaRows = 7;
/** Silent buttons and the layouts that we use: https://developers.viber.com/docs/tools/keyboards/#buttons-parameters. */
export const minApiVersion = 7;

/** The messages that show a content, in order; buttons hang on the last. None: there is nothing that Viber could show. */
export function toViber(content: MessageContent, capabilities: ChannelCapabilities): ViberBody[] {
  const parts = renderForChannel(content, capabilities);
  const bodies = parts.flatMap(toBodies);
  const { buttons = [], quickReplies = [] } = parts.at(-1) ?? {};
  if (bodies.length === 0 || buttons.length + quickReplies.length === 0) return bodies;
  // A message has one keyboard: where there are both, the buttons stand in the chat, and the quick replies beside the input.
  const isBoth = buttons.length > 0 && quickReplies.length > 0;
  const keyboard = toKeyboard(isBoth ? quickReplies : [...buttons, ...quickReplies]);
  const shown = isBoth ? [...bodies, toRichMedia(buttons)] : bodies;
  return shown.map((body, index) => (index === shown.length - 1 ? { ...body, keyboard } : body));
}

/**
 * The welcome: one message for all of these, which is all that a person may be sent before they have written. Texts follow each other, files and places are links (but for one picture alone), and all buttons and
 * quick replies are the keyboard. Undefined: it does not fit into one message.
 */
export function toWelcome(
  contents: readonly MessageContent[],
  capabilities: ChannelCapabilities,
): ViberBody | undefined {
  const joined = joinContents(contents);
  for (const media of [["image"], []] as const) {
    const bodies = toViber(joined, { ...capabilities, media });
    if (bodies.length === 1) return bodies[0];
  }
  return undefined;
}

function joinContents(contents: readonly MessageContent[]): MessageContent {
  const lines = contents.flatMap(({ text = "", location }) => [text, location === undefined ? "" : toPlace(location)]);
  const texts = lines.filter((line) => line.trim() !== "");
  const replies = contents.flatMap(({ quickReplies }) => quickReplies);
  const buttons = contents.flatMap((content) => content.buttons);
  return {
    text: texts.join("\n\n"),
    attachments: contents.flatMap(({ attachments }) => attachments),
    buttons: [...buttons, ...replies.map((reply) => ({ type: "press" as const, ...reply }))],
    quickReplies: [],
  };
}

function toBodies({ location, ...content }: MessageContent): ViberBody[] {
  if (location === undefined) return toMessages(content);
  const point = { lat: String(location.latitude), lon: String(location.longitude) };
  return [...toMessages(content), { type: "location", location: point }];
}

function toMessages({ text = "", attachments }: MessageContent): ViberBody[] {
  const texts: ViberBody[] = text.trim() === "" ? [] : [{ type: "text", text }];
  const [first, ...others] = attachments;
  if (first === undefined) return texts;
  // One picture with a short text is one message; the other kinds have no text of their own.
  if (others.length === 0 && isPicture(first) && text.length <= captionLength) {
    return [{ type: "picture", media: first.url, text }];
  }
  return [...texts, ...attachments.map(toMedia)];
}

/** A file is a message of its own, also where it can only be a link: what was sent in an earlier try is counted by messages. */
function toMedia(file: Attachment): ViberBody {
  const { kind, url = "", name, size } = file;
  if (isPicture(file)) return { type: "picture", media: url, text: "" };
  const { [kind]: largest = 0 } = largestBytes;
  if (size === undefined || size > largest) return { type: "text", text: toLine(file) };
  if (kind === "video") return { type: "video", media: url, size };
  return { type: "file", media: url, size, file_name: (name ?? nameOf(url)).slice(-256) };
}

/** Larger ones are refused. Viber has to be told the size of a video and of a file, and reads that of a picture itself. */
const largestBytes: Readonly<Partial<Record<MediaKind, number>>> = {
  image: 1_048_576,
  video: 26 * 1_048_576,
  file: 50 * 1_048_576,
};

/** JPEG, PNG and still GIF; an address without an ending may be any of them. */
function isPicture({ kind, url = "", size = 0 }: Attachment): boolean {
  const ending = /\.(\w{1,5})$/.exec(nameOf(url))?.[1]?.toLowerCase();
  const isShown = ending === undefined || ["jpg", "jpeg", "png", "gif"].includes(ending);
  return kind === "image" && isShown && size <= (largestBytes.image ?? 0);
}

/** The ending of a file's name says what opens it. */
function nameOf(url: string): string {
  const last = URL.canParse(url) ? new URL(url).pathname.split("/").at(-1) : "";
  return last === undefined || last === "" ? "file" : last;
}

function toKeyboard(buttons: readonly (OutgoingButton | QuickReply)[]): object {
  return { Type: "keyboard", DefaultHeight: false, Buttons: buttons.map(toButton) };
}

function toRichMedia(buttons: readonly OutgoingButton[]): ViberBody {
  return {
    type: "rich_media",
    alt_text: buttons.map(({ title }) => title).join(", "),
    rich_media: {
      Type: "rich_media",
      ButtonsGroupColumns: 6,
      ButtonsGroupRows: Math.min(buttons.length, richMediaRows),
      Buttons: buttons.map(toButton),
    },
  };
}

function toButton(button: OutgoingButton | QuickReply): object {
  const look = { Columns: 6, Rows: 1, Text: escapeHtml(button.title) };
  if (!("payload" in button)) return { ...look, ActionType: "open-url", ActionBody: button.url };
  if ("request" in button && button.request !== undefined) return { ...look, ...toRequest(button.request) };
  return { ...look, ActionType: "reply", ActionBody: writePress(button), Silent: true };
}

/** The phones alone do these, and want some text as the body, which nobody sees: https://developers.viber.com/docs/tools/keyboards/#buttons-parameters. */
function toRequest(request: RequestKind): object {
  return { ActionType: request === "phone" ? "share-phone" : "location-picker", ActionBody: request };
}

/** A button's text is HTML. */
function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

import type { ChannelCapabilities } from "../../engine/channel-type.ts";
import { renderForChannel, splitText } from "../../engine/render-content.ts";
import type { Attachment, Location, MessageContent, MessageTemplate, OutgoingButton } from "../../model/message.ts";

/** A call of `messages`, without whom it is for. */
export type WhatsAppBody = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A choice that comes back: a button of three, or a row of a list of ten. */
interface Choice {
  readonly title: string;
  readonly payload: string;
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages and …/interactive-list-messages. */
const mostButtons = 3;
const mostRows = 10;
const longestButtonsText = 1024;
const longestListText = 4096;
/** …/messages/image-messages and those of other media. */
const longestCaption = 1024;
/** What choices hang on where nothing was written. */
const pointer = "👇";

/** The calls that show a message, in order; choices hang on the last. None: there is nothing that WhatsApp could show. */
export function toWhatsApp(
  content: MessageContent,
  capabilities: ChannelCapabilities,
  { listTitle }: { readonly listTitle: string },
): WhatsAppBody[] {
  if (content.template !== undefined) return [toTemplate(content.template, content.buttons)];
  const [page, ...others] = content.buttons;
  const isOneLink = page?.type === "url" && others.length === 0 && content.quickReplies.length === 0;
  const rendered = isOneLink
    ? renderForChannel(content, capabilities)
    : renderForChannel(withLinkLines(content), forChoices(content, capabilities));
  return rendered.flatMap((part) => toCalls(part, listTitle));
}

/** Only a button that stands alone can open a page. */
function withLinkLines(content: MessageContent): MessageContent {
  const links = content.buttons.flatMap((button) => (button.type === "url" ? [`${button.title}: ${button.url}`] : []));
  const lines = [content.text ?? "", links.join("\n")].filter((line) => line !== "");
  return { ...content, text: lines.join("\n\n"), buttons: content.buttons.filter(({ type }) => type === "press") };
}

/** Together they are ten at most, however they divide. */
function forChoices({ buttons, quickReplies }: MessageContent, capabilities: ChannelCapabilities): ChannelCapabilities {
  const count = buttons.filter(({ type }) => type === "press").length + quickReplies.length;
  return count > mostRows ? capabilities : { ...capabilities, buttons: mostRows, quickReplies: mostRows };
}

/** What asks for the place is a message of its own, with one button that WhatsApp names: it comes last, behind what else can be chosen. */
function toCalls(content: MessageContent, listTitle: string): WhatsAppBody[] {
  const asking = content.quickReplies.find(({ request }) => request === "location");
  if (asking === undefined) return toSaid(content, listTitle);
  const quickReplies = content.quickReplies.filter(({ request }) => request !== "location");
  const { text = "", buttons } = content;
  if (buttons.length + quickReplies.length > 0) {
    return [...toSaid({ ...content, quickReplies }, listTitle), ...askPlace(asking.title)];
  }
  const isBare = content.attachments.length === 0 && content.location === undefined;
  const before = isBare ? [] : toSaid({ ...content, text: "", quickReplies }, listTitle);
  return [...before, ...askPlace(text)];
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-request-messages. */
function askPlace(text: string): WhatsAppBody[] {
  const { before, end } = cutEnd(text.trim() === "" ? "" : text, longestButtonsText);
  const action = { name: "send_location" };
  const interactive = { type: "location_request_message", body: { text: end }, action };
  return [...before, { type: "interactive", interactive }];
}

function toSaid(
  { text = "", attachments, location, buttons, quickReplies }: MessageContent,
  listTitle: string,
): WhatsAppBody[] {
  const said = text.trim() === "" ? "" : text;
  const [button] = buttons;
  const [file, ...more] = attachments;
  const places = location === undefined ? [] : [toPoint(location)];
  // Neither a place nor a file that stands alone carries choices: these hang on what comes last.
  if (button?.type === "url")
    return [...attachments.map((one) => toMedia(one, "")), ...places, ...toLink(said, button)];
  const choices = [...buttons.flatMap((one) => (one.type === "press" ? [one] : [])), ...quickReplies];
  if (choices.length > 0) {
    const header =
      choices.length <= mostButtons && more.length === 0 && location === undefined ? toHeader(file) : undefined;
    const files = header === undefined ? attachments.map((one) => toMedia(one, "")) : [];
    return [...files, ...places, ...toChoices(said, choices, { header, listTitle })];
  }
  if (file === undefined) return [...(said === "" ? [] : [toText(said)]), ...places];
  const fitsCaption = said.length <= longestCaption && file.kind !== "audio" && file.kind !== "voice";
  const caption = fitsCaption ? said : "";
  const before = caption === said ? [] : [toText(said)];
  return [...before, toMedia(file, caption), ...more.map((one) => toMedia(one, "")), ...places];
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-messages: an address is shown beside a name only. */
function toPoint({ latitude, longitude, title = "", address = "" }: Location): WhatsAppBody {
  const name = title === "" ? address : title;
  const words = { ...(name === "" ? {} : { name }), ...(title === "" || address === "" ? {} : { address }) };
  return { type: "location", location: { latitude: String(latitude), longitude: String(longitude), ...words } };
}

const toText = (body: string): WhatsAppBody => ({
  type: "text",
  text: { body, ...(/https?:\/\//.test(body) ? { preview_url: true } : {}) },
});

const mediaTypes = { image: "image", video: "video", audio: "audio", voice: "audio", file: "document" } as const;

function toMedia(file: Attachment, caption: string): WhatsAppBody {
  const type = mediaTypes[file.kind];
  return { type, [type]: { ...toSource(file), ...(caption === "" ? {} : { caption }) } };
}

function toSource({ kind, url, fileId, name }: Attachment): object {
  const source = fileId === undefined ? { link: url } : { id: fileId };
  return kind === "file" && name !== undefined ? { ...source, filename: name } : source;
}

/** What may stand above buttons. */
function toHeader(file: Attachment | undefined): object | undefined {
  if (file === undefined || file.kind === "audio" || file.kind === "voice") return undefined;
  const type = mediaTypes[file.kind];
  return { type, [type]: toSource(file) };
}

/** The end of a text that fits under something, and what comes before it. */
function cutEnd(text: string, longest: number): { readonly before: WhatsAppBody[]; readonly end: string } {
  const end = splitText(text, longest).at(-1) ?? "";
  const before = text.slice(0, text.length - end.length).trimEnd();
  return { before: before === "" ? [] : [toText(before)], end: end === "" ? pointer : end };
}

function toChoices(
  text: string,
  choices: readonly Choice[],
  { header, listTitle }: { readonly header: object | undefined; readonly listTitle: string },
): WhatsAppBody[] {
  const isList = choices.length > mostButtons;
  const { before, end } = cutEnd(text, isList ? longestListText : longestButtonsText);
  const rows = choices.map(({ title, payload }) => ({ id: payload, title }));
  const action = isList
    ? { button: listTitle, sections: [{ rows }] }
    : { buttons: rows.map((reply) => ({ type: "reply", reply })) };
  const interactive = {
    type: isList ? "list" : "button",
    ...(header === undefined ? {} : { header }),
    body: { text: end },
    action,
  };
  return [...before, { type: "interactive", interactive }];
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-cta-url-messages. */
function toLink(text: string, { title, url }: OutgoingButton & { readonly type: "url" }): WhatsAppBody[] {
  const { before, end } = cutEnd(text, longestButtonsText);
  const action = { name: "cta_url", parameters: { display_text: title, url } };
  return [...before, { type: "interactive", interactive: { type: "cta_url", body: { text: end }, action } }];
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview: a variable's value has neither line breaks nor many spaces. */
function toTemplate(template: MessageTemplate, buttons: readonly OutgoingButton[]): WhatsAppBody {
  const { name, language, header, body, urls } = template;
  const text = (value: string) => ({ type: "text", text: value.replaceAll(/\s+/g, " ") });
  const taken = new Set(urls.map(({ index }) => index));
  const free = Array.from({ length: mostRows }, (_, index) => index).filter((index) => !taken.has(index));
  const presses = buttons.flatMap((button) => (button.type === "press" ? [button.payload] : []));
  const toButton = (kind: string, index: number, parameter: object) => ({
    type: "button",
    sub_type: kind,
    index: String(index),
    parameters: [parameter],
  });
  const components = [
    ...(header === undefined ? [] : [{ type: "header", parameters: [toHeaderParameter(header)] }]),
    ...(body.length === 0 ? [] : [{ type: "body", parameters: body.map(text) }]),
    ...urls.map(({ index, value }) => toButton("url", index, text(value))),
    ...presses.flatMap((payload, place) => {
      const index = free[place];
      // Without one Meta gives back the button's words.
      return index === undefined || payload === ""
        ? []
        : [toButton("quick_reply", index, { type: "payload", payload })];
    }),
  ];
  return { type: "template", template: { name, language: { code: language }, components } };
}

function toHeaderParameter({ kind, value }: NonNullable<MessageTemplate["header"]>): object {
  if (kind === "text") return { type: "text", text: value };
  const type = mediaTypes[kind];
  return { type, [type]: { link: value } };
}

import type { ChannelCapabilities } from "../../engine/channel-type.ts";
import { renderForChannel } from "../../engine/render-content.ts";
import type { MessageContent } from "../../model/message.ts";
import { type MailFile, type MailFiles, nameOf } from "./email-files.ts";
import { layOut, type MailPart } from "./email-html.ts";

/** Where the parts of a message lead that come back to us. */
export interface MailLinks {
  press(button: { readonly title: string; readonly payload: string }): string;
  readonly unsubscribe: string;
  readonly unsubscribeTitle: string;
}

export interface Mail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly files: readonly MailFile[];
}

/** What separates a mail's text from what stands below it (RFC 3676). */
const signatureLine = "-- ";

/** One message as mails: one, unless the text is longer than anybody reads. */
export function toEmail(
  content: MessageContent,
  options: {
    readonly capabilities: ChannelCapabilities;
    readonly fallbackSubject: string;
    readonly footer: string;
    readonly links: MailLinks;
    /** Those that go along. */
    readonly files: MailFiles;
  },
): Mail[] {
  const subject = subjectOf(content, options.fallbackSubject);
  return renderForChannel(content, options.capabilities)
    .filter(({ text = "", attachments }) => text.trim() !== "" || attachments.length > 0)
    .map((part, index, parts) => {
      const mail = toPart(part, { ...options, ways: content.ways ?? {} });
      return {
        subject: parts.length > 1 ? `${subject} (${index + 1}/${parts.length})` : subject,
        html: layOut({ ...options, subject, preheader: content.preheader ?? "", part: mail }),
        text: toText(mail, options),
        files: part.attachments.flatMap((attachment) => options.files.get(attachment) ?? []),
      };
    });
}

function subjectOf({ subject = "", text = "" }: MessageContent, fallback: string): string {
  const given = oneLine(subject) || oneLine(text.trim().split("\n")[0] ?? "") || fallback;
  return given.length <= 150 ? given : `${[...given].slice(0, 149).join("")}…`;
}

/** A line break in a header would begin another header. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

function toPart(
  { text = "", attachments, buttons, quickReplies }: MessageContent,
  { links, files, ways }: { readonly links: MailLinks; readonly files: MailFiles; readonly ways: MailPart["ways"] },
): MailPart {
  return {
    text,
    ways,
    files: attachments.map((attachment) => {
      const { kind, url = "", name } = attachment;
      const file = files.get(attachment);
      if (file === undefined) return { kind, url, name: name ?? nameOf(url) ?? url };
      return { kind, url: file.contentId === undefined ? undefined : `cid:${file.contentId}`, name: file.name };
    }),
    buttons: [
      ...buttons.map((button) => ({
        title: button.title,
        url: button.type === "url" ? button.url : links.press(button),
      })),
      ...quickReplies.map((reply) => ({ title: reply.title, url: links.press(reply) })),
    ],
  };
}

/** What goes along is named by the mail program itself. */
function isLink(url: string): boolean {
  return url !== "" && !url.startsWith("cid:");
}

function toText(
  { text, files, buttons }: MailPart,
  { footer, links }: { readonly footer: string; readonly links: MailLinks },
): string {
  const lines = [
    text,
    ...files.flatMap(({ name, url = "" }) => (isLink(url) ? (name === url ? url : `${name}: ${url}`) : [])),
    ...buttons.map(({ title, url }) => `${title}: ${url}`),
  ];
  const below = [footer, `${links.unsubscribeTitle}: ${links.unsubscribe}`].filter((line) => line !== "").join("\n");
  return `${lines.filter((line) => line !== "").join("\n\n")}\n\n${signatureLine}\n${below}\n`;
}

import { createHash } from "node:crypto";
import PostalMime, { type Email } from "postal-mime";
import type { InboundEvent } from "../../engine/channel-type.ts";
import { toLiteral } from "../../engine/literal-text.ts";
import type { Attachment } from "../../model/message.ts";
import { findSentTo, type SentTo } from "./email-links.ts";
import { type EmailChannel, normaliseAddress } from "./email-settings.ts";
import { cleanFileName } from "./file-type.ts";
import { stripQuote } from "./strip-quote.ts";

/** Longest text that is taken from one mail, in UTF-16 units. */
const longestText = 20_000;

/** What a mail that came in means: a message, a bounce, an automatic answer, or nothing. */
export async function fromEmail(raw: Buffer, channel: EmailChannel): Promise<InboundEvent[]> {
  const mail = await PostalMime.parse(cutLines(raw), { attachmentEncoding: "arraybuffer", maxNestingDepth: 50 });
  const head = headersOf(mail);
  const externalId = idOf(mail, raw);
  const report = deliveryReport(mail);
  if (report !== undefined) return fromReport(report, findSentTo(channel, `${raw.toString("latin1")}`), externalId);
  const writer = writerOf(mail, channel);
  if (writer === undefined) return [];
  const { recipient, sentTo } = writer;
  const text = stripQuote(mail.text ?? toPlain(mail.html ?? "")).slice(0, longestText);
  if (isAutomatic(head)) return [note({ externalId, recipient, text: `Automatic answer: ${text.slice(0, 500)}` })];
  const attachments = attachmentsOf(mail, externalId);
  const said = text === "" && attachments.length === 0 ? (mail.subject ?? "").trim() : text;
  if (said === "" && attachments.length === 0) return [];
  return [
    {
      externalId,
      from: recipient,
      happening: { kind: "message", message: { externalId, text: said, attachments } },
      profile: { email: recipient, ...(mail.from?.name ? { name: mail.from.name.slice(0, 200) } : {}) },
      ...(sentTo === undefined ? {} : { contactId: sentTo.contactId }),
      ...(sentTo === undefined && channel.settings.unknownSenders === "ignore" ? { onlyKnown: true } : {}),
    },
  ];
}

/** Parsing takes its time by the line, and holds up everything else: 1 MB of lines of one sign took 20 s. 1 MB of a file has 14,000 lines. */
const mostLines = 20_000;

function cutLines(raw: Buffer): Buffer {
  let end = -1;
  for (let lines = 0; lines < mostLines; lines += 1) {
    end = raw.indexOf(10, end + 1);
    if (end < 0) return raw;
  }
  return raw.subarray(0, end + 1);
}

/** A mail that is too large to be read, of which there is only the head: a note for agents, who find it in the mailbox. `size` in bytes. */
export async function fromHugeEmail(head: Buffer, size: number, channel: EmailChannel): Promise<InboundEvent[]> {
  const mail = await PostalMime.parse(head);
  const writer = writerOf(mail, channel);
  if (writer === undefined) return [];
  const { recipient, sentTo } = writer;
  const about = (mail.subject ?? "").trim().slice(0, 200);
  const text = `A mail of ${Math.round(size / 1_048_576)} MB is too large to be shown here; it is in the mailbox: ${about}`;
  const known = sentTo === undefined ? {} : { contactId: sentTo.contactId };
  return [{ ...note({ externalId: idOf(mail, head), recipient, text }), ...known }];
}

/** Ids are compared and kept: one that nobody's program makes is told by its fingerprint. */
function idOf(mail: Email, raw: Buffer): string {
  const id = headersOf(mail)("message-id");
  if (id !== "" && id.length <= 250) return id;
  return createHash("sha256")
    .update(id === "" ? raw : id)
    .digest("hex");
}

/** Who wrote, by the address that answers go to, and which mail of ours they answer. Undefined: our own mail that came round, or nobody: answering either would make a loop. */
function writerOf(
  mail: Email,
  channel: EmailChannel,
): { readonly recipient: string; readonly sentTo: SentTo | undefined } | undefined {
  const head = headersOf(mail);
  const from = normaliseAddress(mail.from?.address ?? "");
  if (from === undefined || isOwn(from, channel) || isMachine(from)) return undefined;
  const sentTo = findSentTo(channel, `${head("in-reply-to")} ${head("references")}`);
  return { recipient: sentTo?.recipient ?? from, sentTo };
}

type Head = (name: string) => string;

function headersOf({ headers }: Email): Head {
  return (name) => headers.find(({ key }) => key === name)?.value.trim() ?? "";
}

function isOwn(from: string, { settings }: EmailChannel): boolean {
  return from === settings.fromAddress || from === settings.replyTo;
}

function isMachine(from: string): boolean {
  return /^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)@/.test(from);
}

/** RFC 3834, and what programs that do not know it say of themselves. */
function isAutomatic(head: Head): boolean {
  const submitted = head("auto-submitted").toLowerCase();
  return (
    (submitted !== "" && !submitted.startsWith("no")) ||
    /^(?:bulk|junk|list|auto_reply)$/i.test(head("precedence")) ||
    ["x-autoreply", "x-autorespond", "x-auto-reply", "list-id"].some((name) => head(name) !== "") ||
    head("return-path") === "<>"
  );
}

/** Seen by agents; no flow hears of it, and who is not known does not become so by it. The text is nobody's template. */
function note(options: {
  readonly externalId: string;
  readonly recipient: string;
  readonly text: string;
}): InboundEvent {
  const { externalId, recipient, text } = options;
  return {
    externalId,
    from: recipient,
    happening: { kind: "actions", actions: [{ action: "add_note", args: { text: toLiteral(text) } }] },
    onlyKnown: true,
  };
}

interface Report {
  readonly action: string;
  readonly status: string;
  readonly diagnostic: string;
}

/** The machine's part of a bounce. RFC 3464 */
function deliveryReport(mail: Email): Report | undefined {
  const part = mail.attachments.find(({ mimeType }) => mimeType === "message/delivery-status");
  if (part === undefined) return undefined;
  const text =
    typeof part.content === "string" ? part.content : Buffer.from(part.content as ArrayBuffer).toString("utf8");
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*(.*(?:\\r?\\n[ \\t]+.*)*)`, "im").exec(text)?.[1]?.trim() ?? "";
  return { action: field("Action").toLowerCase(), status: field("Status"), diagnostic: field("Diagnostic-Code") };
}

/** Nobody there, or nobody any more; a full mailbox or a refused text is no such thing. RFC 3463 */
const goneStatus = /^5\.(?:0\.0|1\.\d+|2\.1|4\.[14])$/;

/** Only of mails that we sent: the signature in their Message-ID stands in what comes back. Anybody can write the rest. */
function fromReport(report: Report, sentTo: SentTo | undefined, externalId: string): InboundEvent[] {
  if (sentTo === undefined) return [];
  const { recipient, contactId } = sentTo;
  const known = { contactId, onlyKnown: true } as const;
  const reason = `${report.status} ${report.diagnostic}`.replaceAll(/\s+/g, " ").trim().slice(0, 300);
  const isForGood = report.action === "failed" && goneStatus.test(report.status);
  if (isForGood) return [{ externalId, from: recipient, happening: { kind: "blocked", reason }, ...known }];
  if (report.action !== "failed" && report.action !== "delayed") return [];
  const what = report.action === "failed" ? "A mail could not be delivered" : "A mail is delayed";
  return [{ ...note({ externalId, recipient, text: `${what}: ${reason}` }), ...known }];
}

function attachmentsOf(mail: Email, externalId: string): Attachment[] {
  return mail.attachments
    .filter(({ disposition, related }) => disposition === "attachment" || related !== true)
    .slice(0, 20)
    .map(({ mimeType, filename, content }, index) => ({
      kind: kindOf(mimeType),
      fileId: `${externalId}#${index}`,
      mimeType,
      size: typeof content === "string" ? Buffer.byteLength(content) : content.byteLength,
      ...(filename ? { name: cleanFileName(filename) } : {}),
    }));
}

function kindOf(mimeType: string): Attachment["kind"] {
  const [kind] = mimeType.split("/");
  return kind === "image" || kind === "video" || kind === "audio" ? kind : "file";
}

/** Where a mail has no text of its own. It is only read, never shown as HTML again. */
function toPlain(html: string): string {
  return ["style", "script", "head", "blockquote"]
    .reduce(withoutElement, html.slice(0, 200_000))
    .replaceAll(/<br\b[^<>]*>|<\/(?:p|div|tr|li)>/gi, "\n")
    .replaceAll(/<[^<>]*>/g, "")
    .replaceAll("&nbsp;", " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** In one pass: a pattern over somebody's text of that length could take minutes. */
function withoutElement(html: string, name: string): string {
  const small = html.toLowerCase();
  let kept = "";
  let from = 0;
  for (;;) {
    const start = small.indexOf(`<${name}`, from);
    const end = start < 0 ? -1 : small.indexOf(`</${name}>`, start);
    if (end < 0) return kept + html.slice(from);
    kept += html.slice(from, start);
    from = end + name.length + 3;
  }
}

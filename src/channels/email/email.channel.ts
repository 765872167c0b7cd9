import { randomBytes } from "node:crypto";
import {
  ChannelConnectError,
  type ChannelPorts,
  defineChannel,
  type SendRequest,
  type SendResult,
} from "../../engine/channel-type.ts";
import type { Json } from "../../model/field.ts";
import { verifyReading } from "./email.imap.ts";
import { pollMailbox } from "./email.poll.ts";
import { inWords, sendMail, toSendResult, verifyLogin } from "./email.smtp.ts";
import { fetchFiles } from "./email-files.ts";
import { makeLink, makeMessageId, readLink } from "./email-links.ts";
import {
  type EmailChannel,
  type EmailSettings,
  normaliseAddress,
  secretKeys,
  settingsSchema,
} from "./email-settings.ts";
import { receiveEmail } from "./receive-email.ts";
import { toEmail } from "./to-email.ts";

export const email = defineChannel<EmailSettings>({
  kind: "email",
  title: "E-mail",
  capabilities: {
    // Gmail hides what is beyond 102 KB of a mail; more than that nobody reads in one piece.
    textLength: 50_000,
    buttons: 20,
    buttonTitleLength: 200,
    quickReplies: 20,
    media: ["image", "video", "audio", "voice", "file"],
    ownParts: ["subject", "preheader", "tracksLinks"],
    rates: { bulkPerSecond: 5, perChatPerSecond: 1, chatBurst: 5 },
  },
  settings: settingsSchema,
  secrets: secretKeys,
  // The same Message-ID goes out again: mailboxes that know it show one mail.
  uncertainPolicy: "repeat",
  receive: receiveEmail,
  send,
  connect,
  poll(channel, deliver, ports, signal) {
    return channel.settings.imapHost === "" ? undefined : pollMailbox(channel, deliver, ports, signal);
  },
  health,
  openLink: (token, channel) => readLink(channel, token),
});

async function send(request: SendRequest, channel: EmailChannel, ports: ChannelPorts): Promise<SendResult> {
  const { messageId, contactId, recipient, content } = request;
  const { settings } = channel;
  if (settings.linkBase === "" || settings.linkSecret === "") {
    return {
      status: "unauthorized",
      message: "the channel was never connected: connect it, so that its links lead here",
    };
  }
  if (normaliseAddress(recipient) === undefined) {
    return { status: "rejected", message: `"${recipient.slice(0, 100)}" is no e-mail address` };
  }
  const unsubscribe = makeLink(channel, { kind: "unsubscribe", recipient, contactId });
  const mails = toEmail(content, {
    capabilities: email.capabilities,
    fallbackSubject: settings.fromName === "" ? settings.fromAddress : settings.fromName,
    footer: settings.footer,
    files: await fetchFiles(content.attachments, settings, ports),
    links: {
      unsubscribe,
      unsubscribeTitle: settings.unsubscribeTitle,
      press: ({ title, payload }) => makeLink(channel, { kind: "press", recipient, contactId, payload, title }),
    },
  });
  if (mails.length === 0) return { status: "rejected", message: "a mail needs a text or a file" };
  const idOf = (part: number) => makeMessageId(channel, { messageId, part, contactId, recipient });
  for (const [index, mail] of mails.entries()) {
    // What went out in an earlier attempt must not go out again.
    if (index < (request.partsSent ?? 0)) continue;
    const headers = {
      // RFC 2369 and RFC 8058: the mail program's own button, which posts without showing a page.
      "List-Unsubscribe": `<${unsubscribe}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      // RFC 3834: nobody's holiday notice is to answer us.
      "Auto-Submitted": "auto-generated",
      // The same for Exchange, which does not know it. https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcmail
      "X-Auto-Response-Suppress": "OOF, AutoReply",
    };
    const failure = await sendMail({ to: recipient, ...mail, messageId: idOf(index), headers }, settings, ports);
    if (failure !== undefined) return toSendResult(failure);
    if (index < mails.length - 1) await request.onPartSent?.(index + 1);
  }
  return { status: "sent", externalId: idOf(mails.length - 1) };
}

/** Both ways are looked at, whatever the first says. */
async function health({ settings }: EmailChannel, ports: ChannelPorts): Promise<{ ok: boolean; message: string }> {
  const isRead = settings.imapHost !== "";
  const [sending, reading] = await Promise.all([
    verifyLogin(settings, ports),
    isRead ? verifyReading(settings, ports) : undefined,
  ]);
  const sends = sending === undefined ? `${settings.host} takes mails from ${settings.fromAddress}` : inWords(sending);
  const reads = reading ?? `${settings.imapHost} gives what comes into ${settings.imapFolder}`;
  const ok = sending === undefined && reading === undefined;
  return { ok, message: isRead ? `sending: ${sends}; reading: ${reads}` : sends };
}

async function connect(
  { settings }: EmailChannel,
  { webhookUrl }: { readonly webhookUrl: string | undefined },
  ports: ChannelPorts,
): Promise<Readonly<Record<string, Json>>> {
  if (webhookUrl === undefined) throw new ChannelConnectError("set PUBLIC_URL: links in mails have to lead here");
  const failure = await verifyLogin(settings, ports);
  if (failure !== undefined) throw new ChannelConnectError(inWords(failure));
  const unread = settings.imapHost === "" ? undefined : await verifyReading(settings, ports);
  if (unread !== undefined) throw new ChannelConnectError(`the mailbox cannot be read: ${unread}`);
  const secretOr = (given: string) => (given === "" ? randomBytes(32).toString("base64url") : given);
  return {
    linkBase: webhookUrl.replace(/\/webhooks\/\d+$/, "/e"),
    linkSecret: secretOr(settings.linkSecret),
    webhookSecret: secretOr(settings.webhookSecret),
    ...(settings.imapHost === "" || settings.imapSince !== "" ? {} : { imapSince: yesterday() }),
  };
}

/** Servers go by days, and each by its own clock. */
function yesterday(): string {
  return new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
}

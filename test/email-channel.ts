import { afterEach, beforeEach } from "vitest";
import { email } from "../src/channels/email/email.channel.ts";
import type { WebhookRequest } from "../src/engine/channel-type.ts";
import type { MessageContent } from "../src/model/message.ts";
import { mailPorts } from "./channel-ports.ts";
import { testCertificate } from "./stand-ins/certificate.ts";
import { type SmtpStandIn, startSmtpStandIn } from "./stand-ins/smtp.ts";

export const login = { user: "bot@shop.example", password: "a-password-of-ours" };
export const base = {
  host: "127.0.0.1",
  port: 25,
  ...login,
  authority: testCertificate,
  fromAddress: "Bot@Shop.example",
  fromName: "The shop",
  webhookSecret: "a-webhook-secret",
  linkSecret: "a-secret-for-links",
  imapPassword: "a-password-for-reading",
  linkBase: "https://bots.example/e",
};

/** A call of the inbound webhook. */
export const signed = (body: Buffer, secret = base.webhookSecret, type = "application/json"): WebhookRequest => ({
  method: "POST",
  headers: { authorization: `Bearer ${secret}`, "content-type": type },
  query: {},
  body,
});
/** A mail as it comes. */
export const aMail = (head: Readonly<Record<string, string>>, text = "Hello\n\nOn Monday, The shop wrote:\n> Hi") =>
  [
    ...Object.entries({
      From: "Ann <Ann@Example.org>",
      To: "bot@shop.example",
      "Message-ID": "<1@example.org>",
      ...head,
    }).map(([name, value]) => `${name}: ${value}`),
    "",
    text,
  ].join("\r\n");

export const ports = mailPorts();
/** A mail server of its own for each test of the file that calls this, and the channel that sends by it. */
export function emailChannel() {
  let standIn: SmtpStandIn;
  beforeEach(async () => {
    standIn = await startSmtpStandIn(login);
  });
  afterEach(() => standIn.close());
  const channelWith = (settings: object = {}) => ({
    id: 7,
    botId: 1,
    settings: email.settings.parse({ ...base, port: standIn.port, ...settings }),
  });
  const send = (content: Partial<MessageContent> = { text: "Hello" }, settings: object = {}, using = ports) =>
    email.send(
      {
        messageId: 5,
        contactId: 9,
        recipient: "ann@example.org",
        content: { attachments: [], buttons: [], quickReplies: [], ...content },
      },
      channelWith(settings),
      using,
    );
  const headersOf = (index = 0) =>
    Object.fromEntries((standIn.taken[index]?.mail.headers ?? []).map(({ key, value }) => [key, value]));
  return {
    get standIn() {
      return standIn;
    },
    channelWith,
    send,
    headersOf,
  };
}

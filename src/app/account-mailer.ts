import { randomUUID } from "node:crypto";
import { inWords, type SmtpFailure, sendMail, toSendResult, verifyLogin } from "../channels/email/email.smtp.ts";
import { type EmailSettings, settingsSchema } from "../channels/email/email-settings.ts";
import type { PostMail } from "../shell/account-mail/account-mail.ts";
import { createAddressFinder } from "../shell/outbound-http.ts";
import type { AccountMailSettings } from "./account-mail-settings.ts";

/** The operator named the server, and it may be an inner one. */
const ports = { findAddresses: createAddressFinder({ allowNetworks: ["0.0.0.0/0", "::/0"] }) };

function toEmailSettings({ server, from }: AccountMailSettings): EmailSettings {
  return settingsSchema.parse({ ...server, fromAddress: from.address, fromName: from.name });
}

/** Posts mails about accounts by the operator's mail server, over the one code that talks to mail servers (channels/email). */
export function createAccountMailer(given: AccountMailSettings): PostMail {
  const settings = toEmailSettings(given);
  const domain = settings.fromAddress.split("@").at(-1) ?? "localhost";
  return async ({ to, subject, text, html }) => {
    const mail = {
      ...{ to, subject, text, html, files: [] },
      messageId: `<${randomUUID()}@${domain}>`,
      // RFC 3834: nobody's answering machine answers.
      headers: { "Auto-Submitted": "auto-generated" },
    };
    const failure = await sendMail(mail, settings, ports);
    if (failure === undefined) return { kind: "posted" };
    const { status } = toSendResult(failure);
    // The server repeats addresses, and logs name nobody.
    const message = inWords(failure).replaceAll(to, "…");
    // A login can be put right meanwhile; a mail that is refused stays the same.
    return { kind: status === "rejected" || status === "recipient-gone" ? "refused" : "later", message };
  };
}

/** Signs in at the operator's mail server and leaves. Undefined: it takes mail from us. */
export async function tryMailServer(settings: AccountMailSettings): Promise<SmtpFailure | undefined> {
  return await verifyLogin(toEmailSettings(settings), ports);
}

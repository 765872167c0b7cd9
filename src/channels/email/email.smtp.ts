import { isIP } from "node:net";
import { createTransport } from "nodemailer";
import type { ChannelPorts, SendResult } from "../../engine/channel-type.ts";
import { toError } from "../../engine/to-error.ts";
import type { MailFile } from "./email-files.ts";
import { type EmailSettings, withoutSecrets } from "./email-settings.ts";

/** What the server gets: the envelope is the mail's own From and To. */
export interface OutgoingMail {
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly messageId: string;
  readonly files: readonly MailFile[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Why a conversation with the server ended, as far as it says. */
export interface SmtpFailure {
  readonly message: string;
  /** The library's word for what happened (`EAUTH`, `ECONNECTION` …). */
  readonly code: string;
  /** The command that was answered. */
  readonly command: string;
  /** The server's answer, 4xx or 5xx; absent: there was none. */
  readonly responseCode: number | undefined;
  /** The server had agreed to take the mail when the conversation broke off. */
  readonly wasTaking: boolean;
}

const timeouts = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 60_000, dnsTimeout: 15_000 };

type Ports = Pick<ChannelPorts, "findAddresses">;

async function connectionTo(settings: EmailSettings, { findAddresses }: Ports) {
  const [address = settings.host] = await findAddresses(settings.host);
  return {
    // What was checked is what is connected to; the certificate is the name's.
    host: address,
    port: settings.port,
    secure: settings.tls === "implicit",
    requireTLS: settings.tls === "starttls",
    ignoreTLS: settings.tls === "none",
    tls: {
      ...(isIP(settings.host) === 0 ? { servername: settings.host } : {}),
      ...(settings.authority === "" ? {} : { ca: settings.authority }),
    },
    ...(settings.user === "" ? {} : { auth: { user: settings.user, pass: settings.password } }),
    disableFileAccess: true,
    disableUrlAccess: true,
    ...timeouts,
  };
}

/** Signs in and leaves. Undefined: all is well. */
export async function verifyLogin(settings: EmailSettings, ports: Ports): Promise<SmtpFailure | undefined> {
  try {
    const transport = createTransport(await connectionTo(settings, ports));
    await transport.verify();
    transport.close();
    return undefined;
  } catch (thrown) {
    return toFailure(thrown, settings, false);
  }
}

/** Sends one mail on a connection of its own. Undefined: the server has it. */
export async function sendMail(
  mail: OutgoingMail,
  settings: EmailSettings,
  ports: Ports,
): Promise<SmtpFailure | undefined> {
  let wasTaking = false;
  // The transaction's log is the only place that tells whether the server had said 354, "go ahead".
  const listen = (entry: unknown, said?: unknown) => {
    if ((entry as { tnx?: string }).tnx === "server" && /^354/.test(String(said))) wasTaking = true;
  };
  const quiet = () => undefined;
  const logger = { level: quiet, trace: quiet, debug: listen, info: quiet, warn: quiet, error: quiet, fatal: quiet };
  try {
    const transport = createTransport({ ...(await connectionTo(settings, ports)), logger, transactionLog: true });
    const { to, files, ...said } = mail;
    await transport.sendMail({
      from: { name: settings.fromName, address: settings.fromAddress },
      // As a text it would be a list of addresses.
      to: { name: "", address: to },
      ...(settings.replyTo === "" ? {} : { replyTo: settings.replyTo }),
      ...said,
      attachments: files.map(toPart),
      headers: { ...mail.headers },
    });
    return undefined;
  } catch (thrown) {
    return toFailure(thrown, settings, wasTaking);
  }
}

function toPart({ name, mimeType, bytes, contentId }: MailFile) {
  return {
    filename: name,
    contentType: mimeType,
    content: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    contentTransferEncoding: "base64" as const,
    contentDisposition: contentId === undefined ? ("attachment" as const) : ("inline" as const),
    ...(contentId === undefined ? {} : { cid: contentId }),
  };
}

function toFailure(thrown: unknown, settings: EmailSettings, wasTaking: boolean): SmtpFailure {
  const error = toError(thrown) as Error & { code?: string; command?: string; responseCode?: number };
  return {
    message: withoutSecrets(error.message, settings),
    code: error.code ?? "",
    command: error.command ?? "",
    responseCode: error.responseCode,
    wasTaking: wasTaking && error.responseCode === undefined,
  };
}

/** Answers by which a server refuses this one recipient for good. RFC 5321 4.2.3, RFC 3463 */
const goneCodes = new Set([550, 551, 553]);

/** What to do next. RFC 5321 4.2.1: 4xx passes, 5xx stays. */
export function toSendResult(failure: SmtpFailure): Exclude<SendResult, { readonly status: "sent" }> {
  const { code, command, responseCode, wasTaking } = failure;
  const message = inWords(failure);
  if (code === "EAUTH" && (responseCode === undefined || responseCode >= 500))
    return { status: "unauthorized", message };
  // No TLS where it is wanted says nothing about the mail.
  if (responseCode === undefined || responseCode < 500 || code === "ETLS") {
    return { status: "retry-later", message, ...(wasTaking ? { maybeSent: true } : {}) };
  }
  // "Authentication required": the server wants a login that the settings do not have.
  if (responseCode === 530) return { status: "unauthorized", message };
  const isAboutPolicy = /\b5\.7\.\d/.test(failure.message);
  if (command.startsWith("RCPT") && goneCodes.has(responseCode) && !isAboutPolicy)
    return { status: "recipient-gone", message };
  return { status: "rejected", message };
}

export function inWords({ code, message, responseCode }: SmtpFailure): string {
  if (code === "EAUTH") return `the mail server refuses the login: ${message}`;
  if (responseCode !== undefined) return `the mail server answers: ${message}`;
  return `the mail server cannot be reached: ${message}`;
}

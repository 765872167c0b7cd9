import { isIP } from "node:net";
import { ImapFlow, type ImapFlowError } from "imapflow";
import type { ChannelPorts } from "../../engine/channel-type.ts";
import { toError } from "../../engine/to-error.ts";
import { type EmailSettings, withoutSecrets } from "./email-settings.ts";

/** Larger mails are not read. Most servers take no more than this from anybody. */
export const mostBytes = 25 * 1_048_576;
/**
 * As much is read of a mail, as a call may bring: texts stand before files, whose content is not kept. Parsing holds up everything else: 25 MB took 3.7 s, and minutes
 * where somebody made it of short lines.
 */
export const readBytes = 1_048_576;

const timeouts = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 120_000 };

type Ports = Pick<ChannelPorts, "findAddresses">;

/** A folder cannot be used as it should be; `message` says why, and how to help it. */
export class MailboxError extends Error {
  override readonly name = "MailboxError";
}

/** Why a mailbox could not be read, in words, and whether asking again soon could only make it worse. */
export interface ReadFailure {
  readonly message: string;
  readonly isRefused: boolean;
}

/** Signs in and opens the folder. Throws what `toReadFailure` puts into words. `signal` ends it at once. */
export async function openMailbox(settings: EmailSettings, ports: Ports, signal?: AbortSignal): Promise<ImapFlow> {
  const [address = settings.imapHost] = await unlessAborted(ports.findAddresses(settings.imapHost), signal);
  const client = new ImapFlow(connectionTo(settings, address));
  // Whoever waits for an answer hears of it too; without anybody here the process would end.
  client.on("error", () => undefined);
  const hangUp = () => client.close();
  signal?.addEventListener("abort", hangUp);
  try {
    await unlessAborted(client.connect(), signal);
    const { readOnly } = await client.mailboxOpen(settings.imapFolder);
    if (readOnly === true) {
      throw new MailboxError(
        `the folder "${settings.imapFolder}" can only be looked at: let the user change it, so that mails can be marked as seen`,
      );
    }
    return client;
  } catch (thrown) {
    client.close();
    throw thrown;
  } finally {
    signal?.removeEventListener("abort", hangUp);
  }
}

/** Ends politely, but soon. */
export async function leave(client: ImapFlow): Promise<void> {
  const hurry = setTimeout(() => client.close(), 1_000);
  await client.logout().catch(() => undefined);
  clearTimeout(hurry);
}

/** Signs in, looks at the folders and leaves. Undefined: all is well. */
export async function verifyReading(settings: EmailSettings, ports: Ports): Promise<string | undefined> {
  try {
    const client = await openMailbox(settings, ports);
    const { imapMoveTo } = settings;
    const isThere = imapMoveTo === "" || (await hasFolder(client, imapMoveTo));
    await leave(client);
    return isThere ? undefined : noFolder(imapMoveTo);
  } catch (thrown) {
    return toReadFailure(thrown, settings).message;
  }
}

export function toReadFailure(thrown: unknown, settings: EmailSettings): ReadFailure {
  if (thrown instanceof MailboxError) return { message: thrown.message, isRefused: true };
  const error: ImapFlowError = toError(thrown);
  const answer = typeof error.response === "string" && error.response !== "" ? error.response : error.responseText;
  const said = withoutSecrets(answer ?? error.message, settings);
  if (error.authenticationFailed === true) {
    return { message: `the mail server refuses the login: ${said}`, isRefused: true };
  }
  if (error.mailboxMissing === true) return { message: noFolder(settings.imapFolder), isRefused: true };
  if (error.responseStatus !== undefined) return { message: `the mail server answers: ${said}`, isRefused: false };
  return { message: `the mail server cannot be reached: ${said}`, isRefused: false };
}

function connectionTo(settings: EmailSettings, address: string) {
  const { imapHost, imapUser } = settings;
  const auth =
    imapUser === ""
      ? { user: settings.user, pass: settings.password }
      : { user: imapUser, pass: settings.imapPassword === "" ? settings.password : settings.imapPassword };
  return {
    // What was checked is what is connected to; the certificate is the name's.
    host: address,
    ...(isIP(imapHost) === 0 ? { servername: imapHost } : {}),
    port: settings.imapPort,
    secure: settings.imapTls === "implicit",
    ...(settings.imapTls === "implicit" ? {} : { doSTARTTLS: settings.imapTls === "starttls" }),
    tls: settings.authority === "" ? {} : { ca: settings.authority },
    auth,
    clientInfo: { name: "Repartee" },
    // It would write down what is said, the mails included.
    logger: false as const,
    disableAutoIdle: true,
    disableCompression: true,
    disableAutoEnable: true,
    // No answer is larger than what is read of a mail, or its head, and what stands around it.
    maxLiteralSize: 4 * readBytes,
    maxResponseSize: 5 * readBytes,
    ...timeouts,
  };
}

async function hasFolder(client: ImapFlow, folder: string): Promise<boolean> {
  const folders = await client.list({ listOnly: true });
  // Some servers have every folder below INBOX, and nobody calls them so.
  const names = [folder, `${client.namespace?.prefix ?? ""}${folder}`];
  return folders.some(({ path, flags }) => names.includes(path) && !flags.has("\\Noselect"));
}

function noFolder(folder: string): string {
  return `the mailbox has no folder "${folder}": make it there, or name another`;
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await promise;
  return await new Promise((resolve, reject) => {
    const end = () => reject(toError(signal.reason));
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });
}

import { setTimeout as sleep } from "node:timers/promises";
import type { ImapFlow } from "imapflow";
import type { ChannelPorts, DeliverInbound } from "../../engine/channel-type.ts";
import { toError } from "../../engine/to-error.ts";
import { leave, mostBytes, openMailbox, type ReadFailure, readBytes, toReadFailure } from "./email.imap.ts";
import { type EmailChannel, withoutSecrets } from "./email-settings.ts";
import { fromEmail, fromHugeEmail } from "./from-email.ts";

/** A server that tells of new mails tells at once; some forget to. */
const lookEveryMs = 3 * 60_000;
/** What a mailbox that refuses us is left alone for: many lock an account whose password is tried often. */
const refusedMs = 10 * 60_000;
/** A connection that held so long was a good one. */
const steadyMs = 60_000;

/** Marks a mail that cannot be read, so that it is not tried again. */
const unreadableFlag = "RepartteeUnreadable";

interface Reader {
  readonly channel: EmailChannel;
  readonly deliver: DeliverInbound;
  readonly log: ChannelPorts["log"];
  readonly signal: AbortSignal;
  /** Mails that are left though they are not seen, by the folder's validity and their number: where the server keeps no marks. */
  readonly passed: Set<string>;
}

/** The database did not take what came in; says nothing about the mail server. */
class NotDelivered extends Error {
  override readonly name = "NotDelivered";
}

/**
 * Reads the mailbox until aborted: what is unseen, one by one in its order, and then whatever comes. A mail is marked only when what it says is committed: a
 * crash between the two gives it again, and the waist knows its Message-ID.
 */
export async function pollMailbox(
  channel: EmailChannel,
  deliver: DeliverInbound,
  ports: Pick<ChannelPorts, "findAddresses" | "log">,
  signal: AbortSignal,
): Promise<void> {
  const { log } = ports;
  const reader: Reader = { channel, deliver, log, signal, passed: new Set() };
  let failures = 0;
  while (!signal.aborted) {
    const openedAt = performance.now();
    try {
      await readUntilLost(reader, ports);
    } catch (thrown) {
      if (signal.aborted) return;
      failures = performance.now() - openedAt > steadyMs ? 1 : failures + 1;
      const { message, isRefused } = inWords(thrown, channel);
      const pauseMs = pauseAfter(failures, isRefused);
      log.warn({ channelId: channel.id, reason: message, pauseMs }, "a mailbox could not be read");
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** How long to wait after so many failures in a row, in ms. */
export function pauseAfter(failures: number, isRefused: boolean): number {
  return isRefused ? refusedMs : Math.min(500 * 2 ** Math.min(failures, 10), 60_000);
}

function inWords(thrown: unknown, { settings }: EmailChannel): ReadFailure {
  if (!(thrown instanceof NotDelivered)) return toReadFailure(thrown, settings);
  return { message: `what came in could not be stored: ${thrown.message}`, isRefused: false };
}

async function readUntilLost(reader: Reader, ports: Pick<ChannelPorts, "findAddresses">): Promise<void> {
  const { channel, signal } = reader;
  const client = await openMailbox(channel.settings, ports, signal);
  // A command that the server never answers must not hold up the end.
  const hangUp = () => setTimeout(() => client.close(), 1_000).unref();
  signal.addEventListener("abort", hangUp, { once: true });
  const bell = createBell(client, signal);
  try {
    while (!signal.aborted) {
      if (!client.usable) throw new Error("the connection was lost");
      bell.quiet();
      for (const uid of await findNew(client, reader)) {
        if (signal.aborted) return;
        await readOne(client, uid, reader);
      }
      if (signal.aborted) return;
      // Ends with the next command.
      void client.idle().catch(() => undefined);
      await bell.rings(lookEveryMs);
    }
  } finally {
    signal.removeEventListener("abort", hangUp);
    bell.remove();
    await leave(client);
  }
}

/** Rings when there is a reason to look: a new mail, a lost connection, the end. */
function createBell(client: ImapFlow, signal: AbortSignal) {
  let isRinging = false;
  let hear: (() => void) | undefined;
  const ring = () => {
    isRinging = true;
    hear?.();
  };
  client.on("exists", ring);
  client.on("close", ring);
  signal.addEventListener("abort", ring);
  return {
    quiet: () => {
      isRinging = false;
    },
    rings: async (withinMs: number) => {
      if (isRinging) return;
      await new Promise<void>((resolve) => {
        const timeout = setTimeout(resolve, withinMs);
        hear = () => {
          clearTimeout(timeout);
          resolve();
        };
      });
    },
    remove: () => signal.removeEventListener("abort", ring),
  };
}

/** The numbers of the mails that are not seen yet, in the order in which they came. */
async function findNew(client: ImapFlow, reader: Reader): Promise<number[]> {
  const { imapSince } = reader.channel.settings;
  const found = await client.search(
    {
      seen: false,
      deleted: false,
      ...(keepsMarks(client) ? { unKeyword: unreadableFlag } : {}),
      ...(imapSince === "" ? {} : { since: new Date(`${imapSince}T00:00:00Z`) }),
    },
    { uid: true },
  );
  if (found === false || !Array.isArray(found)) throw new Error("the server does not say what is unseen");
  return found.filter((uid) => !reader.passed.has(nameOf(client, uid))).sort((a, b) => a - b);
}

async function readOne(client: ImapFlow, uid: number, reader: Reader): Promise<void> {
  const { channel, deliver, log } = reader;
  const events = await parseOne(client, uid, channel).catch(async (thrown: unknown) => {
    if (!(thrown instanceof Unreadable)) throw thrown;
    // The star is for people, the other mark for us.
    await client.messageFlagsAdd(String(uid), ["\\Flagged", unreadableFlag], { uid: true });
    reader.passed.add(nameOf(client, uid));
    log.warn({ channelId: channel.id, uid, reason: thrown.message }, "a mail cannot be read; it is left, with a star");
    return undefined;
  });
  if (events === undefined) return;
  if (events.length > 0) {
    await deliver(events).catch((thrown: unknown) => {
      throw new NotDelivered(withoutSecrets(toError(thrown).message, channel.settings), { cause: thrown });
    });
  }
  await putAside(client, uid, reader);
}

class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** What a mail says. Undefined: it is gone. Throws `Unreadable`. */
async function parseOne(client: ImapFlow, uid: number, channel: EmailChannel) {
  const range = String(uid);
  const known = await client.fetchOne(range, { size: true }, { uid: true });
  if (known === false) return undefined;
  const size = known.size ?? 0;
  if (size > mostBytes) {
    const { headers } = (await client.fetchOne(range, { headers: true }, { uid: true })) || {};
    return await read(() => fromHugeEmail(headers ?? Buffer.alloc(0), size, channel));
  }
  const mail = await client.fetchOne(range, { source: { maxLength: readBytes } }, { uid: true });
  if (mail === false) return undefined;
  const { source } = mail;
  if (source === undefined || source.length === 0) throw new Unreadable("the server gives an empty mail");
  return await read(() => fromEmail(source, channel));
}

async function read<T>(parse: () => Promise<T>): Promise<T> {
  try {
    return await parse();
  } catch (thrown) {
    throw new Unreadable(toError(thrown).message, { cause: thrown });
  }
}

/** Marks what was read. Where the server lets nothing be marked it is remembered: what is read again counts once, but costs. */
async function putAside(client: ImapFlow, uid: number, { channel, log, passed }: Reader): Promise<void> {
  const { imapMoveTo } = channel.settings;
  const range = String(uid);
  const where = { channelId: channel.id, uid };
  if (!(await client.messageFlagsAdd(range, ["\\Seen"], { uid: true }))) {
    if (!client.usable) throw new Error("the connection was lost");
    passed.add(nameOf(client, uid));
    log.warn(where, "a mail was read and could not be marked as seen");
  }
  if (imapMoveTo === "" || (await client.messageMove(range, imapMoveTo, { uid: true })) !== false) return;
  if (!client.usable) throw new Error("the connection was lost");
  log.warn({ ...where, folder: imapMoveTo }, "a mail was read and could not be moved");
}

/** Whether the folder keeps marks of our own. */
function keepsMarks({ mailbox }: ImapFlow): boolean {
  return mailbox !== false && mailbox.permanentFlags?.has("\\*") === true;
}

/** A mail's number means something only together with the folder's validity. RFC 3501 2.3.1.1 */
function nameOf({ mailbox }: ImapFlow, uid: number): string {
  return `${mailbox === false ? "" : mailbox.uidValidity}:${uid}`;
}

import type { Logger } from "pino";
import type { ChannelPorts, SendResult } from "../engine/channel-type.ts";
import { toError } from "../engine/to-error.ts";
import type { Database } from "../store/database.ts";
import { linkIdentity } from "../store/identity-store.ts";
import {
  findOwned,
  markSending,
  type QueuedMessage,
  recordPart,
  recordSends,
  type SendOutcome,
  type SendWish,
  setChannelStatus,
} from "../store/outbox-store.ts";
import { isPassingFault } from "../store/passing-fault.ts";
import type { RunningChannel } from "./channel-runtime.ts";
import { createGroupWriter } from "./group-writer.ts";
import { sendSeconds, sends } from "./metrics.ts";
import type { SendRates } from "./send-rates.ts";
import type { Submit } from "./submission.ts";
import { inSpan } from "./tracing.ts";
import type { TrackedLinks } from "./tracked-links.ts";

export interface SenderOptions {
  readonly db: Database;
  readonly ports: ChannelPorts;
  readonly submit: Submit;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly processId: number;
  /** Absent: nothing is counted, and every button leads where it says. */
  readonly trackLinks?: TrackedLinks["track"];
  /** Whether other processes may send to the same chats at the moment. */
  readonly hasPeers: () => boolean;
}

/**
 * What is left to do with a message after an attempt: nothing, since it was sent or is given up (`done`); another attempt, as the changed message says (`isFault`: of the platform or the message, and not because either was
 * told when); or to wait, because an earlier message of the contact is still with another process.
 */
export type Verdict =
  | { readonly status: "sent" | "done" }
  | { readonly status: "behind" }
  | { readonly status: "again"; readonly message: QueuedMessage; readonly isFault: boolean };

/** Attempts one message: marks it, sends it, records what became of it. Throws where the database is away before anything went out. */
export type AttemptSend = (
  message: QueuedMessage,
  channel: RunningChannel | undefined,
  rates: SendRates | undefined,
) => Promise<Verdict>;

/** Passing faults in a row before a message is given up: with the delays below, about a day. */
const maxAttempts = 30;
const retryDelaysMs = [1_000, 2_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000];
const brokenChannelDelayMs = 60_000;

const done: Verdict = { status: "done" };

export function createSender({
  db,
  ports,
  submit,
  log,
  now,
  processId,
  hasPeers,
  trackLinks,
}: SenderOptions): AttemptSend {
  const mark = createGroupWriter<SendWish, boolean>(async (wishes) => {
    const marked = await markSending(db, processId, wishes);
    return wishes.map(({ id }) => marked.has(id));
  });
  const record = createGroupWriter<SendOutcome, void>(async (outcomes) => {
    await untilWritten(() => recordSends(db, outcomes), log);
    return outcomes.map(() => undefined);
  });
  const keepPart = (id: number, count: number) => untilWritten(() => recordPart(db, id, count), log);

  async function give(message: QueuedMessage, status: "failed" | "uncertain", error: string): Promise<Verdict> {
    await record({ id: message.id, status, error, at: now() });
    return done;
  }

  async function conclude(
    message: QueuedMessage,
    channel: RunningChannel,
    rates: SendRates | undefined,
    result: SendResult,
  ): Promise<Verdict> {
    const at = now();
    if (result.status === "sent") {
      const { externalId, knownAs } = result;
      await record({ id: message.id, status: "sent", externalId, knownAs, at });
      return { status: "sent" };
    }
    if (result.status === "rejected" || result.status === "window-closed") {
      return await give(message, "failed", result.message);
    }
    if (result.status === "recipient-gone") {
      await give(message, "failed", result.message);
      const target = { channelId: channel.id, externalId: message.recipient };
      // A mail may go to an address that the contact is not linked with: it is theirs all the same.
      await linkIdentity(db, { ...target, contactId: message.contactId });
      await submit({
        target,
        happening: { kind: "blocked", reason: result.message },
        source: "channel",
        dedupeKey: `c${channel.id}:gone:${message.id}`,
      });
      return done;
    }
    if (result.status === "unauthorized") {
      await setChannelStatus(db, channel.id, "broken", result.message);
      log.error({ channelId: channel.id }, "a channel refuses our credentials");
    }
    if (result.status === "retry-later" && result.maybeSent === true && policyOf(channel) === "ask") {
      return await give(message, "uncertain", result.message);
    }
    // Being told to wait, or a channel without credentials, is no failure of the message.
    const isFree = result.status !== "retry-later";
    if (result.status === "rate-limited") rates?.limited(message.recipient, result.scope, result.afterMs, at);
    const attempts = isFree ? message.attempts : message.attempts + 1;
    if (attempts >= maxAttempts) return await give(message, "failed", result.message);
    const notBefore = at + delayOf(result, attempts);
    const maybeSent = result.status === "retry-later" && result.maybeSent === true;
    await record({ id: message.id, status: "queued", error: result.message, notBefore, isFree, maybeSent, at });
    const isFault = result.status === "retry-later" && result.afterMs === undefined;
    const next = { ...message, notBefore, attempts, isUncertain: false, leavesUntil: undefined };
    return { status: "again", message: next, isFault };
  }

  return async (message, channel, rates) => {
    if (channel === undefined) return await give(message, "failed", "the channel is gone");
    if (channel.status === "disconnected") return await give(message, "failed", "the channel is disconnected");
    if (message.isUncertain && policyOf(channel) === "ask") {
      return await give(message, "uncertain", "the answer to the send was cut off; it may have gone out");
    }
    const chat = hasPeers() ? rates?.chatSince(now()) : undefined;
    const leaves = message.leavesUntil !== undefined && performance.now() < message.leavesUntil;
    const isMarked =
      leaves ||
      (await mark({ id: message.id, chat }).catch((thrown: unknown) => {
        // Nothing has gone to the chat.
        rates?.gaveBack(message.recipient, message.lane);
        throw thrown;
      }));
    if (!isMarked) {
      const isOurs = (await findOwned(db, processId, [message.id])).has(message.id);
      return isOurs ? { status: "behind" } : done;
    }
    let { partsSent } = message;
    const onPartSent = async (count: number) => {
      partsSent = count;
      await keepPart(message.id, count);
    };
    const content = trackLinks?.(message.content, message.id) ?? message.content;
    const stopTimer = sendSeconds.startTimer({ channel: channel.kind });
    const attributes = { "repartee.message_id": message.id, "repartee.contact_id": message.contactId };
    const span = { name: `send ${channel.kind}`, kind: "client", parent: message.trace, attributes } as const;
    const result = await inSpan(span, async (open) => {
      const sent = await sendOn(channel, { ...message, content }, ports, onPartSent, log);
      if (sent.status !== "sent") open?.fail(sent.status);
      return sent;
    });
    stopTimer();
    sends.inc({ channel: channel.kind, result: result.status });
    // The platform's words stay with the message: they may quote it.
    const about = { messageId: message.id, contactId: message.contactId, channelId: channel.id, result: result.status };
    if (result.status !== "sent") log.info(about, "a message was not taken");
    else log.trace(about, "a message was sent");
    return await conclude({ ...message, partsSent }, channel, rates, result);
  };
}

/**
 * What went out must be written down, however long the database is away: forgetting it would send it twice. Ends only with the write, or
 * with the process (the message is then uncertain).
 */
async function untilWritten(write: () => Promise<void>, log: Logger): Promise<void> {
  for (let delay = 50; ; delay = Math.min(delay * 2, 1_000)) {
    try {
      return await write();
    } catch (thrown) {
      const error = toError(thrown);
      if (!isPassingFault(error)) throw error;
      log.warn({ err: error }, "what was sent cannot be recorded yet; trying again");
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}

async function sendOn(
  channel: RunningChannel,
  message: QueuedMessage,
  ports: ChannelPorts,
  onPartSent: (count: number) => Promise<void>,
  log: Logger,
): Promise<SendResult> {
  const { id: messageId, contactId, recipient, content, lane, partsSent } = message;
  const author = message.author ?? undefined;
  try {
    const request = { messageId, contactId, recipient, content, author, lane, partsSent, onPartSent };
    return await channel.type.send(request, channel, ports);
  } catch (thrown) {
    log.error({ err: toError(thrown), channelId: channel.id, messageId, contactId }, "a channel broke while sending");
    return { status: "retry-later", message: "the channel broke while sending" };
  }
}

function policyOf(channel: RunningChannel): "repeat" | "ask" {
  const { uncertainPolicy } = channel.settings as { uncertainPolicy?: "repeat" | "ask" };
  return uncertainPolicy ?? channel.type.uncertainPolicy;
}

type Postponed = Extract<SendResult, { status: "retry-later" | "rate-limited" | "unauthorized" }>;

function delayOf(result: Postponed, attempts: number): number {
  if (result.status === "rate-limited") return result.afterMs;
  if (result.status === "unauthorized") return brokenChannelDelayMs;
  return result.afterMs ?? retryDelaysMs[Math.min(attempts, retryDelaysMs.length) - 1] ?? brokenChannelDelayMs;
}

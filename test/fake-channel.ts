import { z } from "zod";
import { defineChannel, type SendRequest, type SendResult } from "../src/engine/channel-type.ts";
import type { MessageContent } from "../src/model/message.ts";

/** One attempt to send, as the platform saw it. */
export interface FakeSend {
  readonly channelId: number;
  readonly messageId: number;
  readonly recipient: string;
  readonly content: MessageContent;
  readonly text: string;
  /** Parts that an earlier attempt had delivered. */
  readonly partsSent: number;
  /** Of this message, from 1. */
  readonly attempt: number;
  /** Reports a part of the message as delivered. */
  onPartSent(count: number): Promise<void>;
  /** How the platform answered; undefined while it has not. */
  result: SendResult | undefined;
}

/** What the platform does with a send; undefined: it takes it. */
export type FakeReply = (send: FakeSend) => SendResult | Promise<SendResult> | undefined;

/**
 * A messenger of our own: records every send and answers as `reply` says. Rates are so high that they never matter, unless the channel's
 * settings say otherwise.
 */
export interface FakePlatform {
  readonly type: ReturnType<typeof createFakeChannel>;
  /** Every attempt, in the order in which they began. */
  readonly sends: readonly FakeSend[];
  reply: FakeReply;
  /** What it answers when it is asked how it is. */
  isWell: () => boolean;
  /** Texts that were taken, in order; of one recipient, or of all. */
  delivered(recipient?: string): string[];
}

export function createFakePlatform(): FakePlatform {
  const sends: FakeSend[] = [];
  const attempts = new Map<number, number>();
  const platform: FakePlatform = {
    type: createFakeChannel(
      (request, channelId) => deliver(request, channelId),
      () => platform.isWell(),
    ),
    sends,
    reply: () => undefined,
    isWell: () => true,
    delivered: (recipient) =>
      sends
        .filter((send) => send.result?.status === "sent" && (recipient === undefined || send.recipient === recipient))
        .map(({ text }) => text),
  };

  async function deliver(request: SendRequest, channelId: number): Promise<SendResult> {
    const { messageId, recipient, content, partsSent = 0, onPartSent } = request;
    const attempt = (attempts.get(messageId) ?? 0) + 1;
    attempts.set(messageId, attempt);
    const text = content.text ?? "";
    const place = { channelId, messageId, recipient, content, text, partsSent, attempt };
    const send: FakeSend = { ...place, onPartSent: async (count) => await onPartSent?.(count), result: undefined };
    sends.push(send);
    send.result = (await platform.reply(send)) ?? { status: "sent", externalId: `${messageId}-${attempt}` };
    return send.result;
  }

  return platform;
}

const settingsSchema = z.object({
  bulkPerSecond: z.number().positive().optional(),
  perChatPerSecond: z.number().positive().optional(),
  chatBurst: z.number().positive().optional(),
  uncertainPolicy: z.enum(["repeat", "ask"]).optional(),
});

function createFakeChannel(
  deliver: (request: SendRequest, channelId: number) => Promise<SendResult>,
  isWell: () => boolean,
) {
  return defineChannel({
    kind: "fake",
    title: "Fake",
    capabilities: {
      textLength: 4096,
      buttons: 10,
      buttonTitleLength: 64,
      quickReplies: 10,
      media: ["image", "video", "audio", "voice", "file"],
      entryPayload: { maxLength: 64, alphabet: "[A-Za-z0-9_-]" },
      rates: { bulkPerSecond: 1_000_000, perChatPerSecond: 1_000_000, chatBurst: 1_000_000 },
    },
    settings: settingsSchema,
    secrets: [],
    uncertainPolicy: "repeat",
    send: (request, channel) => deliver(request, channel.id),
    health: async () => ({ ok: isWell(), message: "" }),
  });
}

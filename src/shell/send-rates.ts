import { type Bucket, type BulkBudget, createOwnBudget, fill, waitOf } from "./bulk-budget.ts";

/** The rates of one channel. */
export interface SendLimits {
  /** Bulk messages a second over all chats. */
  readonly bulkPerSecond: number;
  /** Messages a second to one chat in the long run … */
  readonly perChatPerSecond: number;
  /** … and how many may go at once before that counts. */
  readonly chatBurst: number;
}

type Lane = "live" | "bulk";

/** Decides when a message may leave. Knows no clock: every call says what time it is (Unix milliseconds). */
export interface SendRates {
  /** Chats that are not at rest, and some that are: what the limiter has to remember. */
  readonly remembered: number;
  /** Milliseconds until a message to this chat may go; 0: now. */
  waitFor(chat: string, lane: Lane, now: number): number;
  /** Milliseconds until any message of a broadcast may go. */
  bulkWaitFor(now: number): number;
  /** What one chat may have had since when (Unix milliseconds), for who has to ask others about it. */
  chatSince(now: number): { readonly burst: number; readonly since: number };
  /** A message went. */
  took(chat: string, lane: Lane, now: number): void;
  /** It did not go after all: another message of the contact comes first. */
  gaveBack(chat: string, lane: Lane): void;
  /**
   * The platform said "too fast, come back after". That chat rests; where it means the channel, or tells several chats so within a short while,
   * the whole channel rests, answers included: going on would only make the pause longer.
   */
  limited(chat: string, scope: "chat" | "channel", afterMs: number, now: number): void;
}

interface Chat extends Bucket {
  /** Unix milliseconds until which the platform wants to hear nothing for this chat. */
  restsUntil: number;
}

/** Different chats told to wait within this time mean that the bot as a whole is too fast. */
const suspicionMs = 5_000;

export function createSendRates(
  { bulkPerSecond, perChatPerSecond, chatBurst }: SendLimits,
  bulk: BulkBudget = createOwnBudget(bulkPerSecond),
): SendRates {
  const chats = new Map<string, Chat>();
  let channelRestsUntil = 0;
  let lastLimited: { readonly chat: string; readonly at: number } | undefined;

  const fillChat = (chat: Chat, now: number) => fill(chat, perChatPerSecond, chatBurst, now);

  /** The chat, moved to the end: the map's order is that of use. */
  function use(id: string, now: number): Chat {
    const chat = chats.get(id) ?? { tokens: chatBurst, at: now, restsUntil: 0 };
    chats.delete(id);
    chats.set(id, chat);
    return chat;
  }

  /** Looks at two chats for each one used, so that all are seen in turn and those at rest are soon forgotten, at no cost worth measuring. */
  function forgetRested(now: number): void {
    for (let looks = 0; looks < 2; looks += 1) {
      const [oldest] = chats;
      if (oldest === undefined) return;
      const [id, chat] = oldest;
      chats.delete(id);
      fillChat(chat, now);
      if (chat.tokens < chatBurst || chat.restsUntil > now) chats.set(id, chat);
    }
  }

  return {
    get remembered() {
      return chats.size;
    },
    waitFor(id, lane, now) {
      const chat = chats.get(id);
      const rest = Math.max(channelRestsUntil, chat?.restsUntil ?? 0) - now;
      const chatWait = chat === undefined ? 0 : waitOf(fillChat(chat, now), perChatPerSecond);
      // An answer never waits behind a broadcast; it only counts against it.
      const bulkWait = lane === "live" ? 0 : bulk.waitFor(now);
      return Math.max(0, rest, chatWait, bulkWait);
    },
    bulkWaitFor: (now) => Math.max(0, channelRestsUntil - now, bulk.waitFor(now)),
    chatSince: (now) => ({ burst: chatBurst, since: now - (chatBurst * 1_000) / perChatPerSecond }),
    took(id, lane, now) {
      forgetRested(now);
      fillChat(use(id, now), now).tokens -= 1;
      bulk.took(lane, now);
    },
    gaveBack(id, lane) {
      const chat = chats.get(id);
      if (chat !== undefined) chat.tokens = Math.min(chat.tokens + 1, chatBurst);
      bulk.gaveBack(lane);
    },
    limited(id, scope, afterMs, now) {
      const until = now + afterMs;
      const chat = use(id, now);
      chat.restsUntil = Math.max(until, chat.restsUntil);
      const isOther = lastLimited !== undefined && lastLimited.chat !== id && now - lastLimited.at < suspicionMs;
      if (scope === "channel" || isOther) {
        channelRestsUntil = Math.max(channelRestsUntil, until);
        bulk.rest(until);
      }
      lastLimited = { chat: id, at: now };
    },
  };
}

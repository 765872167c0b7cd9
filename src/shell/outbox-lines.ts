import type { QueuedMessage } from "../store/outbox-store.ts";

type Lane = QueuedMessage["lane"];

/** The messages a process holds: one line a contact and channel, in order; only a line's head may leave. */
export interface OutboxLines {
  /** How many are held in a lane, over all channels. */
  held(lane: Lane): number;
  add(message: QueuedMessage): void;
  /** Takes a head out; the next one moves up, and its line behind those of others. */
  remove(message: QueuedMessage): void;
  /** Puts a changed message in the place of what it was. */
  replace(message: QueuedMessage, changed: QueuedMessage): void;
  /** Has heads of a channel wait no longer than its rates want, each once. Whether there were any. */
  hasten(channelId: number, ids: ReadonlySet<number>): boolean;
  /** How many lines a channel has, those whose head is under way among them. */
  count(channelId: number): number;
  /** Whether anything of the contact's is held for the channel. */
  hasLine(message: Pick<QueuedMessage, "contactId" | "channelId">): boolean;
  /** Whether any of these messages of a channel is a head still. */
  hasAny(channelId: number, ids: ReadonlySet<number>): boolean;
  /** Whatever is held. */
  all(): readonly QueuedMessage[];
  /** The channels that something is held for, whoever was longest without a turn first. */
  channels(): readonly number[];
  /** The heads of a channel's lines in a lane, the oldest lines first. */
  heads(channelId: number, lane: Lane): Iterable<QueuedMessage>;
}

export const lineOf = ({ contactId, channelId }: Pick<QueuedMessage, "contactId" | "channelId">) =>
  `${contactId}:${channelId}`;

/** A channel's lines, and the head of each in the lane that it goes by. */
interface ChannelLines {
  readonly lines: Map<string, QueuedMessage[]>;
  readonly heads: Readonly<Record<Lane, Map<string, QueuedMessage>>>;
}

export function createOutboxLines(): OutboxLines {
  const channels = new Map<number, ChannelLines>();
  const held = { live: 0, bulk: 0 };

  function find(message: QueuedMessage) {
    const channel: ChannelLines = channels.get(message.channelId) ?? {
      lines: new Map(),
      heads: { live: new Map(), bulk: new Map() },
    };
    const line = channel.lines.get(lineOf(message)) ?? [];
    return { channel, line, index: line.findIndex(({ id }) => id === message.id) };
  }

  /** Says anew which head a line has. */
  function settle({ lines, heads }: ChannelLines, key: string, line: QueuedMessage[]): void {
    const [head] = line;
    if (head !== undefined && heads[head.lane].get(key)?.id === head.id) {
      heads[head.lane].set(key, head);
      return;
    }
    heads.live.delete(key);
    heads.bulk.delete(key);
    if (head === undefined) lines.delete(key);
    else heads[head.lane].set(key, head);
  }

  function replace(message: QueuedMessage, changed: QueuedMessage): void {
    const { channel, line, index } = find(message);
    if (index < 0) return;
    line[index] = changed;
    settle(channel, lineOf(message), line);
  }

  const headsOf = (channelId: number) => {
    const { live, bulk } = channels.get(channelId)?.heads ?? {};
    return [live, bulk].flatMap((lane) => [...(lane?.values() ?? [])]);
  };

  return {
    held: (lane) => held[lane],
    add(message) {
      const { channel, line, index } = find(message);
      if (index >= 0) return;
      // Claims and commits may bring them out of order.
      line.splice(line.findLastIndex(({ id }) => id < message.id) + 1, 0, message);
      channels.set(message.channelId, channel);
      channel.lines.set(lineOf(message), line);
      settle(channel, lineOf(message), line);
      held[message.lane] += 1;
    },
    remove(message) {
      const { channel, line, index } = find(message);
      if (index < 0) return;
      line.splice(index, 1);
      settle(channel, lineOf(message), line);
      held[message.lane] -= 1;
      // To the end: the next turn is another channel's.
      channels.delete(message.channelId);
      if (channel.lines.size > 0) channels.set(message.channelId, channel);
    },
    replace,
    hasten(channelId, ids) {
      const late = headsOf(channelId).filter(({ id, isHastened }) => ids.has(id) && isHastened !== true);
      for (const head of late) replace(head, { ...head, notBefore: 0, isHastened: true });
      return late.length > 0;
    },
    count: (channelId) => channels.get(channelId)?.lines.size ?? 0,
    hasLine: (message) => channels.get(message.channelId)?.lines.has(lineOf(message)) === true,
    hasAny: (channelId, ids) => headsOf(channelId).some(({ id }) => ids.has(id)),
    all: () => [...channels.values()].flatMap(({ lines }) => [...lines.values()].flat()),
    channels: () => [...channels.keys()],
    *heads(channelId, lane) {
      yield* channels.get(channelId)?.heads[lane].values() ?? [];
    },
  };
}

import type { QueuedMessage } from "../store/outbox-store.ts";

/** The messages a process holds: one line a contact and channel, in order; only a line's head may leave. */
export interface OutboxLines {
  readonly size: number;
  add(message: QueuedMessage): void;
  /** Takes a head out; the next one moves up. */
  remove(message: QueuedMessage): void;
  /** Puts a changed message in the place of what it was. */
  replace(message: QueuedMessage, changed: QueuedMessage): void;
  /** The heads: answers before broadcasts, oldest lines first. */
  heads(): Iterable<QueuedMessage>;
}

export const lineOf = ({ contactId, channelId }: QueuedMessage) => `${contactId}:${channelId}`;

export function createOutboxLines(): OutboxLines {
  const lines = new Map<string, QueuedMessage[]>();
  let size = 0;
  const find = (message: QueuedMessage) => {
    const line = lines.get(lineOf(message)) ?? [];
    return { line, index: line.findIndex(({ id }) => id === message.id) };
  };
  return {
    get size() {
      return size;
    },
    add(message) {
      const { line, index } = find(message);
      if (index >= 0) return;
      // Claims and commits may bring them out of order.
      line.splice(line.findLastIndex(({ id }) => id < message.id) + 1, 0, message);
      lines.set(lineOf(message), line);
      size += 1;
    },
    remove(message) {
      const { line, index } = find(message);
      if (index < 0) return;
      line.splice(index, 1);
      size -= 1;
      if (line.length === 0) lines.delete(lineOf(message));
    },
    replace(message, changed) {
      const { line, index } = find(message);
      if (index >= 0) line[index] = changed;
    },
    *heads() {
      for (const lane of ["live", "bulk"]) {
        for (const [head] of lines.values()) if (head?.lane === lane) yield head;
      }
    },
  };
}

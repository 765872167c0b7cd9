/**
 * Tells the open pages of a visitor that the visitor did something, by whichever page or door. `live` speaks of contacts, and before the first word
 * there is none; afterwards it may be another one (the first was deleted). Knows this process only: pages on others see it when they look next.
 */
export interface VisitorWatch {
  /** `contactId`: whom the visitor is now, where known. */
  wake(channelId: number, visitor: string, contactId: number | undefined): void;
  /** Returns the function that ends the watching. */
  watch(channelId: number, visitor: string, heard: (contactId: number | undefined) => void): () => void;
}

export function createVisitorWatch(): VisitorWatch {
  const watchers = new Map<string, Set<(contactId: number | undefined) => void>>();
  return {
    wake(channelId, visitor, contactId) {
      for (const heard of watchers.get(`${channelId}:${visitor}`) ?? []) heard(contactId);
    },
    watch(channelId, visitor, heard) {
      const key = `${channelId}:${visitor}`;
      const set = watchers.get(key) ?? new Set();
      watchers.set(key, set.add(heard));
      return () => {
        set.delete(heard);
        if (set.size === 0 && watchers.get(key) === set) watchers.delete(key);
      };
    },
  };
}

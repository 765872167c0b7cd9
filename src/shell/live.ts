/**
 * News of "this contact has something new", for web chats and inboxes that look at it. Carries no content: who hears it reads
 * the database. Losing one costs a delay, never a message.
 */
export interface Live {
  announce(contactId: number): void;
  /** Returns the function that ends the listening. */
  listen(contactId: number, heard: () => void): () => void;
  /** Hears of every contact, whosever it is: the hearer has to look whether its listener may know. */
  listenToAll(heard: (contactId: number) => void): () => void;
}

/** Live news within one process. */
export function createLocalLive(): Live {
  const listeners = new Map<number, Set<() => void>>();
  const hearers = new Set<(contactId: number) => void>();
  return {
    announce(contactId) {
      for (const heard of hearers) heard(contactId);
      for (const heard of listeners.get(contactId) ?? []) heard();
    },
    listen(contactId, heard) {
      const set = listeners.get(contactId) ?? new Set();
      listeners.set(contactId, set.add(heard));
      return () => {
        set.delete(heard);
        if (set.size === 0 && listeners.get(contactId) === set) listeners.delete(contactId);
      };
    },
    listenToAll(heard) {
      hearers.add(heard);
      return () => void hearers.delete(heard);
    },
  };
}

/** A member of the team looks at a contact's conversation, writes in it, or has gone. */
export interface Presence {
  readonly workspaceId: number;
  readonly botId: number;
  readonly contactId: number;
  readonly memberId: number;
  readonly state: "looking" | "writing" | "left";
}

/** A broadcast has come further, or was told something. */
export interface BroadcastNews {
  readonly workspaceId: number;
  readonly botId: number;
  readonly broadcastId: number;
}

/**
 * News of "this contact has something new", for web chats and inboxes that look at it. Carries no content: who hears it reads
 * the database. Losing one costs a delay, never a message.
 */
export interface Live {
  /** Tells what a member does at a conversation. Never stored: whoever is not there to hear it misses nothing. */
  announcePresence(presence: Presence): void;
  /** Hears of every workspace's. */
  listenToPresence(heard: (presence: Presence) => void): () => void;
  announceBroadcast(news: BroadcastNews): void;
  /** Hears of every workspace's. */
  listenToBroadcasts(heard: (news: BroadcastNews) => void): () => void;
  /** Tells that sessions of a user have ended, or that they are less than they were: whoever keeps something open for them looks again. */
  announceSignOut(userId: number): void;
  /** Hears of every user's. */
  listenToSignOuts(heard: (userId: number) => void): () => void;
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
  const watchers = new Set<(presence: Presence) => void>();
  const followers = new Set<(news: BroadcastNews) => void>();
  const doorkeepers = new Set<(userId: number) => void>();
  return {
    announcePresence(presence) {
      for (const heard of watchers) heard(presence);
    },
    listenToPresence(heard) {
      watchers.add(heard);
      return () => void watchers.delete(heard);
    },
    announceBroadcast(news) {
      for (const heard of followers) heard(news);
    },
    listenToBroadcasts(heard) {
      followers.add(heard);
      return () => void followers.delete(heard);
    },
    announceSignOut(userId) {
      for (const heard of doorkeepers) heard(userId);
    },
    listenToSignOuts(heard) {
      doorkeepers.add(heard);
      return () => void doorkeepers.delete(heard);
    },
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

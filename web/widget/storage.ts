/** The browser's storage where it may be used; else the page's own memory, so that everything but surviving a reload works. */
export interface ChatStorage {
  read<T>(key: string): T | undefined;
  write(key: string, value: unknown): void;
  remove(key: string): void;
  /** Every value whose key begins with this. */
  readAll<T>(prefix: string): T[];
}

/** `space` keeps the chats of several servers and bots apart. */
export function createChatStorage(space: string): ChatStorage {
  const memory = new Map<string, string>();
  const root = `repartee:${space}:`;
  const parse = <T>(text: string | null | undefined) =>
    text === null || text === undefined ? undefined : attempt(() => JSON.parse(text) as T);

  return {
    // What other tabs have written counts: they are the same visitor.
    read: <T>(key: string) => parse<T>(attempt(() => localStorage.getItem(root + key)) ?? memory.get(key)),
    write(key, value) {
      const text = JSON.stringify(value);
      memory.set(key, text);
      attempt(() => localStorage.setItem(root + key, text));
    },
    remove(key) {
      memory.delete(key);
      attempt(() => localStorage.removeItem(root + key));
    },
    readAll<T>(prefix: string): T[] {
      const keys = attempt(() => Object.keys(localStorage)) ?? [];
      const own = keys.filter((key) => key.startsWith(root + prefix));
      return own.flatMap((key) => parse<T>(attempt(() => localStorage.getItem(key))) ?? []);
    },
  };
}

/** Storage that is blocked or full throws; that is no reason to stop. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

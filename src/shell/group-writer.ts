/**
 * Gathers single writes into set-based ones: while a write is under way the next ones queue up and go together. `write` answers
 * one result an item, in their order; when it throws, all of that group's callers hear it.
 */
export function createGroupWriter<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let waiting: { readonly item: Item; resolve(result: Result): void; reject(error: unknown): void }[] = [];
  let isWriting = false;

  async function run(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        const results = await write(group.map(({ item }) => item));
        for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    isWriting = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // One turn later, so that callers of the same moment share the first write too.
      if (!isWriting) {
        isWriting = true;
        setImmediate(() => void run());
      }
    });
}

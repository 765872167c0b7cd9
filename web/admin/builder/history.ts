/** A value with what it was before and what was taken back. */
export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** Changes with the same mark, one after the other, are taken back as one: a word is not typed letter by letter. */
  readonly mark: string | undefined;
}

const longest = 200;

export function beginHistory<T>(present: T): History<T> {
  return { past: [], present, future: [], mark: undefined };
}

export function change<T>(history: History<T>, present: T, mark?: string): History<T> {
  if (present === history.present) return history;
  const joins = mark !== undefined && mark === history.mark;
  return {
    past: joins ? history.past : [...history.past, history.present].slice(-longest),
    present,
    future: [],
    mark,
  };
}

export function undo<T>(history: History<T>): History<T> {
  const previous = history.past.at(-1);
  if (previous === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: previous,
    future: [history.present, ...history.future],
    mark: undefined,
  };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, mark: undefined };
}

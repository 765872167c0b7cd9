import { useRef } from "react";
import { useApi } from "./page.tsx";

type Values = Readonly<Record<string, unknown>>;

/** How a change of others is told where the value's name and the value itself do not say it. */
export type ChangeWords = Readonly<
  Record<string, { readonly title?: string; readonly say?: (value: unknown) => string }>
>;

/** The sentences around the changes, where the usual ones do not fit. */
interface ChangeNotice {
  readonly title: string;
  readonly text: string;
  readonly mine: string;
  readonly theirs: string;
}

/** What becomes of a form whose basis somebody else has changed. */
interface Telling {
  readonly words?: ChangeWords | undefined;
  readonly notice?: Partial<ChangeNotice> | undefined;
  /** Gives up what was typed; absent: the page is loaded anew. */
  readonly takeTheirs?: (() => void) | undefined;
}

/** What a form was filled from, so that nobody else's change is overwritten in silence. */
export interface Basis extends Telling {
  readonly seen: Values;
  /** What the form changes. */
  readonly keys: readonly string[];
  /** Nothing is typed: the form shows what `seen` says, also when that changes. */
  readonly isUntouched: boolean;
  /** The same as it is now. */
  load(): Promise<Values>;
}

/** Something that the form changes, and that somebody else has changed since it was filled. */
export interface OthersChange {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Nothing was saved: somebody else was first. */
export class ChangedMeanwhile extends Error {
  override readonly name = "ChangedMeanwhile";
  readonly changes: readonly OthersChange[];
  /** Saves what is typed over theirs. */
  readonly overwrite: () => void;
  readonly telling: Telling;

  constructor(changes: readonly OthersChange[], overwrite: () => void, telling: Telling = {}) {
    super("somebody else changed this meanwhile");
    this.changes = changes;
    this.overwrite = overwrite;
    this.telling = telling;
  }
}

/**
 * The basis of a form that changes what stands at a path of the API; undefined: it makes something new. `read`: where in the answer the values stand, if not at its top.
 */
export function useBasis<Body extends object, Read extends object = Body>(
  path: string,
  seen: Body | undefined,
  keys: readonly (keyof Read & string)[],
  {
    read,
    isUntouched = false,
    ...telling
  }: Telling & { readonly read?: (body: Body) => Read; readonly isUntouched?: boolean } = {},
): Basis | undefined {
  const api = useApi();
  if (seen === undefined) return undefined;
  const valuesOf = (body: Body) => (read === undefined ? body : read(body)) as Values;
  return { ...telling, seen: valuesOf(seen), keys, isUntouched, load: async () => valuesOf(await api.get<Body>(path)) };
}

/** Sends what changes something, unless somebody else has changed that since it was shown: then `ChangedMeanwhile` is thrown, and `again` is how it is sent once it is decided that it is to stay. */
export function useGuard(basis: Basis | undefined): (send: () => Promise<unknown>, again: () => void) => Promise<void> {
  const seen = useSeen(basis);
  return async (send, again) => {
    if (basis !== undefined && seen.current !== undefined) {
      const now = await basis.load();
      const changes = changesSince(seen.current, now, basis.keys);
      if (changes.length > 0) {
        const overwrite = () => {
          seen.current = now;
          again();
        };
        throw new ChangedMeanwhile(changes, overwrite, basis);
      }
    }
    await send();
    // From now on it is what was saved: the next drawing brings it.
    seen.current = undefined;
  };
}

/** What the form was filled from, kept while it is shown, whatever is loaded anew behind it. */
function useSeen(basis: Basis | undefined) {
  const seen = useRef<Basis["seen"]>(undefined);
  if (basis?.isUntouched === true) seen.current = basis.seen;
  else seen.current ??= basis?.seen;
  return seen;
}

/** What others changed of the keys. */
export function changesSince(seen: Values, now: Values, keys: readonly string[]): OthersChange[] {
  return keys.flatMap((key) => {
    const [before, after] = [seen[key] ?? null, now[key] ?? null];
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ key, before, after }];
  });
}

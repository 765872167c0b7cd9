import { useApi } from "./page.tsx";

type Values = Readonly<Record<string, unknown>>;

/** What a form was filled from, so that nobody else's change is overwritten in silence. */
export interface Basis {
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

  constructor(changes: readonly OthersChange[], overwrite: () => void) {
    super("somebody else changed this meanwhile");
    this.changes = changes;
    this.overwrite = overwrite;
  }
}

/**
 * The basis of a form that changes what stands at a path of the API; undefined: it makes something new. `read`: where in the answer the values stand, if not at its top.
 */
export function useBasis<Body extends object, Read extends object = Body>(
  path: string,
  seen: Body | undefined,
  keys: readonly (keyof Read & string)[],
  { read, isUntouched = false }: { readonly read?: (body: Body) => Read; readonly isUntouched?: boolean } = {},
): Basis | undefined {
  const api = useApi();
  if (seen === undefined) return undefined;
  const valuesOf = (body: Body) => (read === undefined ? body : read(body)) as Values;
  return { seen: valuesOf(seen), keys, isUntouched, load: async () => valuesOf(await api.get<Body>(path)) };
}

/** What others changed of the keys. */
export function changesSince(seen: Values, now: Values, keys: readonly string[]): OthersChange[] {
  return keys.flatMap((key) => {
    const [before, after] = [seen[key] ?? null, now[key] ?? null];
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ key, before, after }];
  });
}

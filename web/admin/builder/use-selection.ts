import { useCallback, useMemo, useState } from "react";
import type { StoredStep } from "../../../src/model/flow.ts";

const none: ReadonlySet<string> = new Set();

/** What is chosen on the canvas. */
export interface Selection {
  /** Refs. */
  readonly steps: ReadonlySet<string>;
  /** Ids of lines; they are the canvas's own. */
  readonly lines: ReadonlySet<string>;
  /** These steps and nothing else. */
  choose(steps: ReadonlySet<string>): void;
  setSteps(steps: ReadonlySet<string>): void;
  setLines(change: (lines: ReadonlySet<string>) => ReadonlySet<string>): void;
}

/**
 * Steps and lines are chosen together: what is deleted next is what is seen to be chosen. `onSteps` hears that there are steps among it. Of `all` steps: one that was chosen and whose
 * making was taken back would be chosen still, and no step alone beside it.
 */
export function useSelection(all: readonly StoredStep[], onSteps: () => void): Selection {
  const [wanted, set] = useState(none);
  const steps = useMemo(() => withoutGone(wanted, all), [wanted, all]);
  const [lines, setLines] = useState(none);
  const setSteps = useCallback(
    (chosen: ReadonlySet<string>) => {
      set(chosen);
      if (chosen.size > 0) onSteps();
    },
    [onSteps],
  );
  const choose = useCallback(
    (chosen: ReadonlySet<string>) => {
      setSteps(chosen);
      setLines(none);
    },
    [setSteps],
  );
  return useMemo(() => ({ steps, lines, choose, setSteps, setLines }), [steps, lines, choose, setSteps]);
}

/** The same set where none is gone. */
function withoutGone(wanted: ReadonlySet<string>, all: readonly StoredStep[]): ReadonlySet<string> {
  if (wanted.size === 0) return wanted;
  const there = all.filter(({ ref }) => wanted.has(ref));
  return there.length === wanted.size ? wanted : new Set(there.map(({ ref }) => ref));
}

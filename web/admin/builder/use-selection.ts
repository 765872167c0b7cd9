import { useCallback, useMemo, useState } from "react";

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

/** Steps and lines are chosen together: what is deleted next is what is seen to be chosen. `onSteps` hears that there are steps among it. */
export function useSelection(onSteps: () => void): Selection {
  const [steps, set] = useState(none);
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

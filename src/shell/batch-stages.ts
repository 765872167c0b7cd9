import { batchStageSeconds } from "./metrics.ts";

export type Stage = "load" | "advance" | "write" | "commit";

/** One part of a batch that has ended; Unix milliseconds. */
export interface EndedStage {
  readonly stage: Stage;
  readonly from: number;
  readonly to: number;
}

/** A stopwatch for the parts of a batch: each ends where the next begins. Parts of an attempt that failed are not counted. */
export interface BatchStages {
  enter(stage: Stage): void;
  /** Counts what there was. */
  end(): readonly EndedStage[];
}

export function startStages(): BatchStages {
  const ended: EndedStage[] = [];
  let current: { readonly stage: Stage; readonly from: number } | undefined;
  const close = () => {
    const to = performance.timeOrigin + performance.now();
    if (current !== undefined) ended.push({ ...current, to });
    return to;
  };
  return {
    enter(stage) {
      const from = close();
      // A second attempt begins anew.
      if (stage === "load") ended.length = 0;
      current = { stage, from };
    },
    end() {
      close();
      current = undefined;
      for (const { stage, from, to } of ended) batchStageSeconds.observe({ stage }, (to - from) / 1000);
      return ended;
    },
  };
}

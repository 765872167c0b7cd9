import type { SequenceStep } from "../model/sequence.ts";
import { isLive } from "./sequence-schedule.ts";

/** How many deleted steps are remembered in their places. */
const mostRemoved = 200;

/**
 * The steps as they are from now on, with those that were deleted kept in their places: behind the step that they stood behind. Who waits for one of them then gets the one behind it, and the buttons of messages that were
 * sent still lead somewhere.
 */
export function replaceSteps(old: readonly SequenceStep[], next: readonly SequenceStep[]): readonly SequenceStep[] {
  const kept = new Set(next.map(({ ref }) => ref));
  const steps: SequenceStep[] = [...next];
  let before: string | undefined;
  for (const step of old) {
    if (!kept.has(step.ref)) {
      const place = before === undefined ? 0 : steps.findIndex(({ ref }) => ref === before) + 1;
      steps.splice(place, 0, { ...step, isRemoved: true });
    }
    before = step.ref;
  }
  const removed = steps.filter(({ isRemoved }) => isRemoved === true);
  const forgotten = new Set(removed.slice(0, Math.max(0, removed.length - mostRemoved)));
  return steps.filter((step) => !forgotten.has(step));
}

/** Whether subscribers' waits depend on what was changed: which steps there are, in which order, and when each is due. */
export function changesWaits(old: readonly SequenceStep[], next: readonly SequenceStep[]): boolean {
  // The database gives an object's keys back in an order of its own.
  const waits = (steps: readonly SequenceStep[]) =>
    JSON.stringify(steps.filter(isLive).map(({ ref, delay }) => [ref, Object.entries(delay).sort(byKey)]));
  return waits(old) !== waits(next);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

import { countStepEvents, recountStepEvents, recountStepMessages } from "../../store/step-metric-store.ts";
import type { JobKind } from "../jobs.ts";

/** An event that happened is committed by then: a batch takes milliseconds, and one that takes longer is cut off. */
const settledMs = 60_000;
const hourMs = 3_600_000;
/** After so long nobody waits any more for a messenger's news, be it of a message or of what somebody did while the server was away. */
const newsMs = 72 * hourMs;

/** Counts what happened at the steps of flows, for the numbers on the canvas. */
export const countSteps: JobKind = {
  kind: "count-steps",
  cron: "* * * * *",
  retryLimit: 0,
  async run(_data, { db, now }) {
    const until = new Date(now() - settledMs);
    while (await countStepEvents(db, until));
    const at = new Date(now());
    const minute = at.getUTCMinutes();
    if (minute % 10 !== 0) return;
    // Most news come soon: the last hours are looked at often, the last days each night.
    const isNight = minute === 0 && at.getUTCHours() === 4;
    const since = new Date(now() - (isNight ? newsMs : 2 * hourMs));
    await recountStepMessages(db, since, at);
    if (minute === 0) await recountStepEvents(db, since);
  },
};

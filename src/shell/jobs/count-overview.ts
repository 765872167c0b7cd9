import { countOverview, recountOverview } from "../../store/overview-mark-store.ts";
import type { JobKind } from "../jobs.ts";

/** An event that happened is committed by then: a batch takes milliseconds, and one that takes longer is cut off. */
const settledMs = 60_000;
/** After so long nobody waits any more for a messenger's news of what somebody did while the server was away. */
const newsMs = 72 * 3_600_000;

/** Counts for the overview what happened by day, and notes who walked through which flow. */
export const countOverviewJob: JobKind = {
  kind: "count-overview",
  cron: "* * * * *",
  retryLimit: 0,
  async run(_data, { db, now }) {
    const until = new Date(now() - settledMs);
    while (await countOverview(db, until));
    const at = new Date(now());
    if (at.getUTCHours() === 4 && at.getUTCMinutes() === 20) await recountOverview(db, new Date(now() - newsMs));
  },
};

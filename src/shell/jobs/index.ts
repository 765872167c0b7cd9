import type { JobCatalogue } from "../jobs.ts";
import { prune } from "./prune.ts";
import { runQueryJob } from "./run-query.ts";

/** Every job kind, by name. */
export const jobKinds = { prune, "run-query": runQueryJob } as const satisfies JobCatalogue;

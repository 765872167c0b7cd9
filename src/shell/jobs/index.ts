import type { JobCatalogue } from "../jobs.ts";
import { prune } from "./prune.ts";

/** Every job kind, by name. */
export const jobKinds = { prune } as const satisfies JobCatalogue;

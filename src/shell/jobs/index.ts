import type { JobCatalogue } from "../jobs.ts";
import { deliverWebhook } from "./deliver-webhook.ts";
import { prune } from "./prune.ts";
import { runQueryJob } from "./run-query.ts";
import { sendWebhookJob } from "./send-webhook.ts";

/** Every job kind, by name. */
export const jobKinds = {
  "deliver-webhook": deliverWebhook,
  prune,
  "run-query": runQueryJob,
  "send-webhook": sendWebhookJob,
} as const satisfies JobCatalogue;

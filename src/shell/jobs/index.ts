import type { JobCatalogue } from "../jobs.ts";
import { callIntegration } from "./call-integration.ts";
import { countOverviewJob } from "./count-overview.ts";
import { countSteps } from "./count-steps.ts";
import { deleteWorkspaceJob } from "./delete-workspace.ts";
import { deliverWebhook } from "./deliver-webhook.ts";
import { externalRequestJob } from "./external-request.ts";
import { handInResult } from "./hand-in-result.ts";
import { lookUpProfileJob } from "./look-up-profile.ts";
import { prune } from "./prune.ts";
import { broadcastsDue, runBroadcast } from "./run-broadcast.ts";
import { runImport } from "./run-import.ts";
import { runQueryJob } from "./run-query.ts";
import { runScriptJob } from "./run-script.ts";
import { sendAccountMail } from "./send-account-mail.ts";
import { sendWebhookJob } from "./send-webhook.ts";
import { settleSequenceJob } from "./settle-sequence.ts";

/** Every job kind, by name. */
export const jobKinds = {
  "broadcasts-due": broadcastsDue,
  "call-integration": callIntegration,
  "count-overview": countOverviewJob,
  "count-steps": countSteps,
  "delete-workspace": deleteWorkspaceJob,
  "deliver-webhook": deliverWebhook,
  "external-request": externalRequestJob,
  "hand-in-result": handInResult,
  "look-up-profile": lookUpProfileJob,
  prune,
  "run-broadcast": runBroadcast,
  "run-import": runImport,
  "run-query": runQueryJob,
  "run-script": runScriptJob,
  "send-account-mail": sendAccountMail,
  "send-webhook": sendWebhookJob,
  "settle-sequence": settleSequenceJob,
} as const satisfies JobCatalogue;

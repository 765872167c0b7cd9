import type { RequestReport, RequestRun } from "../../model/external-request.ts";
import type { Json } from "../../model/field.ts";
import type { JobOfPosition } from "../../model/outcome.ts";
import { logIntegrationCall } from "../../store/integration-log-store.ts";
import { takeMark } from "../../store/lease-store.ts";
import { findWaitingForJob, type Waiting } from "../../store/position-store.ts";
import { openSecretsOf } from "../../store/secret-store.ts";
import { makeRequest } from "../external-request.ts";
import type { JobContext, JobKind } from "../jobs.ts";

/** Of each text, in characters, what the log keeps. */
const kept = 4_000;

/** Makes the request of a waiting position. A server that hangs holds up those who wait for it, and nobody else: so many run at a time, and only a part of them of one bot to one server. */
export const externalRequestJob: JobKind = {
  kind: "external-request",
  retryLimit: 3,
  atOnce: 1_000,
  perGroup: 50,
  async run(given, context) {
    const { positionId } = given as unknown as JobOfPosition;
    const waiting = await findWaitingForJob(context.db, positionId);
    if (waiting === undefined) return;
    // What the step left there.
    const run = waiting.state as unknown as RequestRun;
    const mark = run.isRepeatable ? undefined : await takeMark(context.db, `request ${positionId}`);
    const report = mark === "there" ? cutOff : await makeAndLog(run, waiting, context);
    const happening = { kind: "job_result", positionId, result: report as unknown as Json } as const;
    const reply = await context.submit({ target: { contactId: waiting.contactId }, happening, source: "job" });
    // Became part of another contact in this very moment: the next try looks for the position again.
    if (reply.status === "refused") throw new Error(`the answer to a request was refused: ${reply.message}`);
  },
};

const cutOff: RequestReport = {
  kind: "failed",
  message:
    "the server was stopped while the request was under way; it may have been carried out, and is not made twice",
  attempts: 1,
};

async function makeAndLog(
  run: RequestRun,
  { workspaceId, contactId, botId }: Waiting,
  { db, outbound, secretKey, now }: JobContext,
): Promise<RequestReport> {
  const started = performance.now();
  const { request, report } = await makeRequest(outbound, run, await openSecretsOf(db, botId, secretKey));
  const isGood = report.kind === "answered" && report.status >= 200 && report.status < 300;
  await logIntegrationCall(db, {
    workspaceId,
    contactId,
    integration: "request",
    direction: "out",
    ok: isGood,
    summary: report.kind === "answered" ? `answered ${report.status}` : report.message,
    request:
      request === undefined
        ? { url: run.request.url }
        : { method: request.method, url: request.url.slice(0, kept), body: request.body?.slice(0, kept) ?? null },
    response:
      report.kind === "answered"
        ? { status: report.status, body: report.body.slice(0, kept) }
        : { failure: report.kind },
    durationMs: performance.now() - started,
    attempt: Math.max(1, report.attempts),
    at: new Date(now()),
  });
  return report;
}

import type { Json } from "../../model/field.ts";
import type { ActionResult, JobOfPosition } from "../../model/outcome.ts";
import type { QueryCall } from "../../model/query.ts";
import { findWaitingForJob } from "../../store/position-store.ts";
import type { JobKind } from "../jobs.ts";
import { runQuery } from "../run-query.ts";

interface Asked extends QueryCall {
  readonly timeoutSeconds: number;
}

/**
 * Answers the query of a waiting position. Run again (a killed worker's job is), it finds the position gone on and does nothing, or does the same once more: queries only read, and a merge is known by
 * its key.
 */
export const runQueryJob: JobKind = {
  kind: "run-query",
  retryLimit: 3,
  atOnce: 25,
  async run(given, { db, submit }) {
    const { positionId, data } = given as unknown as JobOfPosition;
    const asked = data as unknown as Asked;
    const waiting = await findWaitingForJob(db, positionId);
    if (waiting === undefined) return;
    const { contactId, workspaceId, botId } = waiting;
    const context = { db, submit, access: { workspaceId }, contactId, botId } as const;
    const asking = runQuery({ ...context, source: "job", dedupeKey: `job:${positionId}` }, asked);
    const result = await within(asked.timeoutSeconds, asking);
    const happening = { kind: "job_result", positionId, result: result as unknown as Json } as const;
    const reply = await submit({ target: { contactId }, happening, source: "job" });
    // Became part of another contact in this very moment: the next try looks for the position again.
    if (reply.status === "refused") throw new Error(`the result of a query was refused: ${reply.message}`);
  },
};

async function within(seconds: number, asking: Promise<ActionResult>): Promise<ActionResult> {
  const over = Promise.withResolvers<ActionResult>();
  const message = `the query was not answered within ${seconds} s`;
  const timer = setTimeout(
    () => over.resolve({ ok: false, error: { code: "query.timeout", message } }),
    seconds * 1000,
  );
  try {
    return await Promise.race([asking, over.promise]);
  } finally {
    clearTimeout(timer);
  }
}

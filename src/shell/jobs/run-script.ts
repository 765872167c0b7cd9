import type { Json } from "../../model/field.ts";
import type { JobOfPosition } from "../../model/outcome.ts";
import type { ScriptRun } from "../../model/script.ts";
import { findWaitingForJob } from "../../store/position-store.ts";
import type { JobKind } from "../jobs.ts";

/**
 * Runs the script of a waiting position. Run again (a killed worker's job is), the script does the same once more, or the position has gone on and there is nothing to do.
 */
export const runScriptJob: JobKind = {
  kind: "run-script",
  retryLimit: 3,
  // More than the pool has threads: while some run, the next are fetched and others handed in. One bot has a part of them, however long its scripts take.
  atOnce: 48,
  perGroup: 12,
  async run(given, { db, submit, runScript, log }) {
    const { positionId } = given as unknown as JobOfPosition;
    const waiting = await findWaitingForJob(db, positionId);
    if (waiting === undefined) return;
    const { workspaceId, contactId, botId, state } = waiting;
    // What the step left there.
    const report = await runScript(state as unknown as ScriptRun, String(botId));
    // Its words stay in the contact's history: they may quote what the script was given.
    if (!report.ok) log.info({ positionId, workspaceId, contactId, botId, code: report.code }, "a script failed");
    const happening = { kind: "job_result", positionId, result: report as unknown as Json } as const;
    const reply = await submit({ target: { contactId }, happening, source: "job" });
    // Became part of another contact in this very moment: the next try looks for the position again.
    if (reply.status === "refused") throw new Error(`the report of a script was refused: ${reply.message}`);
  },
};

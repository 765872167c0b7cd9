import type { Json } from "../../model/field.ts";
import { findWaitingForJob } from "../../store/position-store.ts";
import type { JobKind } from "../jobs.ts";

/** What a job brought back for a position of a bot that this process leaves to a newer release. */
export interface LeftResult {
  readonly positionId: string;
  readonly result: Json;
}

/**
 * Hands a job's result in that could not be: the job itself must not run again for it, since what it did outside is done. It comes again (`jobs.ts`) until a
 * process takes it that knows the bot.
 */
export const handInResult: JobKind = {
  kind: "hand-in-result",
  retryLimit: 10,
  atOnce: 20,
  async run(given, { db, submit }) {
    const { positionId, result } = given as unknown as LeftResult;
    const waiting = await findWaitingForJob(db, positionId);
    if (waiting === undefined) return;
    const happening = { kind: "job_result", positionId, result } as const;
    const reply = await submit({ target: { contactId: waiting.contactId }, happening, source: "job" });
    // Became part of another contact in this very moment: the next try looks for the position again.
    if (reply.status === "refused") throw new Error(`the result of a job was refused: ${reply.message}`);
  },
};

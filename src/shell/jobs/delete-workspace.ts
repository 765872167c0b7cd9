import { z } from "zod";
import { toError } from "../../engine/to-error.ts";
import type { JobRequest } from "../../model/outcome.ts";
import type { Database } from "../../store/database.ts";
import { listOwnChannels, type Marked, markWorkspaceDeleted, removePiece } from "../../store/workspace-delete-store.ts";
import type { JobContext, JobKind } from "../jobs.ts";

const dataSchema = z.object({ workspaceId: z.number(), channels: z.array(z.number()).default([]) });

/** A job gives its hand back after so long and comes again. */
const longestMs = 5_000;
/** What processes remember of channels and tokens is over by then: nobody new comes in while rows go. */
const settledMs = 5_000;

/** Makes the job that takes a marked workspace away. `at`: Unix milliseconds. */
export function toWorkspaceDeletion(workspaceId: number, at: number, channels: Marked["channels"] = []): JobRequest {
  return toJob({ workspaceId, channels: [...channels] }, at + settledMs);
}

/** Marks a workspace as deleted, and has it taken away. `at`: Unix milliseconds. Undefined: somebody was quicker. */
export async function beginWorkspaceDeletion(
  trx: Database,
  enqueue: JobContext["enqueue"],
  { workspaceId, at }: { readonly workspaceId: number; readonly at: number },
): Promise<Marked | undefined> {
  const marked = await markWorkspaceDeleted(trx, workspaceId, new Date(at));
  if (marked !== undefined) await enqueue(trx, [toWorkspaceDeletion(workspaceId, at, marked.channels)]);
  return marked;
}

function toJob(data: z.output<typeof dataSchema>, startAt?: number): JobRequest {
  const { workspaceId, channels } = data;
  return {
    kind: "delete-workspace",
    data: { workspaceId, channels },
    group: String(workspaceId),
    ...(startAt === undefined ? {} : { startAt }),
  };
}

/** Signs a deleted workspace's channels off at their platforms, then takes its rows away in pieces. Killed anywhere, it goes on where it was: what is left shows in the rows. */
export const deleteWorkspaceJob: JobKind = {
  kind: "delete-workspace",
  retryLimit: 10,
  atOnce: 2,
  perGroup: 1,
  async run(data, context) {
    const { workspaceId, channels } = dataSchema.parse(data);
    const { db, enqueue, forgetJobs, log } = context;
    if (forgetJobs === undefined) throw new Error("deleting a workspace needs the job queue");
    for (const id of await listOwnChannels(db, workspaceId, channels)) await signOff(id, context);
    const end = performance.now() + longestMs;
    while (performance.now() < end) {
      if (await removePiece(db, workspaceId, forgetJobs)) continue;
      log.info({ workspaceId }, "nothing is left of a deleted workspace");
      return;
    }
    await enqueue(db, [toJob({ workspaceId, channels: [] })]);
  },
};

/** What the platform says does not keep the channel. */
async function signOff(channelId: number, { signOffChannel, log }: JobContext): Promise<void> {
  try {
    await signOffChannel?.(channelId);
  } catch (thrown) {
    log.warn({ err: toError(thrown), channelId }, "the platform did not take the sign-off");
  }
}

import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { actions } from "../../actions/index.ts";
import type { AnyAction } from "../../engine/action-type.ts";
import type { JobRequest } from "../../model/outcome.ts";
import {
  type Broadcast,
  beginBroadcast,
  type DueRecipient,
  finishBroadcast,
  getBroadcast,
  listDueBroadcasts,
  prepareBroadcast,
  recipientKey,
  settleLost,
  settleRecipients,
  takeRecipients,
  timeToTurn,
} from "../../store/broadcast-store.ts";
import type { JobContext, JobKind } from "../jobs.ts";

const dataSchema = z.object({ id: z.number() });

/** Recipients that are handed in at once where nobody set a rate: the waist takes them as batches. */
const sliceSize = 500;
/** A turn that is further off is another job's. */
const longestWaitMs = 500;
/** A job gives its hand back after so long and comes again. */
const longestMs = 5_000;

const catalogue: Readonly<Record<string, AnyAction>> = actions;
/** Actions that say something to the contact, now or later. A tag is for the banned and the unreachable too. */
const reachingGroups: ReadonlySet<string> = new Set(["messages", "flows", "sequences"] satisfies AnyAction["group"][]);

/** Makes the job that takes a broadcast on. */
export function toBroadcastJob(id: number, startAt?: number): JobRequest {
  return { kind: "run-broadcast", data: { id }, group: String(id), ...(startAt === undefined ? {} : { startAt }) };
}

/**
 * Takes a broadcast on for a while: puts its audience into the ledger, then hands recipients in as fast as its rate allows. Any number of these may run: turns are taken in the database, and a
 * recipient that is handed in twice is known by its key.
 */
export const runBroadcast: JobKind = {
  kind: "run-broadcast",
  retryLimit: 10,
  atOnce: 8,
  perGroup: 1,
  async run(data, context) {
    const { id } = dataSchema.parse(data);
    const { db, now } = context;
    await beginBroadcast(db, id, new Date(now()));
    const end = performance.now() + longestMs;
    while (performance.now() < end) {
      const broadcast = await getBroadcast(db, id);
      if (broadcast?.status === "preparing") await prepareBroadcast(db, broadcast, new Date(now()));
      else if (broadcast?.status === "running") {
        const pause = await sendSlice(broadcast, context);
        if (pause === undefined) return;
        if (pause > 0) {
          await context.enqueue(db, [toBroadcastJob(id, now() + pause)]);
          return;
        }
      } else return;
    }
    await context.enqueue(db, [toBroadcastJob(id)]);
  },
};

/** Sees to it that every broadcast that is due has a job, also after a crash between two of them. */
export const broadcastsDue: JobKind = {
  kind: "broadcasts-due",
  cron: "* * * * *",
  retryLimit: 3,
  async run(_data, { db, enqueue, now }) {
    await settleLost(db, new Date(now()));
    const due = await listDueBroadcasts(db, new Date(now()));
    await enqueue(
      db,
      due.map((id) => toBroadcastJob(id)),
    );
  },
};

/** Milliseconds until the next slice; undefined: nothing more for this job to do. */
async function sendSlice(broadcast: Broadcast, context: JobContext): Promise<number | undefined> {
  const { id, perMinute } = broadcast;
  const { db, now } = context;
  // A job may come some milliseconds early, where the database's clock goes ahead.
  await setTimeout(Math.min(longestWaitMs, await timeToTurn(db, id, new Date(now()))));
  const at = now();
  // Slow rates go one by one; fast ones in slices of about a second, whose time follows from the rate exactly.
  const count = perMinute === null ? sliceSize : Math.max(1, Math.floor(perMinute / 60));
  const everyMs = perMinute === null ? 0 : (count * 60_000) / perMinute;
  const reaches = broadcast.actions.some(({ action }) => reachingGroups.has(catalogue[action]?.group ?? "messages"));
  const slice = await takeRecipients(db, id, { count, at: new Date(at), everyMs, reaches });
  // Another job has this turn, and goes on.
  if (slice === undefined) return undefined;
  const { due, nextAt } = slice;
  if (due.length === 0) {
    if (await finishBroadcast(db, id, new Date(now()))) return undefined;
    // Some were taken up by a process that died: they come back in a while.
    return 10_000;
  }
  const results = await Promise.all(due.map((recipient) => handIn(broadcast, recipient, context)));
  await settleRecipients(db, id, results, new Date(now()));
  return Math.max(0, nextAt.getTime() - now());
}

async function handIn({ id, actions }: Broadcast, { contactId, obstacle }: DueRecipient, { submit }: JobContext) {
  if (obstacle !== null) return { contactId, status: "skipped", reason: obstacle } as const;
  const reply = await submit({
    target: { contactId },
    happening: { kind: "actions", actions },
    source: "broadcast",
    dedupeKey: recipientKey(id, contactId),
  });
  if (reply.status === "refused") return { contactId, status: "failed", reason: reply.message } as const;
  const refused = reply.results?.find((result) => !result.ok);
  if (refused?.ok === false) return { contactId, status: "failed", reason: refused.error.message } as const;
  return { contactId, status: "sent", reason: null } as const;
}

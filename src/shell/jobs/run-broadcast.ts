import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { actions } from "../../actions/index.ts";
import { reaches } from "../../actions/reaching.ts";
import type { AnyAction } from "../../engine/action-type.ts";
import type { JobRequest } from "../../model/outcome.ts";
import { skipRest } from "../../store/broadcast-cancel-store.ts";
import { removeLedger } from "../../store/broadcast-delete-store.ts";
import {
  type DueRecipient,
  findNextTurn,
  handBackRecipients,
  readTest,
  type Settled,
  settleLost,
  settleRecipients,
  takeRecipients,
} from "../../store/broadcast-ledger-store.ts";
import { firstPieceSize, nextPieceSize, prepareBroadcast } from "../../store/broadcast-prepare-store.ts";
import { bestVariant, reportBroadcast } from "../../store/broadcast-report-store.ts";
import {
  type Broadcast,
  beginBroadcast,
  delayBroadcast,
  endTest,
  finishBroadcast,
  getBroadcast,
  keepWinner,
  listDueBroadcasts,
  recipientKey,
  timeToTurn,
} from "../../store/broadcast-store.ts";
import { findForeignActions } from "../../store/known-kind-store.ts";
import type { JobContext, JobKind } from "../jobs.ts";
import { LeftToNewer } from "../submission.ts";

const dataSchema = z.object({ id: z.number() });

/** Recipients that are taken up at once where nobody set a rate. */
const sliceSize = 500;
const groupSize = 40;
const groupsAtOnce = 2;
/** A turn that is further off is another job's. */
const longestWaitMs = 500;
/** A job gives its hand back after so long and comes again. */
const longestMs = 5_000;
/** The channels' queues are looked at so often where they are full. */
const roomMs = 200;
/** Some were taken up by a process that died: they come back in a while. */
const lostMs = 5_000;
/** News for those who look on, at most so often. */
const newsMs = 700;
const hourMs = 3_600_000;

const catalogue: Readonly<Record<string, AnyAction>> = actions;

/** Makes the job that takes a broadcast on. */
export function toBroadcastJob(id: number, startAt?: number): JobRequest {
  return { kind: "run-broadcast", data: { id }, group: String(id), ...(startAt === undefined ? {} : { startAt }) };
}

/**
 * Takes a broadcast on for a while: puts its audience into the ledger, then hands recipients in as fast as its rate allows; of a cancelled one it leaves out whoever waits, and a deleted one it takes away. Any number of these may run: turns are taken in the database, and a
 * recipient that is handed in twice is known by its key.
 */
export const runBroadcast: JobKind = {
  kind: "run-broadcast",
  retryLimit: 10,
  isLeftToNewer: true,
  atOnce: 8,
  perGroup: 1,
  async run(data, context) {
    const { id } = dataSchema.parse(data);
    const { db, now } = context;
    await beginBroadcast(db, id, new Date(now()));
    const end = performance.now() + longestMs;
    const news = createNews(context);
    const pieces: Pieces = { size: firstPieceSize, doneTo: 0 };
    try {
      while (performance.now() < end) {
        const broadcast = await getBroadcast(db, id);
        if (broadcast === undefined) return;
        news.tell(broadcast);
        const pause = await takeStep(broadcast, pieces, context);
        if (pause === undefined) return;
        if (pause.inJob) await setTimeout(pause.ms);
        else if (pause.ms > 0) {
          await context.enqueue(db, [toBroadcastJob(id, now() + pause.ms)]);
          return;
        }
      }
      await context.enqueue(db, [toBroadcastJob(id)]);
    } finally {
      await news.end(id);
    }
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

/** Tells those who look on, now and then, and once more at the end. */
function createNews({ db, announceBroadcast }: JobContext) {
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = ({ id, workspaceId, botId, deletedAt }: Broadcast) => {
    if (deletedAt === null) announceBroadcast({ workspaceId, botId, broadcastId: id });
  };
  return {
    tell(broadcast: Broadcast) {
      if (performance.now() - toldAt < newsMs) return;
      toldAt = performance.now();
      tell(broadcast);
    },
    async end(id: number) {
      const broadcast = await getBroadcast(db, id);
      if (broadcast !== undefined) tell(broadcast);
    },
  };
}

/** Until the next slice, in this job or (after more than 0) in another. */
interface Pause {
  readonly ms: number;
  readonly inJob?: true;
}

/** How far a job is that goes over a ledger by pieces. */
interface Pieces {
  /** Contacts that are put into the ledger next. */
  size: number;
  /** The last who was left out of a cancelled one, or taken out of a deleted one. */
  doneTo: number;
}

/** What is next in the broadcast's life. Undefined: nothing more for this job to do. */
async function takeStep(broadcast: Broadcast, pieces: Pieces, context: JobContext): Promise<Pause | undefined> {
  const { db, now } = context;
  const { id, status, deletedAt } = broadcast;
  if (deletedAt !== null) return goOn(pieces, await removeLedger(db, id, { after: pieces.doneTo }));
  if (status === "running") return await sendSlice(broadcast, context);
  if (status === "preparing") {
    const began = performance.now();
    await prepareBroadcast(db, broadcast, new Date(now()), pieces.size);
    pieces.size = nextPieceSize(pieces.size, performance.now() - began);
    return { ms: 0 };
  }
  if (status !== "cancelled") return undefined;
  // Whoever comes to wait below that by a merge is found by the look of every minute.
  return goOn(pieces, await skipRest(db, id, { after: pieces.doneTo, at: new Date(now()) }));
}

function goOn(pieces: Pieces, last: number | undefined): Pause | undefined {
  if (last === undefined) return undefined;
  pieces.doneTo = last;
  return { ms: 0 };
}

/** Undefined: nothing more for this job to do. */
async function sendSlice(broadcast: Broadcast, context: JobContext): Promise<Pause | undefined> {
  const { id, botId, perMinute } = broadcast;
  const { db, now } = context;
  await leaveToNewer(broadcast, db);
  // A job may come some milliseconds early, where the database's clock goes ahead.
  await setTimeout(Math.min(longestWaitMs, await timeToTurn(db, id, new Date(now()))));
  const room = await context.bulkRoom(botId);
  // Not one by one as each leaves: that would be a transaction for each recipient.
  if (room.free < Math.min(sliceSize, room.most / 4)) return { ms: roomMs, inJob: true };
  const at = now();
  // Slow rates go one by one; fast ones in slices of about a second, whose time follows from the rate exactly.
  const wanted = perMinute === null ? sliceSize : Math.max(1, Math.floor(perMinute / 60));
  const count = Math.min(wanted, room.free);
  const everyMs = perMinute === null ? 0 : (count * 60_000) / perMinute;
  const slice = await takeRecipients(db, broadcast, {
    count,
    at: new Date(at),
    everyMs,
    reaches: reaches(actionsOf(broadcast)),
  });
  // Another job has this turn, and goes on.
  if (slice === undefined) return undefined;
  const { due, nextAt } = slice;
  if (due.length === 0) return await whenNobodyIsDue(broadcast, context);
  const { settled, left } = await handInAll(broadcast, due, context);
  await settleRecipients(db, id, settled, new Date(now()));
  if (left !== undefined) {
    // Else they would have to be taken for lost before the newer release may take them up.
    await handBackRecipients(db, id, due);
    throw left;
  }
  return { ms: Math.max(0, nextAt.getTime() - now()) };
}

/** The end; or the time until the winner is chosen, until somebody's turn comes, or until what a process held that died is known to be lost. */
async function whenNobodyIsDue(broadcast: Broadcast, { db, now }: JobContext): Promise<Pause | undefined> {
  const { id, split, winner } = broadcast;
  const at = new Date(now());
  if (await finishBroadcast(db, id, at)) return undefined;
  if (split !== null && winner === null) {
    const { isOpen, hasRest } = await readTest(db, id);
    if (!isOpen && hasRest) return await whenTested(broadcast, split, { db, at });
  }
  const next = await findNextTurn(db, broadcast);
  if (next === undefined || next.getTime() <= at.getTime() + lostMs) return { ms: lostMs };
  await delayBroadcast(db, id, next);
  return { ms: next.getTime() - at.getTime() };
}

/** Every share was handed in: the winner is chosen, or the time until then begins. */
async function whenTested(
  broadcast: Broadcast,
  split: NonNullable<Broadcast["split"]>,
  { db, at }: Pick<JobContext, "db"> & { readonly at: Date },
): Promise<Pause | undefined> {
  const { id } = broadcast;
  const { winnerBy, afterMinutes } = split;
  const testedAt = await endTest(db, id, at);
  if (winnerBy === "hand") {
    // Whoever chooses makes a job.
    await delayBroadcast(db, id, new Date(at.getTime() + hourMs));
    return undefined;
  }
  const choiceAt = new Date(testedAt.getTime() + afterMinutes * 60_000);
  if (at < choiceAt) {
    await delayBroadcast(db, id, choiceAt);
    return { ms: choiceAt.getTime() - at.getTime() };
  }
  await keepWinner(db, id, bestVariant(await reportBroadcast(db, broadcast), winnerBy), at);
  return { ms: 0 };
}

const actionsOf = ({ actions: all, split }: Broadcast) => [
  ...all,
  ...(split?.variants ?? []).flatMap((variant) => variant.actions),
];

/** Throws `LeftToNewer` where a newer release has told of an action that this one would have to refuse. */
async function leaveToNewer(broadcast: Broadcast, db: JobContext["db"]): Promise<void> {
  const names = actionsOf(broadcast).map(({ action }) => action);
  const [foreign] = await findForeignActions(db, names, new Set(Object.keys(catalogue)));
  if (foreign === undefined) return;
  throw new LeftToNewer(
    `broadcast ${broadcast.id} has an ${foreign}, which only a newer release knows; this process leaves it to that`,
    broadcast.botId,
  );
}

/** What a recipient gets. */
const actionsFor = ({ actions: all, split }: Broadcast, variant: number | null) =>
  (variant === null ? undefined : split?.variants[variant - 1]?.actions) ?? all;

/** By small groups, some of them beside each other: the event of somebody who writes meanwhile waits for the transactions under way, and those are short. */
async function handInAll(broadcast: Broadcast, due: readonly DueRecipient[], context: JobContext): Promise<HandedIn> {
  const waiting = [...due];
  const settled: Settled[] = [];
  let left: LeftToNewer | undefined;
  const work = async () => {
    while (waiting.length > 0 && left === undefined) {
      const group = waiting.splice(0, groupSize);
      const results = await Promise.all(group.map((recipient) => handInOrLeave(broadcast, recipient, context)));
      for (const result of results) {
        if (result instanceof LeftToNewer) left = result;
        else settled.push(result);
      }
    }
  };
  await Promise.all(Array.from({ length: groupsAtOnce }, work));
  return { settled, left };
}

/** `left`: whoever is not settled is for a newer release. */
interface HandedIn {
  readonly settled: readonly Settled[];
  readonly left: LeftToNewer | undefined;
}

async function handInOrLeave(
  broadcast: Broadcast,
  recipient: DueRecipient,
  context: JobContext,
): Promise<Settled | LeftToNewer> {
  try {
    return await handIn(broadcast, recipient, context);
  } catch (thrown) {
    if (thrown instanceof LeftToNewer) return thrown;
    throw thrown;
  }
}

async function handIn(
  broadcast: Broadcast,
  { contactId, obstacle, variant }: DueRecipient,
  { submit }: JobContext,
): Promise<Settled> {
  if (obstacle !== null) return { contactId, status: "skipped", reason: obstacle, eventId: null };
  const reply = await submit({
    target: { contactId },
    happening: { kind: "actions", actions: actionsFor(broadcast, variant) },
    source: "broadcast",
    dedupeKey: recipientKey(broadcast.id, contactId),
  });
  const { eventId = null } = reply;
  if (reply.status === "refused") return { contactId, status: "failed", reason: reply.message, eventId };
  const refused = reply.results?.find((result) => !result.ok);
  if (refused?.ok === false) return { contactId, status: "failed", reason: refused.error.message, eventId };
  return { contactId, status: "sent", reason: null, eventId };
}

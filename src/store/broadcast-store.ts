import { sql } from "kysely";
import { firstMoment } from "../engine/broadcast-times.ts";
import type { ActionCall } from "../model/action-call.ts";
import { AppError } from "../model/app-error.ts";
import {
  type AskedAudience,
  type Audience,
  type BroadcastPlan,
  type BroadcastResult,
  type BroadcastSplit,
  type BroadcastStatus,
  lacksRules,
} from "../model/broadcast.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

export interface Broadcast {
  readonly id: number;
  readonly workspaceId: number;
  readonly botId: number;
  readonly name: string;
  readonly audience: Audience;
  /** Null: nobody kept it; the audience says it too. */
  readonly asked: AskedAudience | null;
  /** One more with each change of the draft. */
  readonly revision: number;
  readonly actions: readonly ActionCall[];
  /** Null: as fast as it goes; channels keep their own rates. */
  readonly perMinute: number | null;
  readonly status: BroadcastStatus;
  readonly startAt: Date | null;
  /** Null: everybody is in the ledger. */
  readonly preparedAfter: number | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly plan: BroadcastPlan;
  /** Null: everybody gets `actions`. */
  readonly split: BroadcastSplit | null;
  /** The variant, from 1 on, for whoever is in no share; null: not chosen yet. */
  readonly winner: number | null;
  /** When the last of the shares was handed in. */
  readonly testedAt: Date | null;
  /** Recipients a second, of late; null: unknown. */
  readonly pace: number | null;
  /** Since when it is there for nobody any more; its ledger goes away by pieces. */
  readonly deletedAt: Date | null;
}

export const broadcastColumns = [
  "id",
  "workspaceId",
  "botId",
  "name",
  "audience",
  "asked",
  "revision",
  "actions",
  "perMinute",
  "status",
  "startAt",
  "preparedAfter",
  "createdAt",
  "startedAt",
  "endedAt",
  "plan",
  "split",
  "winner",
  "testedAt",
  "pace",
  "deletedAt",
] as const;

/** What a caller may see of them. */
export function visibleBroadcasts(db: Database, { workspaceId, botId }: Access) {
  const rows = db
    .selectFrom("broadcasts")
    .select(broadcastColumns)
    .where("workspaceId", "=", workspaceId)
    .where("deletedAt", "is", null);
  return botId === undefined ? rows : rows.where("botId", "=", botId);
}

/** Those that send something, or those that do not: every recipient gets the same actions, all of which are quiet. */
export interface Sending {
  readonly sends: boolean;
  /** By these nobody comes to hear anything. */
  readonly quiet: readonly string[];
}

const isBulkChange = (quiet: readonly string[]) =>
  sql<boolean>`(split is null and jsonb_array_length(actions) > 0 and not exists (
    select from jsonb_array_elements(actions) as call where call ->> 'action' not in (${sql.join(quiet)})))`;

const isOfSending = ({ sends, quiet }: Sending) =>
  sends ? sql<boolean>`not ${isBulkChange(quiet)}` : isBulkChange(quiet);

/** Newest first, from below id `before`. */
export async function listBroadcasts(
  db: Database,
  access: Access,
  page: { readonly before?: number | undefined; readonly limit: number; readonly sending?: Sending | undefined },
): Promise<Broadcast[]> {
  const { sending } = page;
  const rows = visibleBroadcasts(db, access);
  return await (sending === undefined ? rows : rows.where(isOfSending(sending)))
    .$if(page.before !== undefined, (rows) => rows.where("id", "<", page.before ?? 0))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

/** Those that send something and began in a stretch of time, newest first. `result`: null until they are finished. */
export async function listStartedBroadcasts(
  db: Database,
  access: Access,
  {
    since,
    until,
    limit,
    quiet,
  }: { readonly since: Date; readonly until: Date; readonly limit: number; readonly quiet: Sending["quiet"] },
): Promise<(Broadcast & { readonly startedAt: Date; readonly result: BroadcastResult | null })[]> {
  return await visibleBroadcasts(db, access)
    .select("result")
    .where(isOfSending({ sends: true, quiet }))
    .where("startedAt", ">=", since)
    .where("startedAt", "<", until)
    .$narrowType<{ startedAt: Date }>()
    .orderBy("startedAt", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** Whoever's it is, and also while it is being deleted: for those who run it. */
export async function getBroadcast(db: Database, id: number): Promise<Broadcast | undefined> {
  return await db.selectFrom("broadcasts").select(broadcastColumns).where("id", "=", id).executeTakeFirst();
}

/** Throws `broadcast.not_found`. */
export async function requireBroadcast(db: Database, access: Access, id: number): Promise<Broadcast> {
  const found = await visibleBroadcasts(db, access).where("id", "=", id).executeTakeFirst();
  if (found === undefined) throw new AppError("broadcast.not_found", say`there is no broadcast ${{ id }}`);
  return found;
}

/** What each step of a broadcast's life is allowed from. */
const allowedFrom = {
  start: ["draft"],
  pause: ["scheduled", "preparing", "running"],
  resume: ["paused"],
  cancel: ["draft", "scheduled", "preparing", "running", "paused"],
} as const satisfies Readonly<Record<string, readonly BroadcastStatus[]>>;

/**
 * Moves a broadcast on, once however often it is asked; one that is cancelled may be cancelled again, which changes nothing. Whoever waited then is `skipRest`'s.
 * Throws `broadcast.not_found`, `broadcast.bad_state`, `broadcast.no_rules`.
 */
export async function moveBroadcast(
  trx: Database,
  access: Access,
  id: number,
  step: keyof typeof allowedFrom,
  at: Date,
): Promise<Broadcast> {
  const old = await requireBroadcast(trx, access, id);
  if (step === "cancel" && old.status === "cancelled") return old;
  if (step === "start" && old.status === "draft" && lacksRules(old.asked)) {
    throw new AppError(
      "broadcast.no_rules",
      say`the broadcast goes by a condition that has no rules: add one, or choose everybody`,
    );
  }
  const startAt = old.plan.local === undefined ? old.startAt : new Date(firstMoment(old.plan.local));
  const isLater = startAt !== null && startAt > at;
  const next: Readonly<Record<typeof step, BroadcastStatus>> = {
    start: isLater ? "scheduled" : "preparing",
    pause: "paused",
    resume: isLater ? "scheduled" : old.preparedAfter === null ? "running" : "preparing",
    cancel: "cancelled",
  };
  const moved = await trx
    .updateTable("broadcasts")
    .set({ status: next[step], nextAt: at, pacedAt: null, pace: null, ...(step === "start" ? { startAt } : {}) })
    .$if(step === "cancel", (update) => update.set({ endedAt: at }))
    .where("id", "=", id)
    .where("status", "in", [...allowedFrom[step]])
    .where("deletedAt", "is", null)
    .returning(broadcastColumns)
    .executeTakeFirst();
  if (moved === undefined) {
    throw new AppError(
      "broadcast.bad_state",
      say`a broadcast that is ${{ status: old.status }} cannot be told to ${{ command: step }}`,
    );
  }
  return moved;
}

/** Those that something is to be done for now, cancelled ones with recipients that still wait, and deleted ones, among them. */
export async function listDueBroadcasts(db: Database, at: Date): Promise<number[]> {
  const alive = await db
    .selectFrom("broadcasts")
    .select("id")
    .where("status", "in", ["scheduled", "preparing", "running"])
    .where((eb) => eb.or([eb("status", "!=", "scheduled"), eb("startAt", "<=", at)]))
    // Whoever waits for somebody's morning, or for a winner, has a job for then.
    .where((eb) => eb.or([eb("status", "!=", "running"), eb("nextAt", "is", null), eb("nextAt", "<=", at)]))
    .execute();
  const cancelled = await db
    .selectFrom("broadcasts")
    .select("id")
    .where("status", "=", "cancelled")
    .where("deletedAt", "is", null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("broadcastRecipients")
          .whereRef("broadcastRecipients.broadcastId", "=", "broadcasts.id")
          .where("broadcastRecipients.status", "=", "waiting"),
      ),
    )
    .execute();
  const deleted = await db.selectFrom("broadcasts").select("id").where("deletedAt", "is not", null).execute();
  return [...alive, ...cancelled, ...deleted].map(({ id }) => id);
}

/** A scheduled broadcast whose time has come begins to be prepared. */
export async function beginBroadcast(db: Database, id: number, at: Date): Promise<void> {
  await db
    .updateTable("broadcasts")
    .set({ status: "preparing" })
    .where("id", "=", id)
    .where("status", "=", "scheduled")
    .where("startAt", "<=", at)
    .execute();
}

/** Chooses what everybody who is in no share gets, once. Throws `broadcast.not_found`, `broadcast.bad_state`. */
export async function chooseWinner(
  trx: Database,
  access: Access,
  id: number,
  { winner, at }: { readonly winner: number; readonly at: Date },
): Promise<Broadcast> {
  const { status, split } = await requireBroadcast(trx, access, id);
  if (split === null || split.variants[winner - 1] === undefined) {
    throw new AppError("broadcast.bad_state", say`the broadcast has no variant ${{ winner }}`);
  }
  const chosen = await keepWinner(trx, id, winner, at);
  if (chosen !== undefined) return chosen;
  throw new AppError(
    "broadcast.bad_state",
    say`of a broadcast that is ${{ status }} no winner can be chosen, or it has one`,
  );
}

/** Undefined: it has a winner, or is not under way. */
export async function keepWinner(db: Database, id: number, winner: number, at: Date): Promise<Broadcast | undefined> {
  return await db
    .updateTable("broadcasts")
    .set({ winner, nextAt: at })
    .where("id", "=", id)
    .where("winner", "is", null)
    .where("status", "in", ["preparing", "running", "paused"])
    .returning(broadcastColumns)
    .executeTakeFirst();
}

/** The last of the shares has been handed in: the time until the choice begins. Returns when it did. */
export async function endTest(db: Database, id: number, at: Date): Promise<Date> {
  const { testedAt } = await db
    .updateTable("broadcasts")
    .set({ testedAt: sql<Date>`coalesce(tested_at, ${at})` })
    .where("id", "=", id)
    .returning("testedAt")
    .executeTakeFirstOrThrow();
  return testedAt ?? at;
}

/** Nothing can be done before that. */
export async function delayBroadcast(db: Database, id: number, until: Date): Promise<void> {
  await sql`update broadcasts set next_at = greatest(next_at, ${until}) where id = ${id} and status = 'running'`.execute(
    db,
  );
}

/** Milliseconds until the next turn; 0 where it is over, or there is none. */
export async function timeToTurn(db: Database, id: number, at: Date): Promise<number> {
  const row = await db.selectFrom("broadcasts").select("nextAt").where("id", "=", id).executeTakeFirst();
  return Math.max(0, (row?.nextAt?.getTime() ?? 0) - at.getTime());
}

/** Ends a broadcast that has nobody left. False: some are still under way. */
export async function finishBroadcast(db: Database, id: number, at: Date): Promise<boolean> {
  const { rows } = await sql`update broadcasts set status = 'finished', ended_at = ${at}, result = (
      select jsonb_build_object('sent', count(*) filter (where status = 'sent'), 'failed', count(*) filter (where status = 'failed'),
        'skipped', count(*) filter (where status = 'skipped'))
      from broadcast_recipients where broadcast_id = ${id})
    where id = ${id} and status = 'running' and not exists (
      select from broadcast_recipients where broadcast_id = ${id} and status in ('waiting', 'sending'))
    returning id`.execute(db);
  return rows.length > 0;
}

/** What the waist knows a recipient's event by. */
export function recipientKey(broadcastId: number, contactId: number): string {
  return `b${broadcastId}:${contactId}`;
}

import { reaches } from "../../actions/reaching.ts";
import type { ActionCall } from "../../model/action-call.ts";
import type { BroadcastSplit } from "../../model/broadcast.ts";
import { countRecipients, findLastTurn } from "../../store/broadcast-ledger-store.ts";
import type { Broadcast } from "../../store/broadcast-store.ts";
import type { Database } from "../../store/database.ts";
import type { BroadcastBody, BroadcastSplitBody, BroadcastWhat } from "../contract/broadcasts.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

/** Several, with how far they are. */
export async function presentBroadcasts(
  db: Database,
  broadcasts: readonly Broadcast[],
  now: number,
): Promise<BroadcastBody[]> {
  const counts = await countRecipients(
    db,
    broadcasts.map(({ id }) => id),
  );
  const presented: BroadcastBody[] = [];
  for (const broadcast of broadcasts) {
    const recipients = counts.get(broadcast.id) ?? { waiting: 0, sending: 0, sent: 0, failed: 0, skipped: 0 };
    const left = recipients.waiting + recipients.sending;
    presented.push({
      ...presentSettings(broadcast),
      recipients: { ...recipients },
      expectedEnd: toInstantOrNull(await expectEnd(db, broadcast, left, now)),
    });
  }
  return presented;
}

/** One alone, with whom it goes to. */
export async function presentBroadcast(db: Database, broadcast: Broadcast, now: number) {
  const [presented] = await presentBroadcasts(db, [broadcast], now);
  if (presented === undefined) throw new Error("a broadcast was presented as none");
  return { ...presented, audience: presentAudience(broadcast) };
}

function presentSettings(broadcast: Broadcast): Omit<BroadcastBody, "recipients" | "expectedEnd"> {
  const { id, botId, name, status, perMinute, startAt, createdAt, startedAt, endedAt, actions } = broadcast;
  const { revision, plan, split, winner, testedAt, pace } = broadcast;
  return {
    ...{ id, botId, name, status, perMinute, revision, winner },
    // Of a local time it is only when the first clocks show it.
    startAt: plan.local === undefined ? toInstantOrNull(startAt) : null,
    createdAt: toInstant(createdAt),
    startedAt: toInstantOrNull(startedAt),
    endedAt: toInstantOrNull(endedAt),
    perSecond: status === "running" ? pace : null,
    actions: [...actions],
    sends: split !== null || actions.length === 0 || reaches(actions),
    plan: plan as BroadcastBody["plan"],
    split: split as BroadcastBody["split"],
    choiceAt: toInstantOrNull(choiceOf(broadcast)),
    isTested: testedAt !== null,
  };
}

/** When the winner is chosen; null: by hand, already, or not known yet. */
function choiceOf({ split, winner, testedAt }: Broadcast): Date | null {
  if (split === null || split.winnerBy === "hand" || winner !== null || testedAt === null) return null;
  return new Date(testedAt.getTime() + split.afterMinutes * 60_000);
}

/** By its rate and its pace of late, whichever is slower; not before the last has their turn. */
async function expectEnd(db: Database, broadcast: Broadcast, left: number, now: number): Promise<Date | null> {
  const { status, perMinute, pace, split, winner } = broadcast;
  if (status !== "running" || left === 0) return null;
  const speeds = [perMinute === null ? undefined : perMinute / 60, pace ?? undefined].filter(
    (one) => one !== undefined && one > 0,
  );
  const choiceAt = choiceOf(broadcast);
  // Nobody knows when somebody chooses.
  if (speeds.length === 0 || (split !== null && winner === null && choiceAt === null && hasRest(split))) return null;
  const last = await findLastTurn(db, broadcast);
  const from = Math.max(now, choiceAt?.getTime() ?? 0);
  return new Date(Math.max(from + (left / Math.min(...(speeds as number[]))) * 1_000, last?.getTime() ?? 0));
}

const hasRest = ({ variants }: BroadcastSplit) => variants.reduce((sum, { share }) => sum + share, 0) < 100;

/** Who gets it, as it was asked for, or as the ledger will be filled. */
export function presentAudience({ asked, audience }: Broadcast) {
  if (asked !== null) return asked;
  if ("contacts" in audience) return { contacts: audience.contacts };
  const { condition, search } = audience;
  return { condition, ...(search === undefined ? {} : { q: search }) };
}

/** What each recipient gets; undefined: nothing is said of it. */
export function toActions({ content, flow, step, actions }: BroadcastWhat): readonly ActionCall[] | undefined {
  if (actions !== undefined) return actions;
  if (content !== undefined) return [{ action: "send_message", args: { content } }];
  if (flow === undefined) return undefined;
  return [{ action: "start_flow", args: { flow, ...(step === undefined ? {} : { step }) } }];
}

/** The versions with what each sends, named by letters where they have no names. */
export function toSplit({ variants, winnerBy, afterMinutes }: BroadcastSplitBody): BroadcastSplit {
  return {
    variants: variants.map(({ name, share, ...what }, index) => ({
      name: name ?? String.fromCharCode(65 + index),
      share,
      actions: toActions(what) ?? [],
    })),
    ...{ winnerBy, afterMinutes },
  };
}

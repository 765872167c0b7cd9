import type { ActionCall } from "../model/action-call.ts";
import type { AskedAudience, Audience, BroadcastPlan, BroadcastSplit } from "../model/broadcast.ts";
import type { ConditionGroup } from "../model/condition.ts";
import { toBroadcastJob } from "../shell/jobs/run-broadcast.ts";
import { createBroadcast } from "../store/broadcast-draft-store.ts";
import { type Broadcast, moveBroadcast } from "../store/broadcast-store.ts";
import type { Database } from "../store/database.ts";
import { requireSegment } from "../store/segment-store.ts";
import type { Access } from "../store/workspace-store.ts";
import type { HttpDependencies } from "./dependencies.ts";

/** Throws `segment.not_found`. */
export async function toAudience(db: Database, access: Access, asked: AskedAudience): Promise<Audience> {
  const { contacts, tags, excludeTags = [], segments, condition, q: search } = asked;
  if (contacts !== undefined) return { contacts: [...new Set(contacts)].sort((a, b) => a - b) };
  const any: ConditionGroup["rules"] = (tags ?? []).map((key) => ({ subject: "tag", key, operator: "has" }));
  for (const id of segments ?? []) any.push((await requireSegment(db, access, id)).condition);
  if (condition !== undefined) any.push(condition);
  const rules: ConditionGroup["rules"] = excludeTags.map((key) => ({ subject: "tag", key, operator: "has_not" }));
  if (any.length > 0) rules.push({ match: "any", rules: any });
  return { condition: { match: "all", rules }, ...(search === undefined ? {} : { search }) };
}

/** Makes a broadcast and, where wanted, starts it, in the given transaction. */
export async function makeBroadcast(
  { enqueueJobs, now }: Pick<HttpDependencies, "enqueueJobs" | "now">,
  trx: Database,
  wanted: {
    readonly access: Access;
    readonly botId: number;
    readonly name: string;
    readonly audience: Audience;
    readonly asked?: AskedAudience;
    readonly actions: readonly ActionCall[];
    readonly perMinute: number | null;
    readonly startAt: Date | null;
    readonly plan?: BroadcastPlan;
    readonly split?: BroadcastSplit | null;
    readonly start: boolean;
  },
): Promise<Broadcast> {
  const { access, start, ...values } = wanted;
  const at = new Date(now());
  const made = await createBroadcast(trx, { ...values, workspaceId: access.workspaceId, at });
  return start ? await setBroadcastGoing({ enqueueJobs, now }, trx, access, made.id, "start") : made;
}

/** Starts, resumes or cancels: the job that does the rest is there if and only if that commits. Throws `broadcast.bad_state`, `broadcast.no_rules`. */
export async function setBroadcastGoing(
  { enqueueJobs, now }: Pick<HttpDependencies, "enqueueJobs" | "now">,
  trx: Database,
  access: Access,
  id: number,
  step: "start" | "resume" | "cancel",
): Promise<Broadcast> {
  const broadcast = await moveBroadcast(trx, access, id, step, new Date(now()));
  const startAt = broadcast.status === "scheduled" ? broadcast.startAt?.getTime() : undefined;
  await enqueueJobs(trx, [toBroadcastJob(id, startAt)]);
  return broadcast;
}

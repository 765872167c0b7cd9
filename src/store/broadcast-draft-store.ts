import { AppError } from "../model/app-error.ts";
import type { AskedAudience, BroadcastPlan, BroadcastSplit } from "../model/broadcast.ts";
import { say } from "../model/sentence.ts";
import { type Broadcast, broadcastColumns, requireBroadcast, visibleBroadcasts } from "./broadcast-store.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

export async function createBroadcast(
  trx: Database,
  broadcast: Pick<Broadcast, "workspaceId" | "botId" | "name" | "audience" | "actions" | "perMinute" | "startAt"> & {
    readonly asked?: AskedAudience | null;
    readonly plan?: BroadcastPlan;
    readonly split?: BroadcastSplit | null;
    readonly at: Date;
  },
): Promise<Broadcast> {
  const { audience, asked = null, actions, plan = {}, split = null, at, ...rest } = broadcast;
  return await trx
    .insertInto("broadcasts")
    .values({
      ...rest,
      audience: JSON.stringify(audience),
      asked: asked === null ? null : JSON.stringify(asked),
      actions: JSON.stringify(actions),
      plan: JSON.stringify(plan),
      split: split === null ? null : JSON.stringify(split),
      status: "draft",
      createdAt: at,
    })
    .returning(broadcastColumns)
    .executeTakeFirstOrThrow();
}

/**
 * Changes a draft that is still at `revision`; what is not given stays. Throws `broadcast.not_found`, `broadcast.bad_state`, `broadcast.changed` where somebody
 * changed it meanwhile.
 */
export async function changeBroadcast(
  trx: Database,
  access: Access,
  id: number,
  {
    revision,
    name,
    audience,
    asked,
    actions,
    perMinute,
    startAt,
    plan,
    split,
  }: { readonly revision: number } & {
    readonly [K in "name" | "audience" | "asked" | "actions" | "perMinute" | "startAt" | "plan" | "split"]?:
      | Broadcast[K]
      | undefined;
  },
): Promise<Broadcast> {
  const changed = await trx
    .updateTable("broadcasts")
    .set((eb) => ({
      revision: eb("revision", "+", 1),
      ...(name === undefined ? {} : { name }),
      ...(audience === undefined ? {} : { audience: JSON.stringify(audience), asked: JSON.stringify(asked ?? null) }),
      ...(actions === undefined ? {} : { actions: JSON.stringify(actions) }),
      ...(perMinute === undefined ? {} : { perMinute }),
      ...(startAt === undefined ? {} : { startAt }),
      ...(plan === undefined ? {} : { plan: JSON.stringify(plan) }),
      ...(split === undefined ? {} : { split: split === null ? null : JSON.stringify(split) }),
    }))
    .where("id", "in", visibleBroadcasts(trx, access).clearSelect().select("id").where("id", "=", id))
    .where("status", "=", "draft")
    .where("revision", "=", revision)
    .returning(broadcastColumns)
    .executeTakeFirst();
  if (changed !== undefined) return changed;
  const now = await requireBroadcast(trx, access, id);
  if (now.status !== "draft") {
    throw new AppError(
      "broadcast.bad_state",
      say`a broadcast that is ${{ status: now.status }} cannot be changed; duplicate it`,
    );
  }
  throw new AppError(
    "broadcast.changed",
    say`the draft is at revision ${{ current: now.revision }}, not ${{ revision }}`,
    {
      details: { revision: now.revision },
    },
  );
}

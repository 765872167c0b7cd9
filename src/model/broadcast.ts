import type { ConditionGroup } from "./condition.ts";

export const broadcastStatuses = [
  "draft",
  "scheduled",
  "preparing",
  "running",
  "paused",
  "finished",
  "cancelled",
] as const;
export type BroadcastStatus = (typeof broadcastStatuses)[number];

/** What became of one recipient. `sending`: it is being handed in; after a crash it is handed in again, and known by its key. */
export const recipientStatuses = ["waiting", "sending", "sent", "failed", "skipped"] as const;
export type RecipientStatus = (typeof recipientStatuses)[number];

/** Who gets it: these contacts of the bot, or those for whom a condition holds when it starts, and who are called so. */
export type Audience =
  | { readonly contacts: readonly number[] }
  | { readonly condition: ConditionGroup; readonly search?: string | undefined };

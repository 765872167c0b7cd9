import type { ActionCall } from "./action-call.ts";
import { type ConditionGroup, comparesSomething } from "./condition.ts";

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

/** What a finished broadcast came to: recipients by what became of them. */
export interface BroadcastResult {
  readonly sent: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What is done for contacts where the local time has passed when the broadcast is started. */
export const passedChoices = ["now", "next_day", "skip"] as const;
/** Who is left out because a person looks after them: nobody; whose bot is paused; also whose conversation somebody has taken on. */
export const agentChoices = ["send", "paused", "assigned"] as const;

/** The same hour for everybody, each by their own clock. */
export interface LocalStart {
  /** `YYYY-MM-DDTHH:mm`, of no zone. */
  readonly at: string;
  readonly passed: (typeof passedChoices)[number];
}

/** A stretch of each contact's own day in which nothing is sent; over midnight where `to` is the earlier. Who falls into it gets it when it is over. */
export interface QuietHours {
  /** `HH:mm`, both. */
  readonly from: string;
  readonly to: string;
  /** Who would have to wait longer than this, counted from when it was their turn first, is left out. Absent: they wait. */
  readonly giveUpHours?: number | undefined;
}

/** Everything about a broadcast's time and about who is spared. */
export interface BroadcastPlan {
  readonly local?: LocalStart | undefined;
  readonly quiet?: QuietHours | undefined;
  /** Absent: `paused`. */
  readonly agents?: (typeof agentChoices)[number] | undefined;
  /** Who got another broadcast within so many hours is left out. */
  readonly restHours?: number | undefined;
}

export const winnerChoices = ["hand", "clicks", "replies", "reads"] as const;

export interface BroadcastVariant {
  readonly name: string;
  /** Percent of the audience. */
  readonly share: number;
  readonly actions: readonly ActionCall[];
}

/** Several versions, each for a share of the audience; whoever is in no share gets the winner. */
export interface BroadcastSplit {
  readonly variants: readonly BroadcastVariant[];
  readonly winnerBy: (typeof winnerChoices)[number];
  /** Minutes between the last test recipient and the choice, where nobody makes it by hand. */
  readonly afterMinutes: number;
}

/** What a broadcast came to for one variant, or (null) for all who got none. */
export interface VariantNumbers {
  /** From 1 on, as in the split; null: a broadcast without a split, or who waits for the winner. */
  readonly variant: number | null;
  readonly recipients: number;
  readonly sent: number;
  readonly failed: number;
  readonly skipped: number;
  /** Messages that left, that their platform reported as arrived, as read, and that it refused. */
  readonly messages: {
    readonly sent: number;
    readonly delivered: number;
    readonly read: number;
    readonly failed: number;
    readonly waiting: number;
  };
  /** Recipients who did so within the window after they got it. */
  readonly clicked: number;
  readonly replied: number;
  readonly unsubscribed: number;
}

/** Who gets it: these contacts of the bot, or those for whom a condition holds when it starts, and who are called so. */
export type Audience =
  | { readonly contacts: readonly number[] }
  | { readonly condition: ConditionGroup; readonly search?: string | undefined };

/** Who is to get it, as somebody asked for it: what names tags and segments is turned into an `Audience`. */
export interface AskedAudience {
  /** Everybody of the bot. */
  readonly all?: true | undefined;
  readonly contacts?: readonly number[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly excludeTags?: readonly string[] | undefined;
  readonly segments?: readonly number[] | undefined;
  readonly condition?: ConditionGroup | undefined;
  /** Only who is called so. */
  readonly q?: string | undefined;
}

/** Whether a condition was asked for that compares nothing: taken as it stands it would be everybody, and nobody said so. A door that says whom it means (null) says it in its own way. */
export function lacksRules(asked: AskedAudience | null): boolean {
  return asked?.condition !== undefined && !comparesSomething(asked.condition);
}

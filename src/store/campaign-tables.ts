import type { Generated } from "kysely";
import type { ActionCall } from "../model/action-call.ts";
import type {
  AskedAudience,
  Audience,
  BroadcastPlan,
  BroadcastResult,
  BroadcastSplit,
  BroadcastStatus,
  RecipientStatus,
} from "../model/broadcast.ts";
import type {
  DefaultedJsonColumn,
  JsonColumn,
  NullableJsonColumn,
  NullableTimestamp,
  Timestamp,
} from "./column-types.ts";

/** Broadcasts, and what is counted of flows and days. */
export interface CampaignTables {
  broadcasts: {
    id: Generated<number>;
    workspaceId: number;
    botId: number;
    name: string;
    audience: JsonColumn<Audience>;
    asked: NullableJsonColumn<AskedAudience>;
    revision: Generated<number>;
    actions: JsonColumn<readonly ActionCall[]>;
    perMinute: number | null;
    status: BroadcastStatus;
    startAt: NullableTimestamp;
    preparedAfter: Generated<number | null>;
    nextAt: NullableTimestamp;
    createdAt: Timestamp;
    startedAt: NullableTimestamp;
    endedAt: NullableTimestamp;
    result: NullableJsonColumn<BroadcastResult>;
    plan: DefaultedJsonColumn<BroadcastPlan>;
    split: NullableJsonColumn<BroadcastSplit>;
    winner: number | null;
    testedAt: NullableTimestamp;
    pace: number | null;
    pacedAt: NullableTimestamp;
    deletedAt: NullableTimestamp;
  };
  broadcastRecipients: {
    broadcastId: number;
    contactId: number;
    status: Generated<RecipientStatus>;
    reason: string | null;
    at: NullableTimestamp;
    dueAt: NullableTimestamp;
    variant: number | null;
    eventId: number | null;
  };
  stepMetrics: {
    flowRef: string;
    stepRef: string;
    channelId: number;
    hour: Date;
    metric: string;
    count: number;
  };
  stepMetricMarks: { source: "events" | "messages" | "overview"; until: NullableTimestamp };
  dayCounts: { botId: number; day: string; channelId: number; metric: string; count: number };
  flowWalks: {
    eventId: number;
    ordinal: number;
    flowRef: string;
    contactId: number;
    channelId: number;
    startedAt: Date;
    day: string;
    path: string;
    answered: boolean;
    repeated: Generated<boolean>;
  };
}

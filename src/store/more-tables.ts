import type { Generated, GeneratedAlways } from "kysely";
import type { ActionCall } from "../model/action-call.ts";
import type { AuditActorKind, AuditChange, AuditKind } from "../model/audit.ts";
import type {
  AskedAudience,
  Audience,
  BroadcastPlan,
  BroadcastResult,
  BroadcastSplit,
  BroadcastStatus,
  RecipientStatus,
} from "../model/broadcast.ts";
import type { MemberRole } from "../model/conversation.ts";
import type { Json } from "../model/field.ts";
import type { ImportLineStatus, ImportSettings, ImportStatus } from "../model/import.ts";
import type { DealStatusKind, Distribution } from "../model/sales-plan.ts";
import type { SequenceEnd } from "../model/sequence.ts";
import type {
  DefaultedJsonColumn,
  JsonColumn,
  NullableJsonColumn,
  NullableTimestamp,
  Timestamp,
} from "./column-types.ts";

/** Tables of campaigns, signing in and integrations. */
export interface MoreTables {
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
  imports: {
    id: Generated<number>;
    workspaceId: number;
    botId: number;
    name: string;
    content: Uint8Array | null;
    settings: JsonColumn<ImportSettings>;
    status: ImportStatus;
    error: string | null;
    lines: Generated<number>;
    done: Generated<number>;
    createdAt: Timestamp;
    startedAt: NullableTimestamp;
    endedAt: NullableTimestamp;
  };
  importLines: { importId: number; place: number; line: number; status: ImportLineStatus; reason: string | null };
  sessions: {
    id: Generated<number>;
    userId: number;
    hash: string;
    userAgent: string;
    createdAt: Timestamp;
    seenAt: Timestamp;
    provenAt: NullableTimestamp;
    isCookiePrefixed: Generated<boolean>;
    expiresAt: Timestamp;
  };
  secondFactors: {
    userId: number;
    sealed: string;
    createdAt: Date;
    confirmedAt: Date | null;
    lastStep: Generated<number>;
    recoverySalt: Generated<string>;
  };
  recoveryCodes: { userId: number; hash: string; usedAt: Date | null };
  invitations: {
    id: Generated<number>;
    workspaceId: number;
    email: string;
    role: MemberRole;
    hash: string;
    invitedBy: number | null;
    createdAt: Timestamp;
    expiresAt: Timestamp;
    acceptedAt: NullableTimestamp;
  };
  signInTries: { key: string; count: number; since: Timestamp };
  integrations: {
    id: Generated<number>;
    workspaceId: number;
    ref: string;
    kind: string;
    name: string;
    settings: JsonColumn<Readonly<Record<string, Json>>>;
    secrets: string | null;
    active: Generated<boolean>;
    error: string | null;
    errorAt: NullableTimestamp;
    createdAt: Timestamp;
  };
  integrationTurns: { integrationId: number; nextAt: Timestamp };
  integrationLinks: { integrationId: number; contactId: number; name: string; value: string; updatedAt: Timestamp };
  secrets: {
    id: Generated<number>;
    botId: number;
    key: string;
    name: string;
    description: Generated<string>;
    sealed: string;
    createdAt: Timestamp;
    updatedAt: Timestamp;
  };
  salesPlans: {
    id: Generated<number>;
    workspaceId: number;
    ref: string;
    name: string;
    currency: string;
    averageCheck: number | null;
    label: Generated<string>;
    distribution: Distribution;
    lastManagerId: number | null;
    createdAt: Timestamp;
  };
  salesPlanStatuses: {
    id: Generated<number>;
    planId: number;
    ref: string;
    name: string;
    kind: DealStatusKind;
    place: number;
  };
  salesPlanManagers: { planId: number; memberId: number; place: number };
  deals: {
    id: Generated<number>;
    workspaceId: number;
    botId: number;
    contactId: number;
    planId: number;
    statusId: number;
    title: string;
    sum: number;
    currency: string;
    managerId: number | null;
    note: Generated<string>;
    createdAt: Date;
    changedAt: Date;
    closedAt: Date | null;
  };
  mentions: {
    id: Generated<number>;
    contactId: number;
    memberId: number;
    byId: number | null;
    flowRef: string | null;
    comment: string;
    createdAt: Date;
    seenAt: NullableTimestamp;
  };
  files: {
    key: string;
    workspaceId: number;
    contactId: number | null;
    memberId: number | null;
    name: string;
    contentType: string;
    size: number;
    bytes: Buffer;
    createdAt: Timestamp;
  };
  savedReplies: { id: Generated<number>; workspaceId: number; shortcut: string; text: string; createdAt: Timestamp };
  sequenceEnds: {
    contactId: number;
    sequenceId: number;
    reason: SequenceEnd;
    endedAt: Date;
    passed: JsonColumn<readonly string[]>;
    nextStep: string | null;
  };
  stepMetrics: {
    flowRef: string;
    stepRef: string;
    channelId: number;
    hour: Date;
    metric: string;
    count: number;
  };
  auditLog: {
    id: GeneratedAlways<number>;
    workspaceId: number;
    at: Date;
    actorKind: AuditActorKind;
    actorId: number | null;
    actorName: string;
    operation: string;
    kind: AuditKind;
    ref: string | null;
    name: string | null;
    address: string;
    changes: JsonColumn<readonly AuditChange[]>;
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
  leases: { key: string; owner: string; until: Timestamp };
  secretKeys: { id: string; since: Generated<Date> };
  backups: { id: Generated<number>; at: Timestamp; file: string; bytes: number | null; release: string };
  prunings: {
    id: Generated<number>;
    at: Timestamp;
    tookMs: number;
    whole: boolean;
    kept: JsonColumn<Readonly<Record<string, number>>>;
    deleted: JsonColumn<Readonly<Record<string, number>>>;
  };
}

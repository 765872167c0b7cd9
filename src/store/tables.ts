import type { Generated, GeneratedAlways } from "kysely";
import type { ConditionGroup } from "../model/condition.ts";
import type { Entry, Utm, WaitKind } from "../model/contact.ts";
import type { Consents, Conversation, MemberRole } from "../model/conversation.ts";
import type { FieldKind, FieldValue, Json } from "../model/field.ts";
import type { EntryData, FlowDocument } from "../model/flow.ts";
import type { MessageAuthor, MessageContent, MessageStatus, SendReason } from "../model/message.ts";
import type { Fact, JobRequest } from "../model/outcome.ts";
import type { SequenceSettings, SequenceStep } from "../model/sequence.ts";
import type { Line, OrderDetails, OrderStatus } from "../model/shop.ts";
import type { InboundMapping, MessageMatch, WebhookEvent, WebhookFormat } from "../model/webhook.ts";
import type {
  DefaultedJsonColumn,
  JsonColumn,
  NullableJsonColumn,
  NullableTimestamp,
  Timestamp,
} from "./column-types.ts";
import type { MoreTables } from "./more-tables.ts";

/**
 * The tables as Kysely sees them: camelCase by its plugin, `bigint` as number (ids stay far below 2^53), `timestamptz` as Date,
 * `jsonb` read as values and written as JSON text (`JSON.stringify`), which both drivers take the same way.
 */
export interface Tables extends MoreTables {
  workspaces: {
    id: Generated<number>;
    domain: string;
    name: string;
    timeZone: Generated<string>;
    auditDays: Generated<number>;
    needsSecondFactor: Generated<boolean>;
    revision: Generated<number>;
    createdAt: Timestamp;
  };
  bots: { id: Generated<number>; workspaceId: number; ref: string; name: string; createdAt: Timestamp };
  channels: {
    id: Generated<number>;
    botId: number;
    kind: string;
    name: string;
    settings: DefaultedJsonColumn<Record<string, Json>>;
    secrets: string | null;
    status: Generated<"connected" | "disconnected" | "broken">;
    statusMessage: string | null;
    createdAt: Timestamp;
  };
  tokens: {
    id: Generated<number>;
    workspaceId: number;
    botId: number | null;
    kind: TokenKind;
    name: Generated<string>;
    hash: string;
    hint: string;
    scopes: string[];
    createdAt: Timestamp;
    lastUsedAt: NullableTimestamp;
    revokedAt: NullableTimestamp;
    expiresAt: Date | null;
  };
  tags: { id: Generated<number>; workspaceId: number; name: string; createdAt: Timestamp };
  labels: { id: Generated<number>; workspaceId: number; name: string; createdAt: Timestamp };
  fields: {
    id: Generated<number>;
    workspaceId: number;
    key: string;
    name: string;
    kind: FieldKind;
    description: Generated<string>;
    createdAt: Timestamp;
  };
  variables: {
    id: Generated<number>;
    botId: number;
    key: string;
    name: string;
    kind: FieldKind;
    description: Generated<string>;
    value: NullableJsonColumn<FieldValue>;
    createdAt: Timestamp;
  };
  flows: {
    id: Generated<number>;
    botId: number;
    ref: string;
    name: string;
    draft: JsonColumn<FlowDocument>;
    draftRevision: Generated<number>;
    publishedVersion: number | null;
    createdAt: Timestamp;
    updatedAt: Timestamp;
  };
  flowVersions: {
    flowId: number;
    version: number;
    document: JsonColumn<FlowDocument>;
    note: Generated<string>;
    publishedAt: Timestamp;
    publishedBy: number | null;
  };
  sequences: {
    id: Generated<number>;
    botId: number;
    ref: string;
    name: string;
    steps: DefaultedJsonColumn<readonly SequenceStep[]>;
    settings: DefaultedJsonColumn<Partial<SequenceSettings>>;
    revision: Generated<number>;
    createdAt: Timestamp;
  };
  entryLinks: {
    id: Generated<number>;
    botId: number;
    ref: string;
    name: string;
    flowId: number | null;
    stepRef: string | null;
    payload: string;
    data: NullableJsonColumn<EntryData>;
    createdAt: Timestamp;
  };
  contacts: {
    id: Generated<number>;
    workspaceId: number;
    botId: number;
    cuid: string;
    name: string | null;
    firstName: string | null;
    lastName: string | null;
    email: string | null;
    phone: string | null;
    gender: string | null;
    language: string | null;
    timeZone: string | null;
    avatarUrl: string | null;
    clientExternalId: string | null;
    utm: DefaultedJsonColumn<Utm>;
    entry: NullableJsonColumn<Entry>;
    splits: DefaultedJsonColumn<Record<string, string>>;
    inbound: DefaultedJsonColumn<Record<string, number>>;
    lastInboundAt: NullableTimestamp;
    optedOutAt: NullableTimestamp;
    conversation: NullableJsonColumn<Conversation>;
    consents: NullableJsonColumn<Consents>;
    bannedAt: NullableTimestamp;
    createdAt: Timestamp;
  };
  users: {
    id: Generated<number>;
    email: string;
    name: Generated<string>;
    passwordHash: string | null;
    createdAt: Timestamp;
  };
  members: { id: Generated<number>; workspaceId: number; userId: number; role: MemberRole; createdAt: Timestamp };
  closingNotes: {
    id: Generated<number>;
    botId: number;
    name: string;
    description: Generated<string>;
    requireAttachment: Generated<0 | 1 | 2>;
    requireSummary: Generated<0 | 1 | 2>;
    createdAt: Timestamp;
  };
  contactClosingNotes: {
    id: Generated<number>;
    contactId: number;
    closingNoteId: number | null;
    name: string;
    summary: string;
    attachmentUrl: string | null;
    agentId: number | null;
    createdAt: Date;
  };
  customEvents: { id: Generated<number>; workspaceId: number; name: string; createdAt: Timestamp };
  customEventLog: {
    id: Generated<number>;
    customEventId: number;
    contactId: number;
    textValue: string | null;
    priceValue: number | null;
    numberValue: number | null;
    createdAt: Date;
  };
  identities: {
    id: Generated<number>;
    contactId: number;
    channelId: number;
    externalId: string;
    username: string | null;
    status: Generated<"active" | "blocked">;
    createdAt: Timestamp;
  };
  contactAliases: { cuid: string; contactId: number; createdAt: Date };
  contactTags: { contactId: number; tagId: number; addedAt: Date };
  contactLabels: { contactId: number; labelId: number; addedAt: Date };
  contactFields: {
    contactId: number;
    fieldId: number;
    value: JsonColumn<FieldValue>;
    updatedAt: Date;
    searchKey: string | null;
  };
  subscriptions: { contactId: number; sequenceId: number; subscribedAt: Date };
  positions: {
    id: string;
    contactId: number;
    flowRef: string;
    stepRef: string;
    stepKind: string | null;
    waitsFor: WaitKind;
    wakeAt: NullableTimestamp;
    state: NullableJsonColumn<Json>;
    values: DefaultedJsonColumn<Record<string, FieldValue>>;
    channelId: number | null;
    isAsked: Generated<boolean>;
    enteredAt: Date;
  };
  notes: {
    id: Generated<number>;
    contactId: number;
    text: string;
    author: Generated<string>;
    memberId: number | null;
    createdAt: Date;
  };
  events: {
    id: number;
    workspaceId: number;
    contactId: number;
    channelId: number | null;
    kind: string;
    source: string;
    dedupeKey: string | null;
    payload: JsonColumn<Json>;
    facts: JsonColumn<Fact[]>;
    answer: NullableJsonColumn<Json>;
    occurredAt: Date;
    failed: string | null;
  };
  messages: {
    id: Generated<number>;
    contactId: number;
    channelId: number;
    direction: "in" | "out";
    eventId: number;
    ordinal: number;
    recipient: Generated<string>;
    content: JsonColumn<MessageContent>;
    status: MessageStatus;
    error: string | null;
    externalId: string | null;
    flowRef: string | null;
    stepRef: string | null;
    createdAt: Date;
    sentAt: NullableTimestamp;
    editedAt: NullableTimestamp;
    lane: Generated<number>;
    leaseOwner: number | null;
    sendingAt: NullableTimestamp;
    nextAttemptAt: NullableTimestamp;
    attempts: Generated<number>;
    partsSent: Generated<number>;
    uncertainSends: Generated<number>;
    author: MessageAuthor | null;
    reason: SendReason | null;
    receipts: NullableJsonColumn<Record<string, Json>>;
  };
  products: {
    id: Generated<number>;
    workspaceId: number;
    name: string;
    description: Generated<string>;
    imageUrl: string | null;
    active: Generated<boolean>;
    createdAt: Timestamp;
    updatedAt: Timestamp;
  };
  variants: {
    id: Generated<number>;
    workspaceId: number;
    productId: number;
    sku: string | null;
    name: Generated<string>;
    description: Generated<string>;
    imageUrl: string | null;
    price: number;
    comparePrice: number | null;
    currency: string;
    active: Generated<boolean>;
    stock: number | null;
    createdAt: Timestamp;
    updatedAt: Timestamp;
  };
  carts: {
    contactId: number;
    id: number;
    currency: string;
    lines: JsonColumn<readonly Line[]>;
    createdAt: Date;
    updatedAt: Date;
  };
  orders: {
    id: Generated<number>;
    workspaceId: number;
    botId: number;
    contactId: number;
    status: OrderStatus;
    currency: string;
    lines: JsonColumn<readonly Line[]>;
    total: number;
    details: DefaultedJsonColumn<OrderDetails>;
    createdAt: Date;
    updatedAt: Date;
  };
  webhooks: {
    id: Generated<number>;
    workspaceId: number;
    botId: number | null;
    format: WebhookFormat;
    name: string;
    url: string;
    events: JsonColumn<readonly WebhookEvent[]>;
    messageMatch: NullableJsonColumn<MessageMatch>;
    secrets: string;
    active: Generated<boolean>;
    error: string | null;
    errorAt: NullableTimestamp;
    createdAt: Timestamp;
  };
  webhookDeliveries: {
    id: string;
    place: GeneratedAlways<number>;
    webhookId: number;
    contactId: number;
    eventId: number;
    event: string;
    body: string;
    status: Generated<"waiting" | "delivered" | "dead">;
    attempts: Generated<number>;
    lastStatus: number | null;
    lastError: string | null;
    createdAt: Timestamp;
    triedAt: NullableTimestamp;
  };
  inboundWebhooks: {
    id: Generated<number>;
    botId: number;
    uid: string;
    name: string;
    flowRef: string | null;
    stepRef: string | null;
    mapping: JsonColumn<readonly InboundMapping[]>;
    active: Generated<boolean>;
    createdAt: Timestamp;
  };
  segments: {
    id: Generated<number>;
    workspaceId: number;
    botId: number | null;
    name: string;
    condition: JsonColumn<ConditionGroup>;
    createdAt: Timestamp;
  };
  processes: {
    id: Generated<number>;
    roles: string;
    startedAt: Timestamp;
    heartbeatAt: Timestamp;
    /** False: it is behind a pooler, and neither holds a lock nor listens. */
    hasSession: Generated<boolean>;
    release: string | null;
  };
  breakingMigrations: { name: string; at: Timestamp };
  knownKinds: { kind: string; at: Timestamp };
  liveNews: { id: Generated<number>; processId: number; channel: string; payload: string; at: Timestamp };
  integrationLog: {
    id: Generated<number>;
    workspaceId: number;
    contactId: number | null;
    integration: string;
    direction: "in" | "out";
    ok: boolean;
    summary: string;
    request: JsonColumn<Json>;
    response: JsonColumn<Json>;
    durationMs: number;
    createdAt: Timestamp;
    integrationId: number | null;
    attempt: Generated<number>;
    job: NullableJsonColumn<JobRequest>;
    retriedAt: NullableTimestamp;
  };
  idempotencyKeys: {
    caller: string;
    key: string;
    fingerprint: string;
    status: number | null;
    body: NullableJsonColumn<Json>;
    createdAt: Timestamp;
  };
}

export const tokenKinds = ["api", "action-link", "uchat", "chatbot", "bothelp"] as const;
export type TokenKind = (typeof tokenKinds)[number];

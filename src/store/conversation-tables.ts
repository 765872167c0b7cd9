import type { Generated } from "kysely";
import type { Json } from "../model/field.ts";
import type { MessageAuthor, MessageContent, MessageStatus, SendReason } from "../model/message.ts";
import type { Fact } from "../model/outcome.ts";
import type { JsonColumn, NullableJsonColumn, NullableTimestamp, Timestamp } from "./column-types.ts";

/** What happened to contacts, and what was said. */
export interface ConversationTables {
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
  savedReplies: { id: Generated<number>; workspaceId: number; shortcut: string; text: string; createdAt: Timestamp };
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
}

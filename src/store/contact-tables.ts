import type { Generated } from "kysely";
import type { Entry, Utm, WaitKind } from "../model/contact.ts";
import type { Consents, Conversation } from "../model/conversation.ts";
import type { FieldValue, Json } from "../model/field.ts";
import type { ImportLineStatus, ImportSettings, ImportStatus } from "../model/import.ts";
import type { SequenceEnd } from "../model/sequence.ts";
import type {
  DefaultedJsonColumn,
  JsonColumn,
  NullableJsonColumn,
  NullableTimestamp,
  Timestamp,
} from "./column-types.ts";

/** Contacts, what each of them has, and where they stand. */
export interface ContactTables {
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
  sequenceEnds: {
    contactId: number;
    sequenceId: number;
    reason: SequenceEnd;
    endedAt: Date;
    passed: JsonColumn<readonly string[]>;
    nextStep: string | null;
  };
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
    isLeft: Generated<boolean>;
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
  customEventLog: {
    id: Generated<number>;
    customEventId: number;
    contactId: number;
    textValue: string | null;
    priceValue: number | null;
    numberValue: number | null;
    createdAt: Date;
  };
  imports: {
    id: Generated<number>;
    workspaceId: number;
    botId: number;
    name: string;
    content: Uint8Array | null;
    refused: Uint8Array | null;
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
}

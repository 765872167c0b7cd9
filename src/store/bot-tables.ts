import type { Generated } from "kysely";
import type { ConditionGroup } from "../model/condition.ts";
import type { FieldKind, FieldValue, Json } from "../model/field.ts";
import type { EntryData, FlowDocument } from "../model/flow.ts";
import type { SequenceSettings, SequenceStep } from "../model/sequence.ts";
import type { DefaultedJsonColumn, JsonColumn, NullableJsonColumn, Timestamp } from "./column-types.ts";

/** Bots and what is drawn and set up for them. */
export interface BotTables {
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
  flows: {
    id: Generated<number>;
    botId: number;
    ref: string;
    name: string;
    draft: JsonColumn<FlowDocument>;
    draftRevision: Generated<number>;
    /** As the draft says. */
    folder: string | null;
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
  segments: {
    id: Generated<number>;
    workspaceId: number;
    botId: number | null;
    name: string;
    condition: JsonColumn<ConditionGroup>;
    createdAt: Timestamp;
  };
  customEvents: { id: Generated<number>; workspaceId: number; name: string; createdAt: Timestamp };
  closingNotes: {
    id: Generated<number>;
    botId: number;
    name: string;
    description: Generated<string>;
    requireAttachment: Generated<0 | 1 | 2>;
    requireSummary: Generated<0 | 1 | 2>;
    createdAt: Timestamp;
  };
}

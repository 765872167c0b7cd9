import type { Generated, GeneratedAlways } from "kysely";
import type { Json } from "../model/field.ts";
import type { JobRequest } from "../model/outcome.ts";
import type { InboundMapping, MessageMatch, WebhookEvent, WebhookFormat } from "../model/webhook.ts";
import type { JsonColumn, NullableJsonColumn, NullableTimestamp, Timestamp } from "./column-types.ts";

/** Other systems: webhooks both ways, integrations, and the log of what was said with them. */
export interface ConnectionTables {
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
}

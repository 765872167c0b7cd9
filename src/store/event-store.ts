import { sql } from "kysely";
import type { Json } from "../model/field.ts";
import type { Fact } from "../model/outcome.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** A handled event with what followed from it. */
export interface StoredEvent {
  readonly id: number;
  readonly contactId: number;
  readonly channelId: number | null;
  readonly kind: string;
  readonly source: string;
  readonly payload: Json;
  readonly facts: readonly Fact[];
  readonly occurredAt: Date;
  /** Why `advance` broke, where it did: nothing followed from the event. */
  readonly failed: string | null;
}

/** A place in the history: ids alone do not tell the order, since processes take them in blocks. */
export interface EventPlace {
  /** Unix milliseconds. */
  readonly at: number;
  readonly id: number;
}

/** Newest first, beginning below `before`. */
export async function listEvents(
  db: Database,
  access: Access,
  filter: {
    readonly contactId?: number | undefined;
    readonly failed?: boolean | undefined;
    /** What happened, or what followed from it: kinds of events and of facts. */
    readonly kinds?: readonly string[] | undefined;
  },
  page: { readonly before?: EventPlace | undefined; readonly limit: number },
): Promise<StoredEvent[]> {
  const { contactId, failed = false, kinds } = filter;
  const { before } = page;
  return await db
    .selectFrom("events")
    .select(["id", "contactId", "channelId", "kind", "source", "payload", "facts", "occurredAt", "failed"])
    .where("workspaceId", "=", access.workspaceId)
    .$if(contactId !== undefined, (rows) => rows.where("contactId", "=", contactId ?? 0))
    .$if(kinds !== undefined, (rows) =>
      rows.where(
        sql<boolean>`(kind = any (${kinds ?? []}::text[]) or exists (
          select from jsonb_array_elements(facts::jsonb) as fact where fact ->> 'kind' = any (${kinds ?? []}::text[])))`,
      ),
    )
    .$if(failed, (rows) => rows.where("failed", "is not", null))
    .$if(access.botId !== undefined, (rows) =>
      rows.where((eb) =>
        eb.exists(
          eb
            .selectFrom("contacts")
            .select("contacts.id")
            .whereRef("contacts.id", "=", "events.contactId")
            .where("contacts.botId", "=", access.botId ?? 0),
        ),
      ),
    )
    .$if(before !== undefined, (rows) =>
      rows.where(sql<boolean>`(occurred_at, id) < (to_timestamp(${before?.at ?? 0} / 1000.0), ${before?.id ?? 0})`),
    )
    .orderBy("occurredAt", "desc")
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

/**
 * The texts of the messages that a contact's events led to at once, as they were sent, by the event. Reads all of the contact's messages: there is no index by event.
 */
export async function listSentTexts(
  db: Database,
  contactId: number,
  eventIds: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  if (eventIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("messages")
    .select(["eventId", sql<string>`coalesce(content ->> 'text', '')`.as("text")])
    .where("contactId", "=", contactId)
    .where("direction", "=", "out")
    .where("eventId", "in", eventIds)
    .orderBy("id")
    .execute();
  const texts = Map.groupBy(rows, ({ eventId }) => eventId);
  return new Map([...texts].map(([id, sent]) => [id, sent.map(({ text }) => text).filter((text) => text !== "")]));
}

/** What makes a second try of the same failed event recognisable. */
export const retryKey = (eventId: number) => `retry:${eventId}`;
/** Whether it is that of a second try. */
export const isRetryKey = (dedupeKey: string) => dedupeKey.startsWith("retry:");

/** An event that failed (and may have been handed in again since), with what handing it in takes. Undefined: there is none. */
export async function findFailedEvent(db: Database, access: Access, id: number): Promise<FailedEvent | undefined> {
  return await failedEvents(db, access)
    .where("events.id", "=", id)
    .where((eb) =>
      eb.or([
        eb("events.failed", "is not", null),
        eb.exists(
          eb.selectFrom("events as retries").select("retries.id").where("retries.dedupeKey", "=", retryKey(id)),
        ),
      ]),
    )
    .executeTakeFirst();
}

/** Those that failed and were not handed in again, of what happened until `upTo`: the oldest after the place `after` first. */
export async function listFailedEvents(
  db: Database,
  access: Access,
  { after, upTo, limit }: { readonly after: EventPlace | undefined; readonly upTo: Date; readonly limit: number },
): Promise<FailedEvent[]> {
  return await failedEvents(db, access)
    .where("events.failed", "is not", null)
    .where("events.occurredAt", "<=", upTo)
    .$if(after !== undefined, (rows) =>
      rows.where(
        sql<boolean>`(events.occurred_at, events.id) > (to_timestamp(${after?.at ?? 0} / 1000.0), ${after?.id ?? 0})`,
      ),
    )
    .orderBy("events.occurredAt")
    .orderBy("events.id")
    .limit(limit)
    .execute();
}

/** With what handing it in takes. */
export type FailedEvent = StoredEvent & { readonly externalId: string | null };

function failedEvents(db: Database, { workspaceId, botId }: Access) {
  const events = db
    .selectFrom("events")
    .innerJoin("contacts", "contacts.id", "events.contactId")
    .leftJoin("identities", (join) =>
      join
        .onRef("identities.contactId", "=", "events.contactId")
        .onRef("identities.channelId", "=", "events.channelId"),
    )
    .select([
      "events.id",
      "events.contactId",
      "events.channelId",
      "events.kind",
      "events.source",
      "events.payload",
      "events.facts",
      "events.occurredAt",
      "events.failed",
      sql<string | null>`coalesce(events.payload ->> 'externalId', identities.external_id)`.as("externalId"),
    ])
    .where("events.workspaceId", "=", workspaceId);
  return botId === undefined ? events : events.where("contacts.botId", "=", botId);
}

/** Takes an event off the list of those that failed, once it was handed in again. */
export async function settleFailedEvent(db: Database, id: number): Promise<void> {
  await db.updateTable("events").set({ failed: null }).where("id", "=", id).execute();
}

/** Gives a contact's history to another; what happened keeps its time. */
export async function moveEvents(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("events").set({ contactId: to }).where("contactId", "=", from).execute();
}

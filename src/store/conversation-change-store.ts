import { sql } from "kysely";
import { changeKinds } from "../model/conversation.ts";
import type { Fact } from "../model/outcome.ts";
import type { Database } from "./database.ts";

export type ChangeFact = Extract<Fact, { readonly kind: (typeof changeKinds)[number] }>;

/** Something that was done to a conversation. */
export interface ConversationChange {
  /** The event's id and which of its facts it is. */
  readonly id: string;
  readonly source: string;
  /** The member who did it; null: a flow or another system. */
  readonly byId: number | null;
  readonly fact: ChangeFact;
  readonly createdAt: Date;
}

const mostEvents = 300;

/** Oldest first; from one moment on and before another, of the newest few hundred events. The caller has made sure that the contact may be seen. */
export async function listConversationChanges(
  db: Database,
  contactId: number,
  { from, before }: { readonly from?: Date | undefined; readonly before?: Date | undefined },
): Promise<ConversationChange[]> {
  const events = await db
    .selectFrom("events")
    .select(["id", "source", "facts", "occurredAt", sql<number | null>`(payload ->> 'by')::bigint`.as("byId")])
    .where("contactId", "=", contactId)
    .where(sql<boolean>`facts::text ~ ${changeKinds.join("|")}`)
    .$if(from !== undefined, (rows) => rows.where("occurredAt", ">=", from ?? new Date(0)))
    .$if(before !== undefined, (rows) => rows.where("occurredAt", "<", before ?? new Date(0)))
    .orderBy("id", "desc")
    .limit(mostEvents)
    .execute();
  return events
    .reverse()
    .flatMap(({ id, source, byId, facts, occurredAt: createdAt }) =>
      facts.flatMap((fact, index) => (isChange(fact) ? [{ id: `${id}-${index}`, source, byId, fact, createdAt }] : [])),
    );
}

function isChange(fact: Fact): fact is ChangeFact {
  return (changeKinds as readonly string[]).includes(fact.kind);
}

/** Which members wrote these messages, by the messages' ids; those that no member wrote are not there. */
export async function findWriters(db: Database, messageIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (messageIds.length === 0) return new Map();
  const { rows } = await sql<{ id: number; by: number }>`
    select m.id, (e.payload ->> 'by')::bigint as by from messages m join events e on e.id = m.event_id
    where m.id in (${sql.join(messageIds)}) and m.author = 'agent' and e.payload ->> 'by' is not null`.execute(db);
  return new Map(rows.map(({ id, by }) => [id, by]));
}

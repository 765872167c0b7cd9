import type { Json } from "../model/field.ts";
import type { Database } from "./database.ts";

/** Who waits at a position. */
export interface Waiting {
  readonly contactId: number;
  readonly workspaceId: number;
  readonly botId: number;
  /** What the step remembers. */
  readonly state: Json;
}

/**
 * Whose position it is that waits for a job; undefined: it has gone on. A job asks this when it runs and does not remember the contact: that may have become part of another meanwhile.
 */
export async function findWaitingForJob(db: Database, positionId: string): Promise<Waiting | undefined> {
  return await db
    .selectFrom("positions")
    .innerJoin("contacts", "contacts.id", "positions.contactId")
    .select(["contacts.id as contactId", "contacts.workspaceId", "contacts.botId", "positions.state"])
    .where("positions.id", "=", positionId)
    .where("positions.waitsFor", "=", "job")
    .executeTakeFirst();
}

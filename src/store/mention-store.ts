import { sql } from "kysely";
import type { Database } from "./database.ts";

/** An agent's attention was drawn to a contact's conversation. */
export interface Mention {
  readonly id: number;
  /** The member who was mentioned; may have left since. */
  readonly memberId: number;
  /** The member who did it; null: a flow or another system. */
  readonly byId: number | null;
  readonly flowRef: string | null;
  readonly comment: string;
  readonly createdAt: Date;
  readonly seenAt: Date | null;
}

export async function writeMention(
  trx: Database,
  mention: {
    readonly contactId: number;
    readonly createdAt: Date;
    readonly agent: number;
    readonly comment: string;
    readonly by?: number | undefined;
    readonly flow?: string | undefined;
  },
): Promise<void> {
  const { contactId, createdAt, agent: memberId, by: byId = null, flow: flowRef = null, comment } = mention;
  await trx.insertInto("mentions").values({ contactId, createdAt, memberId, byId, flowRef, comment }).execute();
}

/** Oldest first; from one moment on and before another. The caller has made sure that the contact may be seen. */
export async function listMentions(
  db: Database,
  contactId: number,
  { from, before }: { readonly from?: Date | undefined; readonly before?: Date | undefined },
): Promise<Mention[]> {
  return await db
    .selectFrom("mentions")
    .select(["id", "memberId", "byId", "flowRef", "comment", "createdAt", "seenAt"])
    .where("contactId", "=", contactId)
    .$if(from !== undefined, (rows) => rows.where("createdAt", ">=", from ?? new Date(0)))
    .$if(before !== undefined, (rows) => rows.where("createdAt", "<", before ?? new Date(0)))
    .orderBy("id")
    .execute();
}

/** The member has looked at the conversation. Returns how many mentions were new to them. */
export async function seeMentions(
  trx: Database,
  { contactId, memberId, at }: { readonly contactId: number; readonly memberId: number; readonly at: Date },
): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable("mentions")
    .set({ seenAt: at })
    .where("contactId", "=", contactId)
    .where("memberId", "=", memberId)
    .where("seenAt", "is", null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Contacts in whose conversations the member was mentioned and has not looked since. */
export const unseenBy = (memberId: number) =>
  sql<number>`select x.contact_id from mentions x where x.member_id = ${memberId} and x.seen_at is null`;

/** Gives a contact's mentions to another. */
export async function moveMentions(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("mentions").set({ contactId: to }).where("contactId", "=", from).execute();
}

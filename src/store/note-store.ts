import type { Database } from "./database.ts";

export interface Note {
  readonly id: number;
  readonly text: string;
  /** The door it was written through. */
  readonly author: string;
  readonly createdAt: Date;
}

/** Newest first, beginning below id `before`. The caller has made sure that the contact may be seen. */
export async function listNotes(
  db: Database,
  contactId: number,
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<Note[]> {
  return await db
    .selectFrom("notes")
    .select(["id", "text", "author", "createdAt"])
    .where("contactId", "=", contactId)
    .$if(page.before !== undefined, (rows) => rows.where("id", "<", page.before ?? 0))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

/** Gives a contact's notes to another. */
export async function moveNotes(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("notes").set({ contactId: to }).where("contactId", "=", from).execute();
}

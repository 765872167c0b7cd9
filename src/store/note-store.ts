import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";

export interface Note {
  readonly id: number;
  readonly text: string;
  /** The door it was written through. */
  readonly author: string;
  /** The member who wrote it, also where they have left since; null: a flow or another system. */
  readonly memberId: number | null;
  readonly createdAt: Date;
}

const columns = ["id", "text", "author", "memberId", "createdAt"] as const;

/** Newest first, beginning below id `before`. The caller has made sure that the contact may be seen. */
export async function listNotes(
  db: Database,
  contactId: number,
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<Note[]> {
  return await db
    .selectFrom("notes")
    .select(columns)
    .where("contactId", "=", contactId)
    .$if(page.before !== undefined, (rows) => rows.where("id", "<", page.before ?? 0))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

/** The notes of a time, oldest first: from one moment on and before another. */
export async function listNotesBetween(
  db: Database,
  contactId: number,
  { from, before }: { readonly from?: Date | undefined; readonly before?: Date | undefined },
): Promise<Note[]> {
  return await db
    .selectFrom("notes")
    .select(columns)
    .where("contactId", "=", contactId)
    .$if(from !== undefined, (rows) => rows.where("createdAt", ">=", from ?? new Date(0)))
    .$if(before !== undefined, (rows) => rows.where("createdAt", "<", before ?? new Date(0)))
    .orderBy("id")
    .execute();
}

/** Only whoever wrote a note takes it back; `memberId` null: another system. Throws `note.not_found`, `note.not_yours`. */
export async function deleteNote(
  trx: Database,
  { contactId, id, memberId }: { readonly contactId: number; readonly id: number; readonly memberId: number | null },
): Promise<void> {
  const note = await trx
    .selectFrom("notes")
    .select("memberId")
    .where("id", "=", id)
    .where("contactId", "=", contactId)
    .executeTakeFirst();
  if (note === undefined) throw new AppError("note.not_found", say`the contact has no note ${{ id }}`);
  if (note.memberId !== memberId) throw new AppError("note.not_yours", say`only who wrote a note can delete it`);
  await trx.deleteFrom("notes").where("id", "=", id).execute();
}

/** Gives a contact's notes to another. */
export async function moveNotes(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("notes").set({ contactId: to }).where("contactId", "=", from).execute();
}

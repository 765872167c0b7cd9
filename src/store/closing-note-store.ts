import { AppError } from "../model/app-error.ts";
import type { ClosingNote } from "../model/conversation.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { type Access, bumpRevision, isOfAccess } from "./workspace-store.ts";

/** A closing note as it was set up. */
export interface ClosingNoteDefinition extends ClosingNote {
  readonly botId: number;
  readonly description: string;
  readonly createdAt: Date;
}

export type NewClosingNote = Pick<
  ClosingNoteDefinition,
  "name" | "description" | "requireAttachment" | "requireSummary"
>;

export async function listClosingNotes(db: Database, access: Access): Promise<ClosingNoteDefinition[]> {
  return await visible(db, access).orderBy("closingNotes.id").execute();
}

/** Throws `closing_note.not_found`. */
export async function requireClosingNote(db: Database, access: Access, id: number): Promise<ClosingNoteDefinition> {
  const found = await visible(db, access).where("closingNotes.id", "=", id).executeTakeFirst();
  if (found === undefined) throw new AppError("closing_note.not_found", say`there is no closing note ${{ id }}`);
  return found;
}

/** Throws `closing_note.name_taken`. */
export async function createClosingNote(
  trx: Database,
  bot: { readonly id: number; readonly workspaceId: number },
  note: NewClosingNote,
): Promise<ClosingNoteDefinition> {
  const made = await trx
    .insertInto("closingNotes")
    .values({ ...note, botId: bot.id })
    .onConflict((conflict) => conflict.columns(["botId", "name"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) throw taken(note.name);
  await bumpRevision(trx, bot.workspaceId);
  return await requireClosingNote(trx, { workspaceId: bot.workspaceId }, made.id);
}

/** Throws `closing_note.not_found`, `closing_note.name_taken`. */
export async function changeClosingNote(
  trx: Database,
  access: Access,
  id: number,
  change: { readonly [K in keyof NewClosingNote]?: NewClosingNote[K] | undefined },
): Promise<ClosingNoteDefinition> {
  // First, because it locks: nobody else takes the name between the look and the change.
  await bumpRevision(trx, access.workspaceId);
  const old = await requireClosingNote(trx, access, id);
  const { name = old.name, description = old.description } = change;
  const { requireAttachment = old.requireAttachment, requireSummary = old.requireSummary } = change;
  const others = trx.selectFrom("closingNotes").select("id").where("botId", "=", old.botId).where("id", "!=", id);
  if ((await others.where("name", "=", name).executeTakeFirst()) !== undefined) throw taken(name);
  const values = { name, description, requireAttachment, requireSummary };
  await trx.updateTable("closingNotes").set(values).where("id", "=", id).execute();
  return { ...old, ...values };
}

/** What was said with it stays. Throws `closing_note.not_found`. */
export async function deleteClosingNote(trx: Database, access: Access, id: number): Promise<void> {
  await requireClosingNote(trx, access, id);
  await trx.deleteFrom("closingNotes").where("id", "=", id).execute();
  await bumpRevision(trx, access.workspaceId);
}

const taken = (name: string) =>
  new AppError("closing_note.name_taken", say`the bot already has a closing note "${{ name }}"`);

function visible(db: Database, access: Access) {
  return db
    .selectFrom("closingNotes")
    .innerJoin("bots", "bots.id", "closingNotes.botId")
    .select([
      "closingNotes.id",
      "closingNotes.botId",
      "closingNotes.name",
      "closingNotes.description",
      "closingNotes.requireAttachment",
      "closingNotes.requireSummary",
      "closingNotes.createdAt",
    ])
    .where(isOfAccess(access));
}

import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";

/** A reply that the team keeps for next time. */
export interface SavedReply {
  readonly id: number;
  /** What an agent types behind the slash. */
  readonly shortcut: string;
  /** A template. */
  readonly text: string;
  readonly createdAt: Date;
}

const columns = ["id", "shortcut", "text", "createdAt"] as const;

export async function listSavedReplies(db: Database, workspaceId: number): Promise<SavedReply[]> {
  return await db
    .selectFrom("savedReplies")
    .select(columns)
    .where("workspaceId", "=", workspaceId)
    .orderBy("shortcut")
    .execute();
}

/** Throws `saved_reply.not_found`. */
export async function requireSavedReply(db: Database, workspaceId: number, id: number): Promise<SavedReply> {
  const found = await db
    .selectFrom("savedReplies")
    .select(columns)
    .where("workspaceId", "=", workspaceId)
    .where("id", "=", id)
    .executeTakeFirst();
  if (found === undefined) throw new AppError("saved_reply.not_found", say`there is no saved reply ${{ id }}`);
  return found;
}

/** Throws `saved_reply.shortcut_taken`. */
export async function createSavedReply(
  trx: Database,
  workspaceId: number,
  { shortcut, text }: Pick<SavedReply, "shortcut" | "text">,
): Promise<SavedReply> {
  const made = await trx
    .insertInto("savedReplies")
    .values({ workspaceId, shortcut, text })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) throw taken(shortcut);
  return await requireSavedReply(trx, workspaceId, made.id);
}

/** Throws `saved_reply.not_found`, `saved_reply.shortcut_taken`. */
export async function changeSavedReply(
  trx: Database,
  workspaceId: number,
  id: number,
  change: { readonly shortcut?: string | undefined; readonly text?: string | undefined },
): Promise<SavedReply> {
  const old = await requireSavedReply(trx, workspaceId, id);
  const { shortcut = old.shortcut, text = old.text } = change;
  const others = await listSavedReplies(trx, workspaceId);
  if (others.some((one) => one.id !== id && one.shortcut.toLowerCase() === shortcut.toLowerCase())) {
    throw taken(shortcut);
  }
  await trx.updateTable("savedReplies").set({ shortcut, text }).where("id", "=", id).execute();
  return { ...old, shortcut, text };
}

/** Throws `saved_reply.not_found`. */
export async function deleteSavedReply(trx: Database, workspaceId: number, id: number): Promise<void> {
  await requireSavedReply(trx, workspaceId, id);
  await trx.deleteFrom("savedReplies").where("id", "=", id).execute();
}

const taken = (shortcut: string) =>
  new AppError("saved_reply.shortcut_taken", say`there is already a saved reply "${{ shortcut }}"`);

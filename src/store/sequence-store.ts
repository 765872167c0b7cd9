import { AppError } from "../model/app-error.ts";
import type { Database } from "./database.ts";
import { createRef } from "./ref.ts";
import { type Access, bumpRevision } from "./workspace-store.ts";

export interface Sequence {
  readonly id: number;
  readonly botId: number;
  readonly ref: string;
  readonly name: string;
  readonly createdAt: Date;
}

export async function listSequences(db: Database, access: Access): Promise<Sequence[]> {
  return await visibleSequences(db, access).orderBy("sequences.id").execute();
}

/** The sequences that a contact is subscribed to, in the order in which that came. */
export async function listSubscriptions(
  db: Database,
  access: Access,
  contactId: number,
): Promise<{ id: number; name: string; ref: string }[]> {
  return await visibleSequences(db, access)
    .innerJoin("subscriptions", "subscriptions.sequenceId", "sequences.id")
    .clearSelect()
    .select(["sequences.id", "sequences.name", "sequences.ref"])
    .where("subscriptions.contactId", "=", contactId)
    .orderBy("subscriptions.subscribedAt")
    .orderBy("sequences.id")
    .execute();
}

/** Throws `sequence.not_found`. */
export async function requireSequence(db: Database, access: Access, ref: string): Promise<Sequence> {
  const sequence = await visibleSequences(db, access).where("sequences.ref", "=", ref).executeTakeFirst();
  if (sequence === undefined) throw new AppError("sequence.not_found", `there is no sequence "${ref}"`);
  return sequence;
}

/** Throws `sequence.ref_taken`. */
export async function createSequence(
  trx: Database,
  bot: { readonly id: number; readonly workspaceId: number },
  { name, ref = createRef() }: { readonly name: string; readonly ref?: string | undefined },
): Promise<Sequence> {
  const made = await trx
    .insertInto("sequences")
    .values({ botId: bot.id, name, ref })
    .onConflict((conflict) => conflict.column("ref").doNothing())
    .returning(["id", "botId", "ref", "name", "createdAt"])
    .executeTakeFirst();
  if (made === undefined) throw new AppError("sequence.ref_taken", `the ref "${ref}" is taken`);
  await bumpRevision(trx, bot.workspaceId);
  return made;
}

/** Throws `sequence.not_found`. */
export async function renameSequence(trx: Database, access: Access, ref: string, name: string): Promise<Sequence> {
  const sequence = await requireSequence(trx, access, ref);
  await trx.updateTable("sequences").set({ name }).where("id", "=", sequence.id).execute();
  await bumpRevision(trx, access.workspaceId);
  return { ...sequence, name };
}

/** With all subscriptions to it. Throws `sequence.not_found`. */
export async function deleteSequence(trx: Database, access: Access, ref: string): Promise<void> {
  const sequence = await requireSequence(trx, access, ref);
  await trx.deleteFrom("sequences").where("id", "=", sequence.id).execute();
  await bumpRevision(trx, access.workspaceId);
}

function visibleSequences(db: Database, { workspaceId, botId }: Access) {
  const sequences = db
    .selectFrom("sequences")
    .innerJoin("bots", "bots.id", "sequences.botId")
    .select(["sequences.id", "sequences.botId", "sequences.ref", "sequences.name", "sequences.createdAt"])
    .where("bots.workspaceId", "=", workspaceId);
  return botId === undefined ? sequences : sequences.where("bots.id", "=", botId);
}

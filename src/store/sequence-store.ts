import { changesWaits, replaceSteps } from "../engine/sequence-edit.ts";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import {
  type SequenceDefinition,
  type SequenceSettings,
  type SequenceStep,
  sequenceSettingsSchema,
} from "../model/sequence.ts";
import type { Database } from "./database.ts";
import { createRef } from "./ref.ts";
import { type Access, bumpRevision, isOfAccess } from "./workspace-store.ts";

export interface Sequence extends SequenceDefinition {
  readonly id: number;
  readonly botId: number;
  /** One more with each change. */
  readonly revision: number;
  readonly createdAt: Date;
}

export async function listSequences(db: Database, access: Access): Promise<Sequence[]> {
  return (await visibleSequences(db, access).orderBy("sequences.id").execute()).map(toSequence);
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
  if (sequence === undefined) throw new AppError("sequence.not_found", say`there is no sequence "${{ ref }}"`);
  return toSequence(sequence);
}

/** A bot's, as `advance` needs them, deleted steps included. */
export async function loadSequences(db: Database, botId: number): Promise<SequenceDefinition[]> {
  const rows = await db
    .selectFrom("sequences")
    .select(["ref", "name", "steps", "settings"])
    .where("botId", "=", botId)
    .execute();
  return rows.map(({ ref, name, steps, settings }) => ({ ref, name, steps, ...readSettings(settings) }));
}

/** Throws `sequence.ref_taken`. */
export async function createSequence(
  trx: Database,
  bot: { readonly id: number; readonly workspaceId: number },
  {
    name,
    ref = createRef(),
    steps = [],
    settings = {},
  }: {
    readonly name: string;
    readonly ref?: string | undefined;
    readonly steps?: readonly SequenceStep[] | undefined;
    readonly settings?: Partial<SequenceSettings> | undefined;
  },
): Promise<Sequence> {
  const made = await trx
    .insertInto("sequences")
    .values({ botId: bot.id, name, ref, steps: JSON.stringify(steps), settings: JSON.stringify(settings) })
    .onConflict((conflict) => conflict.column("ref").doNothing())
    .returning(["id", "botId", "ref", "name", "steps", "settings", "revision", "createdAt"])
    .executeTakeFirst();
  if (made === undefined) throw new AppError("sequence.ref_taken", say`the ref "${{ ref }}" is taken`);
  await bumpRevision(trx, bot.workspaceId);
  return toSequence(made);
}

export interface SequenceChange {
  /** The one that the change was made from; absent: whichever it is by now. */
  readonly revision?: number | undefined;
  readonly name?: string | undefined;
  /** All of them, in their order. */
  readonly steps?: readonly SequenceStep[] | undefined;
  readonly settings?: Partial<SequenceSettings> | undefined;
}

/** `movesWaits`: subscribers have to be put right. Throws `sequence.not_found`, `sequence.changed`. */
export async function changeSequence(
  trx: Database,
  access: Access,
  ref: string,
  { revision, name, steps, settings }: SequenceChange,
): Promise<{ readonly sequence: Sequence; readonly movesWaits: boolean }> {
  const { id } = await requireSequence(trx, access, ref);
  const row = await trx
    .selectFrom("sequences")
    .select(["revision", "steps", "settings"])
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new AppError("sequence.not_found", say`there is no sequence "${{ ref }}"`);
  if (revision !== undefined && row.revision !== revision) {
    throw new AppError(
      "sequence.changed",
      say`the sequence is at revision ${{ current: row.revision }}, not ${{ revision }}`,
      {
        details: { revision: row.revision },
      },
    );
  }
  const all = steps === undefined ? row.steps : replaceSteps(row.steps, steps);
  const changed = await trx
    .updateTable("sequences")
    .set({
      revision: row.revision + 1,
      ...(name === undefined ? {} : { name }),
      ...(steps === undefined ? {} : { steps: JSON.stringify(all) }),
      ...(settings === undefined ? {} : { settings: JSON.stringify({ ...row.settings, ...settings }) }),
    })
    .where("id", "=", id)
    .returning(["id", "botId", "ref", "name", "steps", "settings", "revision", "createdAt"])
    .executeTakeFirstOrThrow();
  await bumpRevision(trx, access.workspaceId);
  return { sequence: toSequence(changed), movesWaits: changesWaits(row.steps, all) };
}

/** With all subscriptions to it, and their waits. Throws `sequence.not_found`. */
export async function deleteSequence(trx: Database, access: Access, ref: string): Promise<void> {
  const sequence = await requireSequence(trx, access, ref);
  await trx.deleteFrom("positions").where("stepRef", "=", ref).where("stepKind", "=", "sequence").execute();
  await trx.deleteFrom("sequences").where("id", "=", sequence.id).execute();
  await bumpRevision(trx, access.workspaceId);
}

function visibleSequences(db: Database, access: Access) {
  return db
    .selectFrom("sequences")
    .innerJoin("bots", "bots.id", "sequences.botId")
    .select(["sequences.id", "sequences.botId", "sequences.ref", "sequences.name", "sequences.steps"])
    .select(["sequences.settings", "sequences.revision", "sequences.createdAt"])
    .where(isOfAccess(access));
}

/** What people see: without the steps that they deleted. */
function toSequence({
  settings,
  steps,
  ...rest
}: Omit<Sequence, keyof SequenceSettings> & { readonly settings: Partial<SequenceSettings> }): Sequence {
  return { ...rest, ...readSettings(settings), steps: steps.filter(({ isRemoved }) => isRemoved !== true) };
}

/** What was never set is as it is by default. */
function readSettings(settings: Partial<SequenceSettings>): SequenceSettings {
  return sequenceSettingsSchema.parse(settings);
}

import { AppError } from "../model/app-error.ts";
import type { FieldDefinition, FieldKind, FieldValue } from "../model/field.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { type Access, bumpRevision, isOfAccess } from "./workspace-store.ts";

/** A variable of a bot: one value for all its contacts. */
export interface Variable extends FieldDefinition {
  readonly botId: number;
  readonly description: string;
  readonly value: FieldValue | null;
  readonly createdAt: Date;
}

export interface NewVariable {
  readonly key: string;
  readonly name: string;
  readonly kind: FieldKind;
  readonly description: string;
  readonly value?: FieldValue | undefined;
}

export async function listVariables(db: Database, access: Access): Promise<Variable[]> {
  return await visibleVariables(db, access).orderBy("variables.id").execute();
}

/** Throws `variable.not_found`. */
export async function requireVariable(db: Database, access: Access, id: number): Promise<Variable> {
  const variable = await visibleVariables(db, access).where("variables.id", "=", id).executeTakeFirst();
  if (variable === undefined) throw new AppError("variable.not_found", say`there is no variable ${{ id }}`);
  return variable;
}

/** Throws `variable.key_taken` where another variable of the bot has the key or the name. */
export async function createVariable(
  trx: Database,
  bot: { readonly id: number; readonly workspaceId: number },
  { value, ...definition }: NewVariable,
): Promise<Variable> {
  await bumpRevision(trx, bot.workspaceId);
  const made = await trx
    .insertInto("variables")
    .values({ ...definition, botId: bot.id, value: value === undefined ? null : JSON.stringify(value) })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) {
    throw new AppError(
      "variable.key_taken",
      say`the bot already has a variable "${{ key: definition.key }}", or one of this name`,
    );
  }
  return await requireVariable(trx, { workspaceId: bot.workspaceId }, made.id);
}

/** `value`: null clears it. Key and kind stay as they are. Throws `variable.not_found`, `variable.key_taken`. */
export async function changeVariable(
  trx: Database,
  access: Access,
  id: number,
  change: {
    readonly name?: string | undefined;
    readonly description?: string | undefined;
    readonly value?: FieldValue | null | undefined;
  },
): Promise<Variable> {
  await bumpRevision(trx, access.workspaceId);
  const old = await requireVariable(trx, access, id);
  const { name = old.name, description = old.description, value = old.value } = change;
  const others = trx.selectFrom("variables").select("id").where("botId", "=", old.botId).where("id", "!=", id);
  if ((await others.where("name", "=", name).executeTakeFirst()) !== undefined) {
    throw new AppError("variable.key_taken", say`the bot already has a variable "${{ name }}"`);
  }
  await trx
    .updateTable("variables")
    .set({ name, description, value: value === null ? null : JSON.stringify(value) })
    .where("id", "=", id)
    .execute();
  return { ...old, name, description, value };
}

/** Throws `variable.not_found`. */
export async function deleteVariable(trx: Database, access: Access, id: number): Promise<void> {
  await requireVariable(trx, access, id);
  await trx.deleteFrom("variables").where("id", "=", id).execute();
  await bumpRevision(trx, access.workspaceId);
}

function visibleVariables(db: Database, access: Access) {
  return db
    .selectFrom("variables")
    .innerJoin("bots", "bots.id", "variables.botId")
    .select([
      "variables.id",
      "variables.botId",
      "variables.key",
      "variables.name",
      "variables.kind",
      "variables.description",
      "variables.value",
      "variables.createdAt",
    ])
    .where(isOfAccess(access));
}

import { AppError } from "../model/app-error.ts";
import type { FieldDefinition, FieldKind } from "../model/field.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { bumpRevision } from "./workspace-store.ts";

/** A contact field of a workspace. */
export interface Field extends FieldDefinition {
  readonly description: string;
  readonly createdAt: Date;
}

export interface NewField {
  readonly key: string;
  readonly name: string;
  readonly kind: FieldKind;
  readonly description: string;
}

const columns = ["id", "key", "name", "kind", "description", "createdAt"] as const;

export async function listFields(db: Database, workspaceId: number): Promise<Field[]> {
  return await db.selectFrom("fields").select(columns).where("workspaceId", "=", workspaceId).orderBy("id").execute();
}

/** The keys of those of these fields that the workspace has, by id. */
export async function findFieldKeys(
  db: Database,
  workspaceId: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = db.selectFrom("fields").select(["id", "key"]).where("workspaceId", "=", workspaceId);
  const found = await rows.where("id", "in", ids).execute();
  return new Map(found.map(({ id, key }) => [id, key]));
}

/** Throws `field.not_found`. */
export async function requireField(db: Database, workspaceId: number, id: number): Promise<Field> {
  const rows = db.selectFrom("fields").select(columns).where("workspaceId", "=", workspaceId);
  const field = await rows.where("id", "=", id).executeTakeFirst();
  if (field === undefined) throw new AppError("field.not_found", say`there is no field ${{ id }}`);
  return field;
}

/** Throws `field.key_taken` where another field has the key or the name. */
export async function createField(trx: Database, workspaceId: number, field: NewField): Promise<Field> {
  await bumpRevision(trx, workspaceId);
  const made = await trx
    .insertInto("fields")
    .values({ ...field, workspaceId })
    .onConflict((conflict) => conflict.doNothing())
    .returning(columns)
    .executeTakeFirst();
  if (made === undefined) {
    throw new AppError(
      "field.key_taken",
      say`there is already a field with the key "${{ key: field.key }}" or this name`,
    );
  }
  return made;
}

/** Key and kind stay as they are: templates and stored values rest on them. Throws `field.not_found`, `field.key_taken`. */
export async function changeField(
  trx: Database,
  workspaceId: number,
  id: number,
  change: { readonly name?: string | undefined; readonly description?: string | undefined },
): Promise<Field> {
  await bumpRevision(trx, workspaceId);
  const old = await requireField(trx, workspaceId, id);
  const { name = old.name, description = old.description } = change;
  const others = trx.selectFrom("fields").select("id").where("workspaceId", "=", workspaceId).where("id", "!=", id);
  if ((await others.where("name", "=", name).executeTakeFirst()) !== undefined) {
    throw new AppError("field.key_taken", say`there is already a field "${{ name }}"`);
  }
  await trx.updateTable("fields").set({ name, description }).where("id", "=", id).execute();
  return { ...old, name, description };
}

/** For good, with what contacts have in it. Throws `field.not_found`. */
export async function deleteField(trx: Database, workspaceId: number, id: number): Promise<void> {
  await requireField(trx, workspaceId, id);
  await trx.deleteFrom("fields").where("id", "=", id).execute();
  await bumpRevision(trx, workspaceId);
}

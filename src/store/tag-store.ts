import type { Database } from "./database.ts";
import { createNameStore } from "./name-store.ts";

/** The tags of a workspace. Actions may make new ones too (`rare-change-store.ts`). */
export const tagStore = createNameStore("tags", "tag");

/** The names of those of these tags that the workspace has, by id. */
export async function findTagNames(
  db: Database,
  workspaceId: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = db.selectFrom("tags").select(["id", "name"]).where("workspaceId", "=", workspaceId);
  const found = await rows.where("id", "in", ids).execute();
  return new Map(found.map(({ id, name }) => [id, name]));
}

/** Those of these names that no tag of the workspace has. */
export async function listMissingTags(db: Database, workspaceId: number, names: readonly string[]): Promise<string[]> {
  const rows = db.selectFrom("tags").select("name").where("workspaceId", "=", workspaceId);
  const known = new Set((await rows.where("name", "in", names).execute()).map(({ name }) => name));
  return names.filter((name) => !known.has(name));
}

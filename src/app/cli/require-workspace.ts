import type { Database } from "../../store/database.ts";
import { findWorkspace, type Workspace } from "../../store/workspace-store.ts";
import { CommandError } from "./command.ts";

/** The workspace of this domain, or a `CommandError` that says which there are. */
export async function requireWorkspace(db: Database, domain: string): Promise<Workspace> {
  const workspace = await findWorkspace(db, domain);
  if (workspace !== undefined) return workspace;
  const others = await db
    .selectFrom("workspaces")
    .select("domain")
    .where("deletedAt", "is", null)
    .orderBy("domain")
    .limit(10)
    .execute();
  const hint =
    others.length === 0
      ? "none exists yet: repartee workspace create"
      : `there is: ${others.map((row) => row.domain).join(", ")}`;
  throw new CommandError("workspace.not_found", `there is no workspace "${domain}"; ${hint}`);
}

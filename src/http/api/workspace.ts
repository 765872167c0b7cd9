import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import type { Database } from "../../store/database.ts";
import { findSecondFactor } from "../../store/second-factor-store.ts";
import { changeWorkspace, getWorkspace } from "../../store/workspace-store.ts";
import { type Caller, requireMayChange } from "../auth.ts";
import { workspaceChangeSchema, workspaceSchema } from "../contract/workspace.ts";
import { writeOnce } from "../idempotency.ts";
import { type ApiResource, route } from "./route.ts";

const tag = "Workspace";

/** The workspace that the caller belongs to. */
export const workspaceResource: ApiResource = (app, dependencies) => {
  const { db, publicUrl } = dependencies;
  app.get(
    "/workspace",
    route({ tag, scope: "settings:read", id: "getWorkspace", summary: "Read the workspace" }, {}, workspaceSchema),
    async ({ caller }) => ({ ...(await getWorkspace(db, caller.workspaceId)), publicUrl }),
  );
  app.patch(
    "/workspace",
    route(
      {
        tag,
        scope: "settings:write",
        shared: true,
        writes: true,
        id: "changeWorkspace",
        summary: "Change the workspace's name or time zone",
      },
      { body: workspaceChangeSchema },
      workspaceSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { caller, body } = request;
        if (body.needsSecondFactor !== undefined) {
          const { needsSecondFactor } = await getWorkspace(trx, caller.workspaceId);
          if (needsSecondFactor !== body.needsSecondFactor) await requireMayRule(trx, caller);
        }
        return { ...(await changeWorkspace(trx, caller.workspaceId, body)), publicUrl };
      }),
  );
};

/** Who asks everybody for a second factor has one: else they would be the first to be locked out. Throws `session.not_owner`, `session.no_second_factor`. */
async function requireMayRule(trx: Database, caller: Caller): Promise<void> {
  requireMayChange(caller, ["owner"]);
  if (caller.member === undefined) return;
  const factor = await findSecondFactor(trx, caller.member.userId);
  if (factor?.confirmedAt == null) {
    throw new AppError("session.no_second_factor", say`set up a second factor of your own first, under My account`);
  }
}

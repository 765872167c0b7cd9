import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { beginWorkspaceDeletion } from "../../shell/jobs/delete-workspace.ts";
import type { Database } from "../../store/database.ts";
import { findSecondFactor } from "../../store/second-factor-store.ts";
import type { Marked } from "../../store/workspace-delete-store.ts";
import { changeWorkspace, getWorkspace } from "../../store/workspace-store.ts";
import { type Caller, requireMayChange, requireProof } from "../auth.ts";
import { noContent } from "../contract/common.ts";
import { workspaceChangeSchema, workspaceDeletionSchema, workspaceSchema } from "../contract/workspace.ts";
import { writeOnce } from "../idempotency.ts";
import { type ApiResource, route } from "./route.ts";

const tag = "Workspace";

/** The workspace that the caller belongs to. */
export const workspaceResource: ApiResource = (app, dependencies) => {
  const { db, publicUrl, enqueueJobs, live, log, now } = dependencies;
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
        summary: "Change the workspace's settings",
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
  app.delete(
    "/workspace",
    route(
      {
        tag,
        scope: "settings:write",
        shared: true,
        writes: true,
        id: "deleteWorkspace",
        summary: "Delete the workspace for good, with everything in it",
        description:
          "An owner alone, who is signed in and types the domain. It is gone for everybody at once, and its domain is free; its channels are signed off at their platforms, and its data is taken away in pieces from then on. People keep their accounts.",
        status: 204,
      },
      { body: workspaceDeletionSchema },
      noContent,
    ),
    async (request) => {
      const { caller, body } = request;
      await requireProof(dependencies, caller);
      if (caller.member?.role !== "owner") {
        throw new AppError("session.not_owner", say`only an owner who is signed in deletes a workspace`);
      }
      let marked: Marked | undefined;
      await writeOnce(dependencies, request, async (trx) => {
        const { domain } = await getWorkspace(trx, caller.workspaceId);
        if (body.domain.trim().toLowerCase() !== domain) {
          throw new AppError("workspace.other_domain", say`this is not the domain of the workspace`);
        }
        const deletion = { workspaceId: caller.workspaceId, at: now() };
        marked = await beginWorkspaceDeletion(trx, enqueueJobs, deletion);
        return null;
      });
      if (marked === undefined) return null;
      // The audit log goes with the workspace.
      log.warn({ workspaceId: caller.workspaceId, userId: caller.member.userId }, "a workspace is deleted");
      for (const userId of marked.userIds) live.announceSignOut(userId);
      return null;
    },
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

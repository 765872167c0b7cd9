import { changeWorkspace, getWorkspace } from "../../store/workspace-store.ts";
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
      await writeOnce(dependencies, request, async (trx) => ({
        ...(await changeWorkspace(trx, request.caller.workspaceId, request.body)),
        publicUrl,
      })),
  );
};

import {
  changeSavedReply,
  createSavedReply,
  deleteSavedReply,
  listSavedReplies,
  requireSavedReply,
  type SavedReply,
} from "../../store/saved-reply-store.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import { savedReplyChangeSchema, savedReplyCreateSchema, savedReplySchema } from "../contract/saved-replies.ts";
import { writeOnce } from "../idempotency.ts";
import { toInstant } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

function present({ createdAt, ...reply }: SavedReply) {
  return { ...reply, createdAt: toInstant(createdAt) };
}

const tag = "Saved replies";
const read = { tag, scope: "messages:read" } as const;
const write = { tag, scope: "messages:write", writes: true, shared: true } as const;

/** Replies that the team keeps. Agents make them, who write all day. */
export const savedReplyResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/saved-replies",
    route({ ...read, id: "listSavedReplies", summary: "List saved replies" }, {}, listOf(savedReplySchema)),
    async ({ caller }) => ({ data: (await listSavedReplies(db, caller.workspaceId)).map(present) }),
  );
  app.get(
    "/saved-replies/:id",
    route({ ...read, id: "getSavedReply", summary: "Read a saved reply" }, { params: idParams }, savedReplySchema),
    async ({ caller, params }) => present(await requireSavedReply(db, caller.workspaceId, params.id)),
  );
  app.post(
    "/saved-replies",
    route(
      { ...write, id: "createSavedReply", summary: "Keep a reply", status: 201 },
      { body: savedReplyCreateSchema },
      savedReplySchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        present(await createSavedReply(trx, request.caller.workspaceId, request.body)),
      ),
  );
  app.patch(
    "/saved-replies/:id",
    route(
      { ...write, id: "changeSavedReply", summary: "Change a saved reply" },
      { params: idParams, body: savedReplyChangeSchema },
      savedReplySchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        present(await changeSavedReply(trx, request.caller.workspaceId, request.params.id, request.body)),
      ),
  );
  app.delete(
    "/saved-replies/:id",
    route(
      { ...write, id: "deleteSavedReply", summary: "Delete a saved reply", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteSavedReply(trx, request.caller.workspaceId, request.params.id);
        return null;
      }),
  );
};

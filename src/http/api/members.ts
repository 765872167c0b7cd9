import {
  addMember,
  changeMemberRole,
  listMembers,
  type Member,
  removeMember,
  requireMember,
} from "../../store/member-store.ts";
import { requireMayChange, requireProof } from "../auth.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import { memberChangeSchema, memberCreateSchema, memberSchema } from "../contract/members.ts";
import { writeOnce } from "../idempotency.ts";
import { toInstant } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

function presentMember({ id, email, name, role, createdAt, hasSecondFactor }: Member) {
  return { id, email, name, role, hasSecondFactor, createdAt: toInstant(createdAt) };
}

const tag = "Members";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", writes: true, shared: true } as const;

/** The team of a workspace: agents that conversations are assigned to. */
export const memberResource: ApiResource = (app, dependencies) => {
  const { db, live } = dependencies;
  /** Once it is so. Undefined: a repetition, which did nothing. */
  const tell = (userId: number | undefined) => {
    if (userId !== undefined) live.announceSignOut(userId);
  };
  app.get(
    "/members",
    route({ ...read, id: "listMembers", summary: "List the members of the workspace" }, {}, listOf(memberSchema)),
    async ({ caller }) => ({ data: (await listMembers(db, caller.workspaceId)).map(presentMember) }),
  );
  app.get(
    "/members/:id",
    route({ ...read, id: "getMember", summary: "Read a member" }, { params: idParams }, memberSchema),
    async ({ caller, params }) => presentMember(await requireMember(db, caller.workspaceId, params.id)),
  );
  app.post(
    "/members",
    route(
      { ...write, id: "addMember", summary: "Make somebody a member, by e-mail", status: 201 },
      { body: memberCreateSchema },
      memberSchema,
    ),
    async (request) => {
      await requireProof(dependencies, request.caller);
      return await writeOnce(dependencies, request, async (trx) => {
        const { email, name = "", role } = request.body;
        requireMayChange(request.caller, [role]);
        return presentMember(await addMember(trx, request.caller.workspaceId, { email, name, role }));
      });
    },
  );
  app.patch(
    "/members/:id",
    route(
      { ...write, id: "changeMember", summary: "Change a member's role" },
      { params: idParams, body: memberChangeSchema },
      memberSchema,
    ),
    async (request) => {
      await requireProof(dependencies, request.caller);
      let userId: number | undefined;
      const changed = await writeOnce(dependencies, request, async (trx) => {
        const { caller, params, body } = request;
        const before = await requireMember(trx, caller.workspaceId, params.id);
        requireMayChange(caller, [before.role, body.role]);
        userId = before.userId;
        return presentMember(await changeMemberRole(trx, caller.workspaceId, params.id, body.role));
      });
      tell(userId);
      return changed;
    },
  );
  app.delete(
    "/members/:id",
    route(
      { ...write, id: "removeMember", summary: "Take somebody out of the workspace", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) => {
      await requireProof(dependencies, request.caller);
      let userId: number | undefined;
      await writeOnce(dependencies, request, async (trx) => {
        const { caller, params } = request;
        const member = await requireMember(trx, caller.workspaceId, params.id);
        requireMayChange(caller, [member.role]);
        await removeMember(trx, caller.workspaceId, params.id);
        userId = member.userId;
        return null;
      });
      tell(userId);
      return null;
    },
  );
};

import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import {
  addMember,
  changeMemberRole,
  listMembers,
  type Member,
  removeMember,
  requireMember,
} from "../../store/member-store.ts";
import { isOwnersAlone, removeSecondFactor } from "../../store/second-factor-store.ts";
import { endSessions } from "../../store/session-store.ts";
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
  const { db } = dependencies;
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
      return await writeOnce(dependencies, request, async (trx) => {
        const { caller, params, body } = request;
        const before = await requireMember(trx, caller.workspaceId, params.id);
        requireMayChange(caller, [before.role, body.role]);
        return presentMember(await changeMemberRole(trx, caller.workspaceId, params.id, body.role));
      });
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
      return await writeOnce(dependencies, request, async (trx) => {
        const { caller, params } = request;
        requireMayChange(caller, [(await requireMember(trx, caller.workspaceId, params.id)).role]);
        await removeMember(trx, caller.workspaceId, params.id);
        return null;
      });
    },
  );
  app.delete(
    "/members/:id/second-factor",
    route(
      {
        ...write,
        id: "resetSecondFactor",
        summary: "Take away a member's second factor, who has lost it",
        description:
          "An owner alone, signed in, and of all workspaces that the person belongs to. The person is signed out everywhere.",
        status: 204,
      },
      { params: idParams },
      noContent,
    ),
    async (request) => {
      await requireProof(dependencies, request.caller);
      return await writeOnce(dependencies, request, async (trx) => {
        const { caller, params } = request;
        const { userId, email } = await requireMember(trx, caller.workspaceId, params.id);
        if (caller.member?.role !== "owner") {
          throw new AppError("session.not_owner", say`only an owner who is signed in takes away a second factor`);
        }
        if (!(await isOwnersAlone(trx, userId, caller.member.userId))) {
          throw new AppError("second_factor.shared_member", say`${{ email }} belongs to a workspace that is not yours`);
        }
        if (!(await removeSecondFactor(trx, userId))) {
          throw new AppError("second_factor.is_off", say`${{ email }} has no second factor`);
        }
        await endSessions(trx, userId, { except: undefined });
        return null;
      });
    },
  );
};

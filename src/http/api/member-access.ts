import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { requireMember } from "../../store/member-store.ts";
import { isOwnersAlone, removeSecondFactor } from "../../store/second-factor-store.ts";
import { endSessions } from "../../store/session-store.ts";
import { tellChange } from "../account-mail.ts";
import { requireMayChange, requireProof } from "../auth.ts";
import { idParams, noContent } from "../contract/common.ts";
import { writeOnce } from "../idempotency.ts";
import { type ApiResource, route } from "./route.ts";

const write = { tag: "Members", scope: "settings:write", writes: true, shared: true } as const;

/** How a member of the team gets in, where others have a say in it. */
export const memberAccessResource: ApiResource = (app, dependencies) => {
  const { live } = dependencies;
  /** Once it is so. Undefined: a repetition, which did nothing. */
  const tell = (userId: number | undefined) => {
    if (userId !== undefined) live.announceSignOut(userId);
  };
  app.delete(
    "/members/:id/sessions",
    route(
      {
        ...write,
        id: "endMemberSessions",
        summary: "Sign a member out on all devices",
        description:
          "The person may sign in again, with what they signed in with before: where somebody else knows the password, take them out of the workspace. Only an owner does it to an owner. What the person has open of other workspaces ends too.",
        status: 204,
      },
      { params: idParams },
      noContent,
    ),
    async (request) => {
      await requireProof(dependencies, request.caller);
      let signedOut: number | undefined;
      await writeOnce(dependencies, request, async (trx) => {
        const { caller, params } = request;
        const { userId, role } = await requireMember(trx, caller.workspaceId, params.id);
        requireMayChange(caller, [role]);
        await endSessions(trx, userId, { except: undefined });
        signedOut = userId;
        return null;
      });
      tell(signedOut);
      return null;
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
      let signedOut: number | undefined;
      await writeOnce(dependencies, request, async (trx) => {
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
        await tellChange(trx, dependencies, request, { userId, notice: "second_factor_reset" });
        signedOut = userId;
        return null;
      });
      tell(signedOut);
      return null;
    },
  );
};

import {
  createInvitation,
  type Invitation,
  listInvitations,
  withdrawInvitation,
} from "../../store/invitation-store.ts";
import { findRecipient } from "../../store/session-store.ts";
import { mailAccount } from "../account-mail.ts";
import { requireMayChange, requireProof } from "../auth.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import { invitationCreateSchema, invitationSchema } from "../contract/sign-in.ts";
import { toInstant } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

function presentInvitation({ id, email, role, createdAt, expiresAt }: Invitation, url: string | null) {
  return { id, email, role, createdAt: toInstant(createdAt), expiresAt: toInstant(expiresAt), url };
}

const tag = "Members";

/** Links by which people become members and choose a password. */
export const invitationResource: ApiResource = (app, dependencies) => {
  const { db, now } = dependencies;
  app.get(
    "/invitations",
    route(
      { tag, scope: "settings:read", id: "listInvitations", summary: "List open invitations" },
      {},
      listOf(invitationSchema),
    ),
    async ({ caller }) => ({
      data: (await listInvitations(db, caller.workspaceId, new Date(now()))).map((one) => presentInvitation(one, null)),
    }),
  );
  app.post(
    "/invitations",
    route(
      {
        tag,
        scope: "settings:write",
        shared: true,
        id: "createInvitation",
        summary: "Invite somebody; an open invitation of the same person ends",
        status: 201,
      },
      { body: invitationCreateSchema },
      invitationSchema,
    ),
    async (request) => {
      const { caller, body } = request;
      requireMayChange(caller, [body.role]);
      await requireProof(dependencies, caller);
      const { workspaceId, member } = caller;
      const invitedBy = member?.userId ?? null;
      const at = new Date(now());
      const made = await db.transaction().execute(async (trx) => {
        const invitation = await createInvitation(trx, { workspaceId, ...body, invitedBy, at });
        const host = member === undefined ? undefined : await findRecipient(trx, member);
        const { secret } = invitation;
        // In the language of whoever invites, where nothing is known of the other.
        const said = { inviter: caller.name, language: host?.language ?? "en", secret };
        await mailAccount(trx, dependencies, request, { kind: "invitation", ...said });
        return invitation;
      });
      return presentInvitation(made, `${dependencies.publicUrl}/invitation/${made.secret}`);
    },
  );
  app.delete(
    "/invitations/:id",
    route(
      {
        tag,
        scope: "settings:write",
        shared: true,
        id: "withdrawInvitation",
        summary: "Withdraw an invitation",
        status: 204,
      },
      { params: idParams },
      noContent,
    ),
    async ({ caller, params }) => {
      await withdrawInvitation(db, caller.workspaceId, params.id);
      return null;
    },
  );
};

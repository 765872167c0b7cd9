import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { AppError } from "../../model/app-error.ts";
import { say, sayPlaces } from "../../model/sentence.ts";
import { passkeySite } from "../../shell/passkey.ts";
import { checkPassword } from "../../shell/password.ts";
import { isSetupCode } from "../../shell/setup-code.ts";
import { voidLinks } from "../../store/email-change-store.ts";
import { acceptInvitation, requireInvitation } from "../../store/invitation-store.ts";
import { joinWorkspace } from "../../store/member-store.ts";
import {
  createFirstUser,
  endSessions,
  findCredentials,
  hasUsers,
  listSessions,
  mayWatchOver,
  proveSession,
  setPassword,
  setUserLanguage,
  setUserName,
} from "../../store/session-store.ts";
import { listWebchats } from "../../store/webchat-store.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import { tellChange } from "../account-mail.ts";
import { toInstant } from "../api/instant.ts";
import type { ApiApp } from "../api/route.ts";
import { requireRecentProof } from "../auth.ts";
import { idParams, listOf } from "../contract/common.ts";
import {
  deviceSchema,
  invitationAcceptSchema,
  invitationParams,
  invitationShownSchema,
  passwordChangeSchema,
  profileChangeSchema,
  proofSchema,
  type SessionBody,
  sessionSchema,
  setupSchema,
  signInSchema,
  workspaceCreateSchema,
  workspaceOfUserSchema,
} from "../contract/sign-in.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { addDataHeaders } from "../security-headers.ts";
import { addAccountDeletion } from "./delete-account.ts";
import { accountOf, createDesk, type Desk, most } from "./desk.ts";
import { addEmailChange } from "./email-change.ts";
import { hashGoodPassword } from "./good-password.ts";
import { clearCookie, createMemberReader, refuseOtherSites, renewCookie, type SignedIn } from "./member-reader.ts";
import { addPasskeys } from "./passkeys.ts";
import { addPasswordReset } from "./password-reset.ts";
import { addSecondFactor, passSecondFactor } from "./second-factor.ts";

/** Signing in and out, the first user, one's own account: what the browser does before (and beside) the API. */
export function signInRoutes(plain: Parameters<typeof addDataHeaders>[0], dependencies: HttpDependencies): void {
  const { db } = dependencies;
  const app: ApiApp = plain.withTypeProvider<ZodTypeProvider>();
  const members = createMemberReader(dependencies);
  addDataHeaders(plain);
  app.addHook("onRequest", async (request) => refuseOtherSites(request, dependencies));

  const present = async (found: SignedIn | undefined): Promise<SessionBody> => ({
    user: found === undefined ? null : pick(found.user),
    mayWatchOver: found !== undefined && (await mayWatchOver(db, found.user.id)),
    workspaces: (found?.memberships ?? []).map(({ workspaceId: id, ...workspace }) => ({ id, ...workspace })),
    mailsAccounts: dependencies.mailsAccounts === true,
    needsSetup: found === undefined && !(await hasUsers(db)),
    passkeys: passkeySite(dependencies.publicUrl) !== undefined,
    demoChat: (await listWebchats(db, "demo"))[0]?.ref ?? null,
  });
  const desk = createDesk(dependencies, members);
  const { guard, welcome, note, tellSignOut } = desk;

  app.get("/session", { schema: { response: { 200: sessionSchema } } }, async (request, reply) => {
    const found = await members.whoIs(request);
    if (found !== undefined) await renewCookie(request, reply, dependencies, found);
    return await present(found);
  });
  app.post("/session", { schema: { body: signInSchema } }, async (request, reply) => {
    const { email, password, code } = request.body;
    const user = await guard(request, accountOf(request, email), "session.wrong_password", async () => {
      const known = await findCredentials(db, email);
      if (await checkPassword(password, known?.passwordHash ?? null)) return known;
      if (known !== undefined) await note(request, known.id, "refuseSignIn");
      return undefined;
    });
    await passSecondFactor(desk, request, user.id, { code });
    await welcome(request, reply, user.id);
    return null;
  });
  app.delete("/session", async (request, reply) => {
    const found = await members.whoIs(request);
    if (found !== undefined) {
      await endSessions(db, found.user.id, { id: found.user.sessionId });
      await note(request, found.user.id, "signOut");
      tellSignOut(found.user.id);
    }
    clearCookie(reply, dependencies);
    return null;
  });
  app.post("/setup", { schema: { body: setupSchema } }, async (request, reply) => {
    const { code, email, name, password } = request.body;
    await guard(request, [{ key: "setup", most: most.address }], "setup.wrong_code", async () =>
      isSetupCode(dependencies.secretKey, code) ? true : undefined,
    );
    const passwordHash = await hashGoodPassword(password, "password", [email, name]);
    const id = await db.transaction().execute((trx) => createFirstUser(trx, { email, name, passwordHash }));
    await welcome(request, reply, id);
    return null;
  });
  addAccount(app, desk);
  addAccountDeletion(app, desk);
  addPasswordReset(app, desk);
  addEmailChange(app, desk);
  addInvitations(app, desk);
  addSecondFactor(app, desk);
  addPasskeys(app, desk);
}

const pick = ({ id, email, name, hasSecondFactor, hasAuthenticator, hasPasskeys }: SignedIn["user"]) => ({
  ...{ id, email, name },
  ...{ hasSecondFactor, hasAuthenticator, hasPasskeys },
});

/** One's own account. */
function addAccount(app: ApiApp, desk: Desk): void {
  const { dependencies, members, requireSignedIn, requirePassword, note, tellSignOut } = desk;
  const { db, now } = dependencies;
  app.post("/password", { schema: { body: passwordChangeSchema } }, async (request) => {
    const { user } = await requireSignedIn(request);
    const { current, next } = request.body;
    await requirePassword(request, user, current);
    const passwordHash = await hashGoodPassword(next, "next", [user.email, user.name]);
    await db.transaction().execute(async (trx) => {
      await setPassword(trx, user.id, passwordHash);
      await voidLinks(trx, user.id, new Date(now()));
      // Whoever knew the old one is out.
      await endSessions(trx, user.id, { except: user.sessionId });
      await note(request, user.id, "changePassword", { trx });
      await tellChange(trx, dependencies, request, { userId: user.id, notice: "password_changed" });
    });
    tellSignOut(user.id);
    return null;
  });
  app.post("/proof", { schema: { body: proofSchema } }, async (request) => {
    const { user } = await requireSignedIn(request);
    await requirePassword(request, user, request.body.current);
    await proveSession(db, user.sessionId, new Date(now()));
    return null;
  });
  app.patch("/profile", { schema: { body: profileChangeSchema } }, async (request) => {
    const { user } = await requireSignedIn(request);
    const { name, language } = request.body;
    if (name !== undefined) await setUserName(db, user.id, name);
    if (language !== undefined) await setUserLanguage(db, user.id, language);
    members.forget();
    return null;
  });
  app.get("/devices", { schema: { response: { 200: listOf(deviceSchema) } } }, async (request) => {
    const { user } = await requireSignedIn(request);
    const sessions = await listSessions(db, user.id, new Date(now()));
    return {
      data: sessions.map(({ id, userAgent, createdAt, seenAt }) => ({
        id,
        userAgent,
        createdAt: toInstant(createdAt),
        seenAt: toInstant(seenAt),
        isThisOne: id === user.sessionId,
      })),
    };
  });
  app.delete("/devices", async (request) => {
    const { user } = await requireSignedIn(request);
    await requireRecentProof(dependencies, user.sessionId);
    await endSessions(db, user.id, { except: user.sessionId });
    await note(request, user.id, "endSession");
    tellSignOut(user.id);
    return null;
  });
  app.delete("/devices/:id", { schema: { params: idParams } }, async (request) => {
    const { user } = await requireSignedIn(request);
    await requireRecentProof(dependencies, user.sessionId);
    await endSessions(db, user.id, { id: request.params.id });
    await note(request, user.id, "endSession");
    tellSignOut(user.id);
    return null;
  });
  app.post(
    "/workspaces",
    { schema: { body: workspaceCreateSchema, response: { 200: workspaceOfUserSchema } } },
    async (request) => {
      const { user, memberships } = await requireSignedIn(request);
      if (!memberships.some(({ role }) => role === "owner")) {
        throw new AppError("session.not_owner", say`only an owner of a workspace can make another one`);
      }
      const made = await db.transaction().execute(async (trx) => {
        const workspace = await createWorkspace(trx, request.body);
        const member = await joinWorkspace(trx, workspace.id, user.id, "owner");
        const { id, domain, name } = workspace;
        await note(request, user.id, "createWorkspace", { trx });
        return { id, domain, name, memberId: member.id, role: member.role, needsSecondFactor: false };
      });
      members.forget();
      return made;
    },
  );
}

/** What a link that somebody was sent opens. */
function addInvitations(app: ApiApp, { dependencies, members, welcome, note }: Desk): void {
  const { db, now } = dependencies;
  app.get(
    "/invitations/:secret",
    { schema: { params: invitationParams, response: { 200: invitationShownSchema } } },
    async ({ params }) => {
      const { email, workspace, role, isKnown } = await requireInvitation(db, params.secret, new Date(now()));
      return { email, workspace, role, isKnown };
    },
  );
  app.post(
    "/invitations/:secret",
    { schema: { params: invitationParams, body: invitationAcceptSchema } },
    async (request, reply) => {
      const { params, body } = request;
      const at = new Date(now());
      const invitation = await requireInvitation(db, params.secret, at);
      const signedIn = await members.whoIs(request);
      // The link alone must not open an account that somebody else has the password of.
      if (invitation.isKnown && signedIn?.user.email.toLowerCase() !== invitation.email.toLowerCase()) {
        throw new AppError("session.none", say`sign in as ${{ email: invitation.email }} to accept`);
      }
      if (!invitation.isKnown && body.password === undefined) {
        throw new AppError("request.invalid", sayPlaces([{ path: "password", ...say`choose one` }]), {
          details: [{ path: "password", ...say`choose one` }],
        });
      }
      const passwordHash =
        body.password === undefined
          ? undefined
          : await hashGoodPassword(body.password, "password", [invitation.email, body.name]);
      const { userId } = await db.transaction().execute(async (trx) => {
        const accepted = await acceptInvitation(trx, params.secret, { name: body.name, passwordHash, at });
        await note(request, accepted.userId, "acceptInvitation", { trx });
        return accepted;
      });
      members.forget();
      if (signedIn?.user.id !== userId) await welcome(request, reply, userId);
      return null;
    },
  );
}

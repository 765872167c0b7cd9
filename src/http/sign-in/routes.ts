import type { FastifyReply, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { AppError } from "../../model/app-error.ts";
import { checkPassword, hashPassword } from "../../shell/password.ts";
import { isSetupCode } from "../../shell/setup-code.ts";
import { acceptInvitation, requireInvitation } from "../../store/invitation-store.ts";
import { joinWorkspace } from "../../store/member-store.ts";
import {
  createFirstUser,
  createSession,
  endSessions,
  findCredentials,
  hasUsers,
  listSessions,
  readPasswordHash,
  setPassword,
  setUserName,
} from "../../store/session-store.ts";
import { countTry, forgiveTry, type Guarded } from "../../store/sign-in-try-store.ts";
import { listWebchats } from "../../store/webchat-store.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import { toInstant } from "../api/instant.ts";
import type { ApiApp } from "../api/route.ts";
import { idParams, listOf } from "../contract/common.ts";
import {
  deviceSchema,
  invitationAcceptSchema,
  invitationParams,
  invitationShownSchema,
  passwordChangeSchema,
  profileChangeSchema,
  type SessionBody,
  sessionSchema,
  setupSchema,
  signInSchema,
  workspaceCreateSchema,
  workspaceOfUserSchema,
} from "../contract/sign-in.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { addDataHeaders } from "../security-headers.ts";
import {
  clearCookie,
  createMemberReader,
  type MemberReader,
  refuseOtherSites,
  type SignedIn,
  setCookie,
} from "./member-reader.ts";

/**
 * Tries without success within a quarter of an hour: at one account from one address; at one account from anywhere (so many that a stranger does not easily lock somebody out); from one
 * address, behind which a whole office may sit.
 */
const most = { accountFromAddress: 8, account: 100, address: 60 } as const;

/** Signing in and out, the first user, one's own account: what the browser does before (and beside) the API. */
export function signInRoutes(plain: Parameters<typeof addDataHeaders>[0], dependencies: HttpDependencies): void {
  const { db } = dependencies;
  const app: ApiApp = plain.withTypeProvider<ZodTypeProvider>();
  const members = createMemberReader(dependencies);
  addDataHeaders(plain);
  app.addHook("onRequest", async (request) => refuseOtherSites(request, dependencies));

  const present = async (found: SignedIn | undefined): Promise<SessionBody> => ({
    user: found === undefined ? null : { id: found.user.id, email: found.user.email, name: found.user.name },
    workspaces: (found?.memberships ?? []).map(({ workspaceId, domain, name, memberId, role }) => ({
      id: workspaceId,
      domain,
      name,
      memberId,
      role,
    })),
    needsSetup: found === undefined && !(await hasUsers(db)),
    demoChat: (await listWebchats(db, "demo"))[0]?.ref ?? null,
  });
  const desk = createDesk(dependencies, members);
  const { guard, welcome } = desk;

  app.get("/session", { schema: { response: { 200: sessionSchema } } }, async (request) =>
    present(await members.whoIs(request)),
  );
  app.post("/session", { schema: { body: signInSchema } }, async (request, reply) => {
    const { email, password } = request.body;
    const user = await guard(request, accountOf(request, email), "session.wrong_password", async () => {
      const known = await findCredentials(db, email);
      return (await checkPassword(password, known?.passwordHash ?? null)) ? known : undefined;
    });
    await welcome(request, reply, user.id);
    return null;
  });
  app.delete("/session", async (request, reply) => {
    const found = await members.whoIs(request);
    if (found !== undefined) await endSessions(db, found.user.id, { id: found.user.sessionId });
    members.forget();
    clearCookie(reply, dependencies);
    return null;
  });
  app.post("/setup", { schema: { body: setupSchema } }, async (request, reply) => {
    const { code, email, name, password } = request.body;
    await guard(request, [{ key: "setup", most: most.address }], "setup.wrong_code", async () =>
      isSetupCode(dependencies.secretKey, code) ? true : undefined,
    );
    const passwordHash = await hashPassword(password);
    const id = await db.transaction().execute((trx) => createFirstUser(trx, { email, name, passwordHash }));
    await welcome(request, reply, id);
    return null;
  });
  addAccount(app, desk);
  addInvitations(app, desk);
}

/** One's own account. */
function addAccount(app: ApiApp, { dependencies, members, guard, requireSignedIn }: Desk): void {
  const { db, now } = dependencies;
  app.post("/password", { schema: { body: passwordChangeSchema } }, async (request) => {
    const { user } = await requireSignedIn(request);
    const { current, next } = request.body;
    await guard(request, accountOf(request, user.email), "session.wrong_password", async () =>
      (await checkPassword(current, await readPasswordHash(db, user.id))) ? true : undefined,
    );
    await setPassword(db, user.id, await hashPassword(next));
    // Whoever knew the old one is out.
    await endSessions(db, user.id, { except: user.sessionId });
    members.forget();
    return null;
  });
  app.patch("/profile", { schema: { body: profileChangeSchema } }, async (request) => {
    const { user } = await requireSignedIn(request);
    await setUserName(db, user.id, request.body.name);
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
  app.delete("/devices/:id", { schema: { params: idParams } }, async (request) => {
    const { user } = await requireSignedIn(request);
    await endSessions(db, user.id, { id: request.params.id });
    members.forget();
    return null;
  });
  app.post(
    "/workspaces",
    { schema: { body: workspaceCreateSchema, response: { 200: workspaceOfUserSchema } } },
    async (request) => {
      const { user, memberships } = await requireSignedIn(request);
      if (!memberships.some(({ role }) => role === "owner")) {
        throw new AppError("session.not_owner", "only an owner of a workspace can make another one");
      }
      const made = await db.transaction().execute(async (trx) => {
        const workspace = await createWorkspace(trx, request.body);
        const member = await joinWorkspace(trx, workspace.id, user.id, "owner");
        const { id, domain, name } = workspace;
        return { id, domain, name, memberId: member.id, role: member.role };
      });
      members.forget();
      return made;
    },
  );
}

/** What a link that somebody was sent opens. */
function addInvitations(app: ApiApp, { dependencies, members, welcome }: Desk): void {
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
        throw new AppError("session.none", `sign in as ${invitation.email} to accept`);
      }
      if (!invitation.isKnown && body.password === undefined) {
        throw new AppError("request.invalid", "password: choose one", {
          details: [{ path: "password", message: "choose one" }],
        });
      }
      const passwordHash = body.password === undefined ? undefined : await hashPassword(body.password);
      const { userId } = await db
        .transaction()
        .execute((trx) => acceptInvitation(trx, params.secret, { name: body.name, passwordHash, at }));
      members.forget();
      if (signedIn?.user.id !== userId) await welcome(request, reply, userId);
      return null;
    },
  );
}

/** What all of these routes use. */
interface Desk {
  readonly dependencies: HttpDependencies;
  readonly members: MemberReader;
  readonly guard: ReturnType<typeof createGuard>;
  /** Starts a session on this browser. */
  welcome(request: FastifyRequest, reply: FastifyReply, userId: number): Promise<void>;
  /** Throws `session.none`. */
  requireSignedIn(request: FastifyRequest): Promise<SignedIn>;
}

function createDesk(dependencies: HttpDependencies, members: MemberReader): Desk {
  const { db, now } = dependencies;
  return {
    dependencies,
    members,
    guard: createGuard(dependencies),
    async welcome(request, reply, userId) {
      const at = new Date(now());
      const secret = await createSession(db, { userId, userAgent: request.headers["user-agent"] ?? "", at });
      setCookie(reply, secret, dependencies);
    },
    async requireSignedIn(request) {
      const found = await members.whoIs(request);
      if (found === undefined) throw new AppError("session.none", "sign in first");
      return found;
    },
  };
}

function accountOf(request: FastifyRequest, email: string): Guarded[] {
  const key = `account ${email.toLowerCase()}`;
  return [
    { key, most: most.account },
    { key: `${key} from ${request.ip}`, most: most.accountFromAddress },
  ];
}

/** Runs a check that somebody may guess at: after too many tries without success it is not even run. Throws `session.too_many`, and the code where the check found nothing. */
function createGuard({ db, now }: Pick<HttpDependencies, "db" | "now">) {
  return async <T>(
    request: FastifyRequest,
    guarded: readonly Guarded[],
    code: "session.wrong_password" | "setup.wrong_code",
    check: () => Promise<T | undefined>,
  ): Promise<T> => {
    const all = [...guarded, { key: `address ${request.ip}`, most: most.address }];
    const waitMs = await countTry(db, all, new Date(now()));
    if (waitMs > 0) {
      const minutes = Math.ceil(waitMs / 60_000);
      throw new AppError("session.too_many", `too many tries; wait ${minutes} min`, { details: { waitMs } });
    }
    const found = await check();
    if (found !== undefined) {
      await forgiveTry(db, all);
      return found;
    }
    throw new AppError(
      code,
      code === "setup.wrong_code" ? "this is not the set-up code" : "e-mail and password do not fit",
    );
  };
}

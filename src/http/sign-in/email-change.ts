import type { FastifyRequest } from "fastify";
import { AppError } from "../../model/app-error.ts";
import { say, sayPlaces } from "../../model/sentence.ts";
import type { Database } from "../../store/database.ts";
import {
  beginEmailChange,
  changeEmail,
  findEmailChange,
  givingEmail,
  readEmailChange,
  takeEmailChange,
  voidEmailChange,
} from "../../store/email-change-store.ts";
import { makeLinkToken } from "../../store/password-reset-store.ts";
import { endSessions } from "../../store/session-store.ts";
import { mailAccount, tellChange } from "../account-mail.ts";
import { toInstant } from "../api/instant.ts";
import type { ApiApp } from "../api/route.ts";
import {
  emailChangeMadeSchema,
  emailChangeSchema,
  emailChangeShownSchema,
  emailChangeWaitingSchema,
  linkSchema,
} from "../contract/sign-in.ts";
import { type Desk, languageOf, most, tooMany, wishesOf, wrong } from "./desk.ts";
import type { SignedIn } from "./member-reader.ts";
import { passSecondFactor } from "./second-factor.ts";

type User = SignedIn["user"];

/** Another e-mail to sign in with: once a link that goes there was opened, or at once where the server sends no mail. */
export function addEmailChange(app: ApiApp, desk: Desk): void {
  const { dependencies, requireSignedIn, requirePassword, tellSignOut } = desk;
  const { db, now } = dependencies;

  app.get("/email-change", { schema: { response: { 200: emailChangeWaitingSchema } } }, async (request) => {
    const { user } = await requireSignedIn(request);
    const found = await readEmailChange(db, user.id, new Date(now()));
    return { waiting: found === undefined ? null : { email: found.email, until: toInstant(found.expiresAt) } };
  });
  app.post(
    "/email-change",
    { schema: { body: emailChangeSchema, response: { 200: emailChangeMadeSchema } } },
    async (request) => {
      const { user } = await requireSignedIn(request);
      const { current, email, ...shown } = request.body;
      await requirePassword(request, user, current);
      refuseSame(user, email);
      await passSecondFactor(desk, request, user.id, shown);
      await holdBackWishes(desk, request, user, email);
      if (dependencies.mailsAccounts === true) {
        await db.transaction().execute((trx) => ask(desk, trx, request, { user, email }));
        return { isChanged: false };
      }
      // That an e-mail is somebody's has to be said here; whoever asks for one after the other was held back.
      await givingEmail(db, email, (trx) => change(desk, trx, request, { user, email }));
      tellSignOut(user.id);
      return { isChanged: true };
    },
  );
  app.delete("/email-change", async (request) => {
    const { user } = await requireSignedIn(request);
    await voidEmailChange(db, user.id);
    return null;
  });
  addLink(app, desk);
}

/** What the link of the mail opens. It works for who asked for it alone: a mistyped e-mail must not give a stranger the account. */
function addLink(app: ApiApp, desk: Desk): void {
  const { dependencies, members, guard, requireSignedIn, tellSignOut } = desk;
  const { db, now } = dependencies;
  /** Looked up by 256 random bits; that somebody guesses is counted all the same. */
  const requireLink = async (request: FastifyRequest, token: string) =>
    await guard(request, [], "email_change.not_found", () => findEmailChange(db, token, new Date(now())));

  app.post(
    "/email-change/look",
    { schema: { body: linkSchema, response: { 200: emailChangeShownSchema } } },
    async (request) => {
      const { userId, email } = await requireLink(request, request.body.token);
      return { email, isYours: (await members.whoIs(request))?.user.id === userId };
    },
  );
  app.post("/email-change/use", { schema: { body: linkSchema } }, async (request) => {
    const { user } = await requireSignedIn(request);
    const { token } = request.body;
    const link = await requireLink(request, token);
    if (link.userId !== user.id) {
      throw new AppError("email_change.other_account", say`sign in with the account that this was asked for`);
    }
    await givingEmail(db, link.email, async (trx) => {
      const email = await takeEmailChange(trx, { userId: user.id, token, at: new Date(now()) });
      if (email === undefined) throw new AppError("email_change.not_found", wrong["email_change.not_found"]);
      await change(desk, trx, request, { user, email });
    });
    tellSignOut(user.id);
    return null;
  });
}

interface Wanted {
  readonly user: User;
  readonly email: string;
}

/** Whether anybody has the e-mail is looked up by the job: the answer, and the time that it takes, are the same. */
async function ask(
  { dependencies, note }: Desk,
  trx: Database,
  request: FastifyRequest,
  { user, email }: Wanted,
): Promise<void> {
  const { id: userId } = user;
  const token = makeLinkToken();
  await beginEmailChange(trx, { userId, email, token, at: new Date(dependencies.now()) });
  await note(request, userId, "askEmailChange", { trx });
  const language = languageOf(request) ?? "en";
  await mailAccount(trx, dependencies, request, { kind: "email_change", userId, email, language, token });
  await tellChange(trx, dependencies, request, { userId, notice: "email_change_asked", to: user.email });
}

async function change(
  { dependencies, note }: Desk,
  trx: Database,
  request: FastifyRequest,
  { user, email }: Wanted,
): Promise<void> {
  const { id: userId, sessionId } = user;
  const { before } = await changeEmail(trx, { userId, email, at: new Date(dependencies.now()) });
  // Whoever is signed in by the old one is out.
  await endSessions(trx, userId, { except: sessionId });
  const changes = [{ setting: "email", before, after: email }];
  await note(request, userId, "changeEmail", { trx, changes });
  await tellChange(trx, dependencies, request, { userId, notice: "email_changed", to: before });
}

/** Upper and lower case may be set right. */
function refuseSame(user: User, email: string): void {
  if (email !== user.email) return;
  const problem = { path: "email", ...say`is your e-mail already` };
  throw new AppError("request.invalid", sayPlaces([problem]), { details: [problem] });
}

/** Each may be a mail to somebody who did not ask for it, or a question whether somebody has this e-mail; none is taken back. */
async function holdBackWishes({ holdBack }: Desk, request: FastifyRequest, user: User, email: string): Promise<void> {
  const guarded = [{ key: `email change ${user.id}`, most: most.wishes }, ...wishesOf(request, email)];
  const waitMs = await holdBack("wishes for another e-mail", request, guarded);
  if (waitMs > 0) throw tooMany(waitMs);
}

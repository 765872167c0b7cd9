import type { FastifyRequest } from "fastify";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { voidLinks } from "../../store/email-change-store.ts";
import {
  findPasswordReset,
  makeLinkToken,
  type ResetUser,
  takePasswordReset,
} from "../../store/password-reset-store.ts";
import { endSessions, setPassword } from "../../store/session-store.ts";
import { forgetTries } from "../../store/sign-in-try-store.ts";
import { mailAccount, tellChange } from "../account-mail.ts";
import type { ApiApp } from "../api/route.ts";
import { linkSchema, passwordResetSchema, resetShownSchema, resetUseSchema } from "../contract/sign-in.ts";
import { accountOf, type Desk, languageOf, tooMany, wishesOf, wrong } from "./desk.ts";
import { hashGoodPassword } from "./good-password.ts";

/** A new password for whoever has forgotten theirs and reads their mail. */
export function addPasswordReset(app: ApiApp, desk: Desk): void {
  const { dependencies, guard, holdBack, note, tellSignOut } = desk;
  const { db, now } = dependencies;
  /** Looked up by 256 random bits; that somebody guesses is counted all the same. */
  const requireReset = async (request: FastifyRequest, token: string): Promise<ResetUser> =>
    await guard(request, [], "password_reset.not_found", () => findPasswordReset(db, token, new Date(now())));

  app.post("/password-reset", { schema: { body: passwordResetSchema } }, async (request) => {
    const { email } = request.body;
    if (dependencies.mailsAccounts !== true) {
      throw new AppError(
        "password_reset.no_mail",
        say`this server sends no mail; ask whoever runs it for a new password`,
      );
    }
    const waitMs = await holdBack("wishes for a new password", request, wishesOf(request, email));
    if (waitMs > 0) throw tooMany(waitMs);
    // Whether anybody has this e-mail is looked up by the job: the answer, and the time it takes, are the same for all.
    const wish = {
      kind: "password_reset",
      email,
      language: languageOf(request) ?? "en",
      token: makeLinkToken(),
    } as const;
    await db.transaction().execute((trx) => mailAccount(trx, dependencies, request, wish));
    return null;
  });
  app.post(
    "/password-reset/look",
    { schema: { body: linkSchema, response: { 200: resetShownSchema } } },
    async (request) => {
      const { email } = await requireReset(request, request.body.token);
      return { email };
    },
  );
  app.post("/password-reset/use", { schema: { body: resetUseSchema } }, async (request) => {
    const { token, password } = request.body;
    const { id: userId, email, name } = await requireReset(request, token);
    const passwordHash = await hashGoodPassword(password, "password", [email, name]);
    await db.transaction().execute(async (trx) => {
      const at = new Date(now());
      if (!(await takePasswordReset(trx, token, at))) {
        throw new AppError("password_reset.not_found", wrong["password_reset.not_found"]);
      }
      await voidLinks(trx, userId, at);
      await setPassword(trx, userId, passwordHash);
      await endSessions(trx, userId, { except: undefined });
      await note(request, userId, "resetPassword", { trx });
      await tellChange(trx, dependencies, request, { userId, notice: "password_changed" });
    });
    // Who forgot a password has mostly tried some.
    await forgetTries(
      db,
      accountOf(request, email).map(({ key }) => key),
    );
    tellSignOut(userId);
    return null;
  });
}

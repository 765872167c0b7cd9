import type { FastifyRequest } from "fastify";
import { renderSVG } from "uqr";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { findStep, hashRecoveryCode, makeAuthenticator, makeRecoveryCodes } from "../../shell/second-factor.ts";
import {
  beginSecondFactor,
  confirmSecondFactor,
  countRecoveryCodes,
  findSecondFactor,
  removeSecondFactor,
  replaceRecoveryCodes,
  type SecondFactor,
  takeRecoveryCode,
  takeStep,
} from "../../store/second-factor-store.ts";
import { openSecrets, sealSecrets } from "../../store/secret-box.ts";
import { endSessions } from "../../store/session-store.ts";
import { tellChange } from "../account-mail.ts";
import { toInstantOrNull } from "../api/instant.ts";
import type { ApiApp } from "../api/route.ts";
import {
  recoveryCodesSchema,
  secondFactorBeginSchema,
  secondFactorBegunSchema,
  secondFactorConfirmSchema,
  secondFactorProofSchema,
  secondFactorSchema,
} from "../contract/sign-in.ts";
import { type Desk, most } from "./desk.ts";

/** Asks whoever has a second factor for it, once the password was right. Throws `session.second_factor_needed`, `session.wrong_code`, `session.too_many`. */
export async function passSecondFactor(
  desk: Desk,
  request: FastifyRequest,
  userId: number,
  code: string | undefined,
): Promise<void> {
  const factor = await findSecondFactor(desk.dependencies.db, userId);
  if (factor?.confirmedAt == null) return;
  if (code === undefined || code === "") {
    throw new AppError("session.second_factor_needed", say`type the code of your authenticator too`);
  }
  await requireCode(desk, request, factor, code);
}

/** Takes a code, which is then used. */
async function requireCode(desk: Desk, request: FastifyRequest, factor: SecondFactor, code: string): Promise<void> {
  const { guard, note } = desk;
  const guarded = [{ key: `second factor ${factor.userId}`, most: most.code }];
  await guard(request, guarded, "session.wrong_code", async () => {
    if (await takeCode(desk, request, factor, code)) return true;
    await note(request, factor.userId, "refuseSecondFactor");
    return undefined;
  });
}

async function takeCode(
  { dependencies: { db, now, secretKey }, note }: Desk,
  request: FastifyRequest,
  { userId, sealed, recoverySalt }: SecondFactor,
  code: string,
): Promise<boolean> {
  const step = findStep(String(openSecrets(sealed, secretKey).secret), code.replace(/\s/g, ""), now());
  if (step !== undefined) return await takeStep(db, userId, step);
  const hash = await hashRecoveryCode(code, recoverySalt);
  if (hash === undefined || !(await takeRecoveryCode(db, userId, hash, new Date(now())))) return false;
  await note(request, userId, "useRecoveryCode");
  return true;
}

/** Setting up one's own second factor, and turning it off. */
export function addSecondFactor(app: ApiApp, desk: Desk): void {
  const { dependencies, members, note, requireSignedIn, requirePassword, tellSignOut } = desk;
  const { db, now, secretKey } = dependencies;

  /** Who is signed in, and has shown the password and a code. */
  const requireProof = async (request: FastifyRequest, { current, code }: { current: string; code: string }) => {
    const { user } = await requireSignedIn(request);
    const factor = await findSecondFactor(db, user.id);
    if (factor?.confirmedAt == null) throw new AppError("second_factor.is_off", say`you have no second factor`);
    await requirePassword(request, user, current);
    await requireCode(desk, request, factor, code);
    return user;
  };

  app.get("/second-factor", { schema: { response: { 200: secondFactorSchema } } }, async (request) => {
    const { user } = await requireSignedIn(request);
    const factor = await findSecondFactor(db, user.id);
    const since = factor?.confirmedAt ?? null;
    const recoveryCodesLeft = await countRecoveryCodes(db, user.id);
    return { isOn: since !== null, since: toInstantOrNull(since), recoveryCodesLeft };
  });
  app.post(
    "/second-factor",
    { schema: { body: secondFactorBeginSchema, response: { 200: secondFactorBegunSchema } } },
    async (request) => {
      const { user } = await requireSignedIn(request);
      await requirePassword(request, user, request.body.current);
      const { secret, uri } = makeAuthenticator(user.email);
      const sealed = sealSecrets({ secret }, secretKey);
      if (!(await beginSecondFactor(db, { userId: user.id, sealed, at: new Date(now()) }))) {
        throw new AppError("second_factor.is_on", say`you have a second factor; turn it off before you set up another`);
      }
      return { secret, uri, qrSvg: renderSVG(uri) };
    },
  );
  app.post(
    "/second-factor/confirm",
    { schema: { body: secondFactorConfirmSchema, response: { 200: recoveryCodesSchema } } },
    async (request) => {
      const { user } = await requireSignedIn(request);
      const factor = await findSecondFactor(db, user.id);
      if (factor === undefined || factor.confirmedAt !== null) {
        throw new AppError("second_factor.is_off", say`there is no set-up of a second factor under way`);
      }
      await requireCode(desk, request, factor, request.body.code);
      const { codes, ...kept } = await makeRecoveryCodes();
      await db.transaction().execute(async (trx) => {
        if (!(await confirmSecondFactor(trx, factor, new Date(now())))) {
          throw new AppError("second_factor.is_off", say`there is no set-up of a second factor under way`);
        }
        await replaceRecoveryCodes(trx, user.id, kept);
        // Whoever came in with the password alone is out.
        await endSessions(trx, user.id, { except: user.sessionId });
        await note(request, user.id, "turnOnSecondFactor", { trx });
        await tellChange(trx, dependencies, request, { userId: user.id, notice: "second_factor_on" });
      });
      tellSignOut(user.id);
      return { recoveryCodes: [...codes] };
    },
  );
  app.post(
    "/second-factor/recovery-codes",
    { schema: { body: secondFactorProofSchema, response: { 200: recoveryCodesSchema } } },
    async (request) => {
      const user = await requireProof(request, request.body);
      const { codes, ...kept } = await makeRecoveryCodes();
      await db.transaction().execute(async (trx) => {
        await replaceRecoveryCodes(trx, user.id, kept);
        await note(request, user.id, "renewRecoveryCodes", { trx });
        await tellChange(trx, dependencies, request, { userId: user.id, notice: "recovery_codes_renewed" });
      });
      return { recoveryCodes: [...codes] };
    },
  );
  app.post("/second-factor/off", { schema: { body: secondFactorProofSchema } }, async (request) => {
    const user = await requireProof(request, request.body);
    await db.transaction().execute(async (trx) => {
      await removeSecondFactor(trx, user.id);
      await note(request, user.id, "turnOffSecondFactor", { trx });
      await tellChange(trx, dependencies, request, { userId: user.id, notice: "second_factor_off" });
    });
    members.forget();
    return null;
  });
}

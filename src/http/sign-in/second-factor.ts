import type { FastifyRequest } from "fastify";
import { renderSVG } from "uqr";
import type { z } from "zod";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import {
  findStep,
  hashRecoveryCode,
  makeAuthenticator,
  makeRecoveryCodes,
  makeUnknownSecret,
} from "../../shell/second-factor.ts";
import { listPasskeys } from "../../store/passkey-store.ts";
import {
  beginSecondFactor,
  confirmSecondFactor,
  countRecoveryCodes,
  findSecondFactor,
  leaveAuthenticator,
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
import type { signedSchema } from "../contract/passkeys.ts";
import {
  recoveryCodesSchema,
  type SecondFactorNeeded,
  secondFactorBegunSchema,
  secondFactorConfirmSchema,
  secondFactorProofSchema,
  secondFactorSchema,
} from "../contract/sign-in.ts";
import { type Desk, most } from "./desk.ts";
import { takeSigned } from "./passkey-proof.ts";

interface Shown {
  readonly code?: string | undefined;
  readonly passkey?: z.output<typeof signedSchema> | undefined;
}

/** Asks whoever has a second factor for it, once the password was right. Throws `session.second_factor_needed`, `session.wrong_code`, `session.wrong_passkey`, `session.too_many`. */
export async function passSecondFactor(
  desk: Desk,
  request: FastifyRequest,
  userId: number,
  { code, passkey }: Shown,
): Promise<void> {
  const factor = await findSecondFactor(desk.dependencies.db, userId);
  if (factor?.confirmedAt == null) return;
  if (passkey !== undefined) return await requirePasskey(desk, request, userId, passkey);
  if (code === undefined || code === "") {
    const hasPasskeys = (await listPasskeys(desk.dependencies.db, userId)).length > 0;
    const details: SecondFactorNeeded = { hasAuthenticator: factor.hasAuthenticator, hasPasskeys };
    throw new AppError("session.second_factor_needed", say`show your second factor too: a code, or a passkey`, {
      details,
    });
  }
  await requireCode(desk, request, factor, () => takeCode(desk, request, factor, code));
}

async function requirePasskey(
  { dependencies, guard, note }: Desk,
  request: FastifyRequest,
  userId: number,
  passkey: z.output<typeof signedSchema>,
): Promise<void> {
  await guard(request, [], "session.wrong_passkey", async () => {
    if ((await takeSigned(dependencies, passkey))?.userId === userId) return true;
    await note(request, userId, "refuseSecondFactor");
    return undefined;
  });
}

/** Takes a code, which is then used. */
async function requireCode(
  { guard, note }: Desk,
  request: FastifyRequest,
  { userId }: SecondFactor,
  take: () => Promise<boolean>,
): Promise<void> {
  const guarded = [{ key: `second factor ${userId}`, most: most.code }];
  await guard(request, guarded, "session.wrong_code", async () => {
    if (await take()) return true;
    await note(request, userId, "refuseSecondFactor");
    return undefined;
  });
}

/** Of the authenticator, or a recovery code. */
async function takeCode(desk: Desk, request: FastifyRequest, factor: SecondFactor, code: string): Promise<boolean> {
  const { dependencies, note } = desk;
  const { db, now } = dependencies;
  const { userId, recoverySalt, hasAuthenticator } = factor;
  if (hasAuthenticator && (await takeAuthenticatorCode(desk, factor, code))) return true;
  const hash = await hashRecoveryCode(code, recoverySalt);
  if (hash === undefined || !(await takeRecoveryCode(db, userId, hash, new Date(now())))) return false;
  await note(request, userId, "useRecoveryCode");
  return true;
}

async function takeAuthenticatorCode(
  { dependencies: { db, now, secretKey } }: Desk,
  { userId, sealed }: SecondFactor,
  code: string,
): Promise<boolean> {
  const step = findStep(String(openSecrets(sealed, secretKey).secret), code.replace(/\s/g, ""), now());
  return step !== undefined && (await takeStep(db, userId, step));
}

/** Setting up one's own second factor, and turning it off. */
export function addSecondFactor(app: ApiApp, desk: Desk): void {
  const { dependencies, members, note, requireSignedIn, requirePassword, tellSignOut } = desk;
  const { db, now, secretKey } = dependencies;

  /** Who is signed in, and has shown the password and the second factor. */
  const requireProof = async (
    request: FastifyRequest,
    { current, ...shown }: z.output<typeof secondFactorProofSchema>,
  ) => {
    const { user } = await requireSignedIn(request);
    const factor = await findSecondFactor(db, user.id);
    if (factor?.confirmedAt == null) throw new AppError("second_factor.is_off", say`you have no second factor`);
    await requirePassword(request, user, current);
    await passSecondFactor(desk, request, user.id, shown);
    return { user, factor };
  };

  app.get("/second-factor", { schema: { response: { 200: secondFactorSchema } } }, async (request) => {
    const { user } = await requireSignedIn(request);
    const factor = await findSecondFactor(db, user.id);
    const since = factor?.hasAuthenticator === true ? factor.confirmedAt : null;
    const recoveryCodesLeft = await countRecoveryCodes(db, user.id);
    return { isOn: since !== null, since: toInstantOrNull(since), recoveryCodesLeft };
  });
  app.post(
    "/second-factor",
    { schema: { body: secondFactorProofSchema, response: { 200: secondFactorBegunSchema } } },
    async (request) => {
      const { user } = await requireSignedIn(request);
      const { current, ...shown } = request.body;
      await requirePassword(request, user, current);
      const known = await findSecondFactor(db, user.id);
      // One with passkeys alone gets an authenticator beside them.
      if (known?.hasAuthenticator === false) await passSecondFactor(desk, request, user.id, shown);
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
      if (factor === undefined || (factor.confirmedAt !== null && factor.hasAuthenticator)) {
        throw new AppError("second_factor.is_off", say`there is no set-up of a second factor under way`);
      }
      const { code } = request.body;
      await requireCode(desk, request, factor, () => takeAuthenticatorCode(desk, factor, code));
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
      const { user } = await requireProof(request, request.body);
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
    const { user, factor } = await requireProof(request, request.body);
    if (!factor.hasAuthenticator) throw new AppError("second_factor.is_off", say`you have no second factor`);
    const sealed = sealSecrets({ secret: makeUnknownSecret() }, secretKey);
    await db.transaction().execute(async (trx) => {
      const hasPasskeys = (await listPasskeys(trx, user.id)).length > 0;
      if (hasPasskeys) await leaveAuthenticator(trx, { userId: user.id, sealed, at: new Date(now()) });
      else await removeSecondFactor(trx, user.id);
      await note(request, user.id, "turnOffSecondFactor", { trx });
      const notice = hasPasskeys ? "authenticator_off" : "second_factor_off";
      await tellChange(trx, dependencies, request, { userId: user.id, notice });
    });
    members.forget();
    return null;
  });
}

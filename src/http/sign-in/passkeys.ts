import type { FastifyRequest } from "fastify";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { askForAny, askForNew, checkNew, passkeySite, readChallenge } from "../../shell/passkey.ts";
import { makeRecoveryCodes, makeUnknownSecret } from "../../shell/second-factor.ts";
import {
  addPasskey,
  keepChallenge,
  listPasskeys,
  removePasskey,
  renamePasskey,
  takeChallenge,
} from "../../store/passkey-store.ts";
import {
  beginWithoutAuthenticator,
  findSecondFactor,
  removeSecondFactor,
  replaceRecoveryCodes,
} from "../../store/second-factor-store.ts";
import { sealSecrets } from "../../store/secret-box.ts";
import { endSessions } from "../../store/session-store.ts";
import { tellChange } from "../account-mail.ts";
import { toInstant, toInstantOrNull } from "../api/instant.ts";
import type { ApiApp } from "../api/route.ts";
import { idParams, listOf } from "../contract/common.ts";
import {
  browserOptionsSchema,
  passkeyCreateSchema,
  passkeyMadeSchema,
  passkeyNameSchema,
  passkeySchema,
  passkeySignInSchema,
} from "../contract/passkeys.ts";
import { secondFactorProofSchema } from "../contract/sign-in.ts";
import type { HttpDependencies } from "../dependencies.ts";
import type { Desk } from "./desk.ts";
import type { SignedIn } from "./member-reader.ts";
import { takeSigned } from "./passkey-proof.ts";
import { passSecondFactor } from "./second-factor.ts";

/** Signing in with a passkey alone, and one's own passkeys. */
export function addPasskeys(app: ApiApp, desk: Desk): void {
  const { dependencies, guard, welcome } = desk;
  const { db, now } = dependencies;

  app.post("/passkeys/challenge", { schema: { response: { 200: browserOptionsSchema } } }, async () => {
    const options = await askForAny(requireSite(dependencies));
    await keepChallenge(db, { challenge: options.challenge, userId: null, at: new Date(now()) });
    return { ...options };
  });
  app.post("/passkeys/session", { schema: { body: passkeySignInSchema } }, async (request, reply) => {
    const { passkey } = request.body;
    const found = await guard(request, [], "session.wrong_passkey", () => takeSigned(dependencies, passkey));
    await welcome(request, reply, found.userId);
    return null;
  });
  addOwn(app, desk);
  addMaking(app, desk);
}

/** Those that there are. */
function addOwn(app: ApiApp, desk: Desk): void {
  const { dependencies, members, note, requireSignedIn, requirePassword } = desk;
  const { db } = dependencies;
  app.get("/passkeys", { schema: { response: { 200: listOf(passkeySchema) } } }, async (request) => {
    const { user } = await requireSignedIn(request);
    const data = await listPasskeys(db, user.id);
    return {
      data: data.map(({ id, name, isSynced, createdAt, lastUsedAt }) => ({
        ...{ id, name, isSynced },
        ...{ createdAt: toInstant(createdAt), lastUsedAt: toInstantOrNull(lastUsedAt) },
      })),
    };
  });
  app.patch("/passkeys/:id", { schema: { params: idParams, body: passkeyNameSchema } }, async (request) => {
    const { user } = await requireSignedIn(request);
    await renamePasskey(db, { id: request.params.id, userId: user.id, name: request.body.name });
    return null;
  });
  app.delete("/passkeys/:id", { schema: { params: idParams, body: secondFactorProofSchema } }, async (request) => {
    const { user } = await requireSignedIn(request);
    const { current, ...shown } = request.body;
    await requirePassword(request, user, current);
    await passSecondFactor(desk, request, user.id, shown);
    await db.transaction().execute(async (trx) => {
      await removePasskey(trx, { id: request.params.id, userId: user.id });
      const factor = await findSecondFactor(trx, user.id);
      const isLast = factor?.hasAuthenticator === false && (await listPasskeys(trx, user.id)).length === 0;
      if (isLast) await removeSecondFactor(trx, user.id);
      await note(request, user.id, "removePasskey", { trx });
      const notice = isLast ? "second_factor_off" : "passkey_removed";
      await tellChange(trx, dependencies, request, { userId: user.id, notice });
    });
    members.forget();
    return null;
  });
}

/** A new one: the password (and the second factor, where there is one) first, then the browser makes it. */
function addMaking(app: ApiApp, desk: Desk): void {
  const { dependencies, requireSignedIn, requirePassword, tellSignOut } = desk;
  const { db, now } = dependencies;
  app.post(
    "/passkeys/begin",
    { schema: { body: secondFactorProofSchema, response: { 200: browserOptionsSchema } } },
    async (request) => {
      const { user } = await requireSignedIn(request);
      const site = requireSite(dependencies);
      const { current, ...shown } = request.body;
      await requirePassword(request, user, current);
      await passSecondFactor(desk, request, user.id, shown);
      const options = await askForNew(site, user, await listPasskeys(db, user.id));
      await keepChallenge(db, { challenge: options.challenge, userId: user.id, at: new Date(now()) });
      return { ...options };
    },
  );
  app.post(
    "/passkeys",
    { schema: { body: passkeyCreateSchema, response: { 200: passkeyMadeSchema } } },
    async (request) => {
      const { user } = await requireSignedIn(request);
      const { name, passkey } = request.body;
      const site = requireSite(dependencies);
      const at = new Date(now());
      const challenge = readChallenge(passkey);
      const isOurs = challenge !== undefined && (await takeChallenge(db, { challenge, userId: user.id, at }));
      const made = isOurs ? await checkNew(site, passkey, challenge) : undefined;
      if (made === undefined)
        throw new AppError("session.wrong_passkey", say`the passkey was not made for this; try again`);
      const codes = await keep(desk, request, user, { ...made, name, userId: user.id, createdAt: at });
      tellSignOut(user.id);
      return { recoveryCodes: codes === undefined ? null : [...codes] };
    },
  );
}

/** Recovery codes, where the account has had no second factor so far. */
async function keep(
  { dependencies, note }: Desk,
  request: FastifyRequest,
  user: SignedIn["user"],
  passkey: Parameters<typeof addPasskey>[1],
): Promise<readonly string[] | undefined> {
  const { db, secretKey } = dependencies;
  const isFirst = (await findSecondFactor(db, user.id))?.confirmedAt == null;
  const { codes, ...kept } = isFirst ? await makeRecoveryCodes() : { codes: undefined };
  const isBegun = await db.transaction().execute(async (trx) => {
    await addPasskey(trx, passkey);
    const sealed = sealSecrets({ secret: makeUnknownSecret() }, secretKey);
    const begun = await beginWithoutAuthenticator(trx, { userId: user.id, sealed, at: passkey.createdAt });
    if (begun && "salt" in kept) {
      await replaceRecoveryCodes(trx, user.id, kept);
      // Whoever came in with the password alone is out.
      await endSessions(trx, user.id, { except: user.sessionId });
    }
    await note(request, user.id, "addPasskey", { trx });
    await tellChange(trx, dependencies, request, { userId: user.id, notice: "passkey_added" });
    return begun;
  });
  return isBegun ? codes : undefined;
}

/** Throws `passkey.not_here`. */
function requireSite({ publicUrl }: Pick<HttpDependencies, "publicUrl">) {
  const site = passkeySite(publicUrl);
  if (site !== undefined) return site;
  throw new AppError("passkey.not_here", say`browsers do passkeys only where PUBLIC_URL is https and has a name`);
}

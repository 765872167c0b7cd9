import type { FastifyReply, FastifyRequest } from "fastify";
import { AppError } from "../../model/app-error.ts";
import type { AuditChange } from "../../model/audit.ts";
import { type Sentence, say } from "../../model/sentence.ts";
import { checkPassword } from "../../shell/password.ts";
import { addAccountEntry } from "../../store/audit-store.ts";
import type { Database } from "../../store/database.ts";
import { createSession, readPasswordHash, setUserLanguage } from "../../store/session-store.ts";
import { countTry, forgiveTry, type Guarded } from "../../store/sign-in-try-store.ts";
import { addressOf } from "../address-limit.ts";
import type { AuditedOperation, auditedOperations } from "../contract/audit-log.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { createRefusalLog, type Limit } from "../refusal-log.ts";
import { isSecure, type MemberReader, type SignedIn, setCookie } from "./member-reader.ts";

/**
 * Tries without success within a quarter of an hour: at one account from one address; at one account from anywhere (so many that a stranger does not easily lock somebody out); from one
 * address, behind which a whole office may sit.
 */
export const most = {
  accountFromAddress: 8,
  account: 100,
  address: 60,
  /** Who gets here has the password: 10 tries of a million codes, three of which are good, cost nobody but the attacker. */
  code: 10,
  /** For mails with links: to one e-mail from one address, to one e-mail (or by one account) from anywhere, from one address. */
  wishesFromAddress: 3,
  wishes: 10,
  wishesOfAddress: 20,
} as const;

/** What the audit log keeps of what people do before they are in a workspace. */
type AccountOperation = {
  [Operation in AuditedOperation]: (typeof auditedOperations)[Operation] extends "account" ? Operation : never;
}[AuditedOperation];
/** Somebody was there, who may be anybody. */
const unproven: ReadonlySet<AccountOperation> = new Set([
  "refuseSignIn",
  "refuseSecondFactor",
  "loseSecondFactor",
  "askPasswordReset",
  "losePassword",
]);

/** What all of these routes use. */
export interface Desk {
  readonly dependencies: HttpDependencies;
  readonly members: MemberReader;
  readonly guard: ReturnType<typeof createGuard>;
  readonly holdBack: HoldBack;
  /** Starts a session on this browser. */
  welcome(request: FastifyRequest, reply: FastifyReply, userId: number): Promise<void>;
  /** Writes into the audit logs of all workspaces that the user belongs to. */
  note(
    request: FastifyRequest,
    userId: number,
    operation: AccountOperation,
    options?: { readonly trx?: Database; readonly changes?: readonly AuditChange[] },
  ): Promise<void>;
  /** Tells all processes that sessions of the user have ended, once it is so: what is open for them ends. */
  tellSignOut(userId: number): void;
  /** Throws `session.none`. */
  requireSignedIn(request: FastifyRequest): Promise<SignedIn>;
  /** Whoever is signed in types their password again. Throws `session.wrong_password`, `session.too_many`. */
  requirePassword(request: FastifyRequest, user: SignedIn["user"], current: string): Promise<void>;
}

export function createDesk(dependencies: HttpDependencies, members: MemberReader): Desk {
  const { db, now } = dependencies;
  const note: Desk["note"] = async ({ ip: address }, userId, operation, { trx = db, changes } = {}) =>
    await addAccountEntry(trx, userId, {
      at: new Date(now()),
      operation,
      address,
      isProven: !unproven.has(operation),
      changes,
    });
  const holdBack = createHoldBack(dependencies);
  const guard = createGuard(dependencies, holdBack);
  return {
    dependencies,
    members,
    holdBack,
    guard,
    note,
    async welcome(request, reply, userId) {
      const at = new Date(now());
      const secret = await db.transaction().execute(async (trx) => {
        await note(request, userId, "signIn", { trx });
        const language = languageOf(request);
        if (language !== undefined) await setUserLanguage(trx, userId, language);
        return await createSession(trx, {
          userId,
          userAgent: request.headers["user-agent"] ?? "",
          isCookiePrefixed: isSecure(dependencies),
          at,
        });
      });
      setCookie(reply, secret, dependencies);
    },
    tellSignOut(userId) {
      members.forget();
      dependencies.live.announceSignOut(userId);
    },
    async requireSignedIn(request) {
      const found = await members.whoIs(request);
      if (found === undefined) throw new AppError("session.none", say`sign in first`);
      return found;
    },
    async requirePassword(request, user, current) {
      const check = async () => {
        if (await checkPassword(current, await readPasswordHash(db, user.id))) return true;
        await note(request, user.id, "refusePassword");
        return undefined;
      };
      await guard(request, accountOf(request, user.email), "session.wrong_password", check, notYourPassword);
    },
  };
}

/** Of the page that asks, which says so itself: the first that `Accept-Language` names. Undefined: none. */
export function languageOf({ headers }: FastifyRequest): string | undefined {
  return /^\s*([a-z]{2,3})(?![a-z])/i.exec(headers["accept-language"] ?? "")?.[1]?.toLowerCase();
}

export function accountOf(request: FastifyRequest, email: string): Guarded[] {
  const key = `account ${email.toLowerCase()}`;
  return [
    { key, most: most.account },
    { key: `${key} from ${request.ip}`, most: most.accountFromAddress },
  ];
}

/** Each wish for a link may be a mail to somebody who did not ask for it; none is taken back. */
export function wishesOf({ ip }: FastifyRequest, email: string): Guarded[] {
  const key = `wish ${email.toLowerCase()}`;
  return [
    { key, most: most.wishes },
    { key: `${key} from ${ip}`, most: most.wishesFromAddress },
    { key: `wishes from ${ip}`, most: most.wishesOfAddress },
  ];
}

/** What may be guessed at, and what is said of a wrong guess. */
export const wrong = {
  "session.wrong_password": say`e-mail and password do not fit`,
  "session.wrong_code": say`the code is wrong, or was used already`,
  "session.wrong_passkey": say`this passkey does not sign in here; try again, or sign in with the password`,
  "setup.wrong_code": say`this is not the set-up code`,
  "email_change.not_found": say`the link was used, replaced by a newer one, or is older than an hour; ask for another`,
  "password_reset.not_found": say`the link was used, replaced by a newer one, or is older than an hour; ask for another`,
} as const satisfies Readonly<Record<string, Sentence>>;
type Guess = keyof typeof wrong;

/** Said to whoever is signed in, who was asked for no e-mail. */
const notYourPassword = say`this is not your password`;

/** Counts something that is not to be done often. Answers the milliseconds until it may be; 0: now. What is refused is logged. */
type HoldBack = (limit: Limit, request: FastifyRequest, guarded: readonly Guarded[]) => Promise<number>;

function createHoldBack({ db, now, log }: Pick<HttpDependencies, "db" | "now" | "log">): HoldBack {
  const refusals = createRefusalLog({ log, now });
  return async (limit, request, guarded) => {
    const waitMs = await countTry(db, guarded, new Date(now()));
    if (waitMs > 0) refusals.note(limit, addressOf(request));
    return waitMs;
  };
}

export function tooMany(waitMs: number): AppError {
  const minutes = Math.ceil(waitMs / 60_000);
  return new AppError("session.too_many", say`too many tries; wait ${{ minutes }} min`, { details: { waitMs } });
}

/** Runs a check that somebody may guess at: after too many tries without success it is not even run. Throws `session.too_many`, and the code where the check found nothing. */
function createGuard({ db }: Pick<HttpDependencies, "db">, holdBack: HoldBack) {
  return async <T>(
    request: FastifyRequest,
    guarded: readonly Guarded[],
    code: Guess,
    check: () => Promise<T | undefined>,
    sentence: Sentence = wrong[code],
  ): Promise<T> => {
    const all = [...guarded, { key: `address ${request.ip}`, most: most.address }];
    const waitMs = await holdBack("tries to sign in", request, all);
    if (waitMs > 0) throw tooMany(waitMs);
    const found = await check();
    if (found !== undefined) {
      await forgiveTry(db, all);
      return found;
    }
    throw new AppError(code, sentence);
  };
}

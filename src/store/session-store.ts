import { createHash, randomBytes } from "node:crypto";
import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import type { MemberRole } from "../model/conversation.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { lockSpaces } from "./lock-spaces.ts";

/** Somebody's sign-in on one device. */
export interface Session {
  readonly id: number;
  readonly userId: number;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly seenAt: Date;
}

/** Who is signed in. */
export interface SignedInUser {
  readonly sessionId: number;
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly seenAt: Date;
  /** Its cookie has the prefix `__Host-`: it is not taken under the name without. */
  readonly isCookiePrefixed: boolean;
  /** Signing in takes more than the password. */
  readonly hasSecondFactor: boolean;
  /** One that gives codes, beside passkeys or alone. */
  readonly hasAuthenticator: boolean;
  readonly hasPasskeys: boolean;
}

/** A workspace as one of its members sees it. */
export interface Membership {
  readonly workspaceId: number;
  readonly domain: string;
  readonly name: string;
  readonly memberId: number;
  readonly role: MemberRole;
  /** Nobody works here who signs in with the password alone. */
  readonly needsSecondFactor: boolean;
}

/** A session that nobody used for this long is over. */
const idleDays = 30;
/** And every one after so long, however much it is used. */
const mostDays = 90;
const dayMs = 86_400_000;

/** SHA-256, hex: what is hashed is random and long. */
function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** The secret is in the answer and nowhere else. */
export async function createSession(
  db: Database,
  session: {
    readonly userId: number;
    readonly userAgent: string;
    readonly isCookiePrefixed: boolean;
    readonly at: Date;
  },
): Promise<string> {
  const { userId, userAgent, isCookiePrefixed, at } = session;
  const secret = randomBytes(32).toString("base64url");
  const expiresAt = new Date(at.getTime() + idleDays * dayMs);
  const times = { createdAt: at, seenAt: at, provenAt: at, expiresAt };
  const row = { userId, hash: hashSecret(secret), userAgent: userAgent.slice(0, 300), isCookiePrefixed, ...times };
  await db.insertInto("sessions").values(row).execute();
  await db.deleteFrom("sessions").where("expiresAt", "<", at).execute();
  return secret;
}

/** Undefined: no such session, or it is over. */
export async function findSignedIn(db: Database, secret: string, at: Date): Promise<SignedInUser | undefined> {
  return await db
    .selectFrom("sessions")
    .innerJoin("users", "users.id", "sessions.userId")
    .leftJoin("secondFactors", "secondFactors.userId", "users.id")
    .select(["sessions.id as sessionId", "users.id", "users.email", "users.name", "sessions.seenAt"])
    .select("sessions.isCookiePrefixed")
    .select((eb) => eb("secondFactors.confirmedAt", "is not", null).as("hasSecondFactor"))
    .select((eb) =>
      eb
        .and([eb("secondFactors.confirmedAt", "is not", null), eb("secondFactors.hasAuthenticator", "=", true)])
        .as("hasAuthenticator"),
    )
    .select((eb) =>
      eb
        .exists(eb.selectFrom("passkeys").select("passkeys.id").whereRef("passkeys.userId", "=", "users.id"))
        .as("hasPasskeys"),
    )
    .where("sessions.hash", "=", hashSecret(secret))
    .where("sessions.expiresAt", ">", at)
    // A process of an older version keeps a session alive that is used.
    .where("sessions.createdAt", ">", new Date(at.getTime() - mostDays * dayMs))
    .$narrowType<{ hasSecondFactor: boolean; hasAuthenticator: boolean; hasPasskeys: boolean }>()
    .executeTakeFirst();
}

/** From now on the session's cookie has the prefix. */
export async function noteCookiePrefix(db: Database, id: number): Promise<void> {
  await db.updateTable("sessions").set({ isCookiePrefixed: true }).where("id", "=", id).execute();
}

/** Whether a session is still there, and whoever began it still the member that they were. */
export async function isStillIn(
  db: Database,
  { sessionId, memberId, role }: { readonly sessionId: number; readonly memberId: number; readonly role: MemberRole },
  at: Date,
): Promise<boolean> {
  const found = await db
    .selectFrom("sessions")
    .innerJoin("members", "members.userId", "sessions.userId")
    .select("sessions.id")
    .where("sessions.id", "=", sessionId)
    .where("sessions.expiresAt", ">", at)
    .where("sessions.createdAt", ">", new Date(at.getTime() - mostDays * dayMs))
    .where("members.id", "=", memberId)
    .where("members.role", "=", role)
    .executeTakeFirst();
  return found !== undefined;
}

/** Keeps a session alive that is used. */
export async function touchSession(db: Database, id: number, at: Date): Promise<void> {
  const expiresAt = new Date(at.getTime() + idleDays * dayMs);
  await db.updateTable("sessions").set({ seenAt: at, expiresAt }).where("id", "=", id).execute();
}

export async function listSessions(db: Database, userId: number, at: Date): Promise<Session[]> {
  return await db
    .selectFrom("sessions")
    .select(["id", "userId", "userAgent", "createdAt", "seenAt"])
    .where("userId", "=", userId)
    .where("expiresAt", ">", at)
    .where("createdAt", ">", new Date(at.getTime() - mostDays * dayMs))
    .orderBy("seenAt", "desc")
    .execute();
}

/** Somebody showed the password again on this device. */
export async function proveSession(db: Database, id: number, at: Date): Promise<void> {
  await db.updateTable("sessions").set({ provenAt: at }).where("id", "=", id).execute();
}

/** When the password was last shown on this device. Undefined: the session is over. */
export async function readProvenAt(db: Database, id: number): Promise<Date | undefined> {
  const row = await db.selectFrom("sessions").select(["provenAt", "createdAt"]).where("id", "=", id).executeTakeFirst();
  // One that a process of an older version began.
  return row?.provenAt ?? row?.createdAt;
}

/** Ends one session of a user's, or all but one. */
export async function endSessions(
  db: Database,
  userId: number,
  which: { readonly id: number } | { readonly except: number | undefined },
): Promise<void> {
  await db
    .deleteFrom("sessions")
    .where("userId", "=", userId)
    .$if("id" in which, (rows) => rows.where("id", "=", "id" in which ? which.id : 0))
    .$if("except" in which && which.except !== undefined, (rows) =>
      rows.where("id", "!=", "except" in which ? (which.except ?? 0) : 0),
    )
    .execute();
}

/** The workspaces that a user belongs to, in the order in which they joined. */
export async function listMemberships(db: Database, userId: number): Promise<Membership[]> {
  return await db
    .selectFrom("members")
    .innerJoin("workspaces", "workspaces.id", "members.workspaceId")
    .select([
      "workspaces.id as workspaceId",
      "workspaces.domain",
      "workspaces.name",
      "members.id as memberId",
      "members.role",
      "workspaces.needsSecondFactor",
    ])
    .where("members.userId", "=", userId)
    .orderBy("members.id")
    .execute();
}

/**
 * Whether somebody sees what is the installation's: who owns every workspace there is learns nothing there of anybody else's. Where a workspace asks for a second
 * factor, they need one.
 */
export async function mayWatchOver(db: Database, userId: number): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`
    select exists (select from workspaces where deleted_at is null) and not exists (
      select from workspaces w
      where w.deleted_at is null and (not exists (select from members m where m.workspace_id = w.id and m.user_id = ${userId} and m.role = 'owner')
        or (w.needs_second_factor and not exists (
          select from second_factors f where f.user_id = ${userId} and f.confirmed_at is not null)))) as may`.execute(
    db.withoutPlugins(),
  );
  return rows[0]?.may ?? false;
}

/** What a password is checked against. Undefined: nobody has this e-mail. */
export async function findCredentials(
  db: Database,
  email: string,
): Promise<{ readonly id: number; readonly passwordHash: string | null } | undefined> {
  return await db
    .selectFrom("users")
    .select(["id", "passwordHash"])
    .where(sql<string>`lower(email)`, "=", email.toLowerCase())
    .executeTakeFirst();
}

export async function readPasswordHash(db: Database, userId: number): Promise<string | null> {
  const row = await db.selectFrom("users").select("passwordHash").where("id", "=", userId).executeTakeFirst();
  return row?.passwordHash ?? null;
}

export async function setPassword(db: Database, userId: number, passwordHash: string): Promise<void> {
  await db.updateTable("users").set({ passwordHash }).where("id", "=", userId).execute();
}

/** Whom a mail about their account goes to. Undefined: they are gone. */
export async function findRecipient(
  db: Database,
  who: { readonly userId: number } | { readonly email: string },
): Promise<Recipient | undefined> {
  return await db
    .selectFrom("users")
    .select(["id", "email", "name", "language"])
    .select((eb) => eb("passwordHash", "is not", null).as("hasPassword"))
    .$if("userId" in who, (rows) => rows.where("id", "=", "userId" in who ? who.userId : 0))
    .$if("email" in who, (rows) =>
      rows.where(sql<string>`lower(email)`, "=", "email" in who ? who.email.toLowerCase() : ""),
    )
    .$narrowType<{ hasPassword: boolean }>()
    .executeTakeFirst();
}

interface Recipient {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  /** Null: not known. */
  readonly language: string | null;
  /** Without one, nobody signs in with the account. */
  readonly hasPassword: boolean;
}

/** In which the person is written to. */
export async function setUserLanguage(db: Database, userId: number, language: string): Promise<void> {
  await db.updateTable("users").set({ language }).where("id", "=", userId).execute();
}

export async function setUserName(db: Database, userId: number, name: string): Promise<void> {
  await db.updateTable("users").set({ name }).where("id", "=", userId).execute();
}

/** Whether anybody could sign in: before, whoever has the set-up code makes the first user. */
export async function hasUsers(db: Database): Promise<boolean> {
  const row = await db
    .selectFrom("users")
    .select("id")
    .where("passwordHash", "is not", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The first user owns every workspace that has no owner yet. Throws `setup.done` where somebody was quicker. */
export async function createFirstUser(
  trx: Database,
  user: { readonly email: string; readonly name: string; readonly passwordHash: string },
): Promise<number> {
  // One at a time: two browsers with the code must not both be first.
  await sql`select pg_advisory_xact_lock(${lockSpaces.firstUser}::int, 0)`.execute(trx);
  if (await hasUsers(trx)) throw new AppError("setup.done", say`there is a user already; sign in instead`);
  const { id } = await trx
    .insertInto("users")
    .values(user)
    .onConflict((conflict) =>
      conflict.expression(sql`lower(email)`).doUpdateSet({ name: user.name, passwordHash: user.passwordHash }),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  await sql`insert into members (workspace_id, user_id, role)
    select id, ${id}, 'owner' from workspaces w
    where w.deleted_at is null and not exists (select from members where workspace_id = w.id and role = 'owner')
    on conflict (workspace_id, user_id) do update set role = 'owner'`.execute(trx);
  return id;
}

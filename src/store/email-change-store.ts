import { createHash } from "node:crypto";
import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { isDuplicate } from "./passing-fault.ts";
import { voidPasswordResets } from "./password-reset-store.ts";
import { bumpRevision } from "./workspace-store.ts";

/** How long a link is good from when its mail is sent. */
const validMs = 3_600_000;
const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

interface Wish {
  readonly userId: number;
  /** The one that is wanted. */
  readonly email: string;
}

interface Link {
  readonly userId: number;
  readonly token: string;
  readonly at: Date;
}

/** Notes that somebody wants another e-mail; the wish before ends. */
export async function beginEmailChange(trx: Database, { userId, email, token, at }: Wish & Link): Promise<void> {
  const wish = { email, hash: hashOf(token), askedAt: at, expiresAt: expiryOf(at) };
  await trx
    .insertInto("emailChanges")
    .values({ userId, ...wish })
    .onConflict((conflict) => conflict.column("userId").doUpdateSet(wish))
    .execute();
}

const expiryOf = (at: Date) => new Date(at.getTime() + validMs);

/** Its mail is sent now: the link is good from here. False: it was used, replaced or ended. */
export async function renewEmailChange(db: Database, { userId, token, at }: Link): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("emailChanges")
    .set({ expiresAt: expiryOf(at) })
    .where("userId", "=", userId)
    .where("hash", "=", hashOf(token))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Whose link it is, and for which e-mail. Undefined: it was used, replaced or ended, or is too old. */
export async function findEmailChange(db: Database, token: string, at: Date): Promise<Wish | undefined> {
  return await db
    .selectFrom("emailChanges")
    .select(["userId", "email"])
    .where("hash", "=", hashOf(token))
    .where("expiresAt", ">", at)
    .executeTakeFirst();
}

/** What the user waits for. */
export async function readEmailChange(
  db: Database,
  userId: number,
  at: Date,
): Promise<{ readonly email: string; readonly expiresAt: Date } | undefined> {
  return await db
    .selectFrom("emailChanges")
    .select(["email", "expiresAt"])
    .where("userId", "=", userId)
    .where("expiresAt", ">", at)
    .executeTakeFirst();
}

/** Uses a link up, and answers the e-mail that it was for. Undefined: somebody was quicker. */
export async function takeEmailChange(trx: Database, { userId, token, at }: Link): Promise<string | undefined> {
  const row = await trx
    .deleteFrom("emailChanges")
    .where("userId", "=", userId)
    .where("hash", "=", hashOf(token))
    .where("expiresAt", ">", at)
    .returning("email")
    .executeTakeFirst();
  return row?.email;
}

/** Ends the user's wish. */
export async function voidEmailChange(trx: Database, userId: number): Promise<void> {
  await trx.deleteFrom("emailChanges").where("userId", "=", userId).execute();
}

/** Ends every link by which the account could become somebody else's: that for a new password, and that for another e-mail. */
export async function voidLinks(trx: Database, userId: number, at: Date): Promise<void> {
  await voidPasswordResets(trx, userId, at);
  await voidEmailChange(trx, userId);
}

/**
 * From now on the user signs in with this e-mail alone; all links end. Answers the one before. Run it by `givingEmail`, which knows an e-mail that is somebody
 * else's by what the database says.
 */
export async function changeEmail(
  trx: Database,
  { userId, email, at }: Wish & { readonly at: Date },
): Promise<{ readonly before: string }> {
  const user = trx.selectFrom("users").select("email").where("id", "=", userId).forUpdate();
  const { email: before } = await user.executeTakeFirstOrThrow();
  await trx.updateTable("users").set({ email }).where("id", "=", userId).execute();
  await trx
    .insertInto("formerEmails")
    .values({ userId, email: before, changedAt: at })
    .onConflict((conflict) => conflict.columns(["userId", "email"]).doUpdateSet({ changedAt: at }))
    .execute();
  await voidLinks(trx, userId, at);
  // Flows name members by e-mail.
  const theirs = trx.selectFrom("members").select("workspaceId").where("userId", "=", userId).orderBy("workspaceId");
  for (const { workspaceId } of await theirs.execute()) await bumpRevision(trx, workspaceId);
  return { before };
}

/** A transaction that gives somebody an e-mail. Throws `user.email_taken` where it is another's, even since this very moment. */
export async function givingEmail<T>(db: Database, email: string, run: (trx: Database) => Promise<T>): Promise<T> {
  try {
    return await db.transaction().execute(run);
  } catch (thrown) {
    if (!isDuplicate(thrown, "users_email")) throw thrown;
    throw new AppError("user.email_taken", say`there is already a user ${{ email }}`, { cause: thrown });
  }
}

/** The e-mails that somebody had before, but those that are somebody else's by now. */
export async function listFormerEmails(db: Database, userId: number): Promise<string[]> {
  const { rows } = await sql<{ email: string }>`
    select f.email from former_emails f where f.user_id = ${userId}
      and not exists (select from users u where lower(u.email) = lower(f.email))
    order by f.changed_at`.execute(db);
  return rows.map(({ email }) => email);
}

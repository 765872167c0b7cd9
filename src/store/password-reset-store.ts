import { createHash, randomBytes } from "node:crypto";
import type { Database } from "./database.ts";

/** How long a link is good from when its mail is sent. */
const validMs = 3_600_000;
const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

/** 256 random bits, for a link. */
export function makeLinkToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Somebody who may choose a new password. */
export interface ResetUser {
  readonly id: number;
  readonly email: string;
  readonly name: string;
}

/**
 * Makes a link good, the same one anew where its mail is tried again, and ends the one before. `begun`: for the first time. Undefined: it was used already, the password was changed after it was asked for, or
 * a newer one was asked for.
 */
export async function beginPasswordReset(
  trx: Database,
  { userId, token, askedAt, at }: ResetRequest,
): Promise<"begun" | "again" | undefined> {
  const hash = hashOf(token);
  const expiresAt = new Date(at.getTime() + validMs);
  const before = await trx
    .selectFrom("passwordResets")
    .select("hash")
    .where("userId", "=", userId)
    .forUpdate()
    .executeTakeFirst();
  const row = await trx
    .insertInto("passwordResets")
    .values({ userId, hash, askedAt, expiresAt })
    .onConflict((conflict) =>
      conflict
        .column("userId")
        .doUpdateSet({ hash, askedAt, expiresAt })
        .where((eb) => eb.or([eb("passwordResets.askedAt", "<", askedAt), eb("passwordResets.hash", "=", hash)])),
    )
    .returning("userId")
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return before?.hash === hash ? "again" : "begun";
}

interface ResetRequest {
  readonly userId: number;
  readonly token: string;
  readonly askedAt: Date;
  readonly at: Date;
}

/** Whose link it is. Undefined: it was used, replaced, or is too old. */
export async function findPasswordReset(db: Database, token: string, at: Date): Promise<ResetUser | undefined> {
  return await db
    .selectFrom("passwordResets")
    .innerJoin("users", "users.id", "passwordResets.userId")
    .select(["users.id", "users.email", "users.name"])
    .where("passwordResets.hash", "=", hashOf(token))
    .where("passwordResets.expiresAt", ">", at)
    .executeTakeFirst();
}

/** Uses a link up. False: somebody was quicker. */
export async function takePasswordReset(trx: Database, token: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("passwordResets")
    .set({ hash: null })
    .where("hash", "=", hashOf(token))
    .where("expiresAt", ">", at)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Ends the user's link, and those that were asked for and are still to be made. */
export async function voidPasswordResets(trx: Database, userId: number, at: Date): Promise<void> {
  const ended = { hash: null, askedAt: at, expiresAt: at };
  await trx
    .insertInto("passwordResets")
    .values({ userId, ...ended })
    .onConflict((conflict) => conflict.column("userId").doUpdateSet(ended))
    .execute();
}

import { createHash } from "node:crypto";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";

/** What somebody signs in with, alone or beside the password. */
export interface Passkey {
  readonly id: number;
  readonly userId: number;
  readonly name: string;
  /** Base64URL, as the browser names it. */
  readonly credentialId: string;
  /** COSE, Base64URL. */
  readonly publicKey: string;
  /** Of signatures; 0 where the device does not count. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** A password manager has it on several devices. */
  readonly isSynced: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

export type NewPasskey = Omit<Passkey, "id" | "lastUsedAt">;

const columns = [
  "id",
  "userId",
  "name",
  "credentialId",
  "publicKey",
  "counter",
  "transports",
  "isSynced",
  "createdAt",
  "lastUsedAt",
] as const;

/** How long a browser has to sign. */
const challengeMs = 5 * 60_000;
/** More are nobody's devices. */
const mostOfOne = 20;
const hashOf = (challenge: string) => createHash("sha256").update(challenge).digest("hex");

interface Challenge {
  readonly challenge: string;
  /** Whose new passkey it is for; null: for signing in. */
  readonly userId: number | null;
  readonly at: Date;
}

export async function keepChallenge(db: Database, { challenge, userId, at }: Challenge): Promise<void> {
  const expiresAt = new Date(at.getTime() + challengeMs);
  await db
    .insertInto("passkeyChallenges")
    .values({ hash: hashOf(challenge), userId, expiresAt })
    .execute();
  await db.deleteFrom("passkeyChallenges").where("expiresAt", "<", at).execute();
}

/** Uses one up. False: it was used, is for something else, or is too old. */
export async function takeChallenge(db: Database, { challenge, userId, at }: Challenge): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("passkeyChallenges")
    .where("hash", "=", hashOf(challenge))
    .where("userId", "is not distinct from", userId)
    .where("expiresAt", ">", at)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** In the order in which they were made. */
export async function listPasskeys(db: Database, userId: number): Promise<Passkey[]> {
  return await db.selectFrom("passkeys").select(columns).where("userId", "=", userId).orderBy("id").execute();
}

export async function findPasskey(db: Database, credentialId: string): Promise<Passkey | undefined> {
  const rows = db.selectFrom("passkeys").select(columns);
  return await rows.where("credentialId", "=", credentialId).executeTakeFirst();
}

/** Throws `passkey.exists`, `passkey.too_many`. */
export async function addPasskey(trx: Database, passkey: NewPasskey): Promise<void> {
  if ((await listPasskeys(trx, passkey.userId)).length >= mostOfOne) {
    throw new AppError("passkey.too_many", say`an account has ${{ most: mostOfOne }} passkeys at most; remove one`);
  }
  const made = await trx
    .insertInto("passkeys")
    .values({ ...passkey, transports: [...passkey.transports], lastUsedAt: null })
    .onConflict((conflict) => conflict.column("credentialId").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) throw new AppError("passkey.exists", say`this passkey is there already`);
}

/** It signed something: the number that it counts with goes on. False: it signed something later already, or is a copy. */
export async function noteUse(
  db: Database,
  { id, counter, at }: { readonly id: number; readonly counter: number; readonly at: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("passkeys")
    .set({ counter, lastUsedAt: at })
    .where("id", "=", id)
    .where((eb) => eb.or([eb("counter", "<", counter), eb.and([eb("counter", "=", 0), eb.val(counter === 0)])]))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Throws `passkey.not_found`. */
export async function renamePasskey(
  db: Database,
  { id, userId, name }: { readonly id: number; readonly userId: number; readonly name: string },
): Promise<void> {
  const rows = db.updateTable("passkeys").set({ name }).where("id", "=", id).where("userId", "=", userId);
  if ((await rows.executeTakeFirst()).numUpdatedRows === 0n) throw notFound(id);
}

/** Throws `passkey.not_found`. */
export async function removePasskey(trx: Database, { id, userId }: { id: number; userId: number }): Promise<void> {
  const rows = trx.deleteFrom("passkeys").where("id", "=", id).where("userId", "=", userId);
  if ((await rows.executeTakeFirst()).numDeletedRows === 0n) throw notFound(id);
}

const notFound = (id: number) => new AppError("passkey.not_found", say`you have no passkey ${{ id }}`);

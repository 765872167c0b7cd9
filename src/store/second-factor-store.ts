import { sql } from "kysely";
import type { Database } from "./database.ts";

/** What somebody signs in with beside the password. */
export interface SecondFactor {
  readonly userId: number;
  /** `sealSecrets` of `{ secret }`. */
  readonly sealed: string;
  /** Null: it was begun, and asks for nothing yet. */
  readonly confirmedAt: Date | null;
  /** Base64URL; empty: there were never recovery codes. */
  readonly recoverySalt: string;
  /** False: it is passkeys alone, and the secret is nobody's, or of a set-up under way. */
  readonly hasAuthenticator: boolean;
}

export async function findSecondFactor(db: Database, userId: number): Promise<SecondFactor | undefined> {
  return await db
    .selectFrom("secondFactors")
    .select(["userId", "sealed", "confirmedAt", "recoverySalt", "hasAuthenticator"])
    .where("userId", "=", userId)
    .executeTakeFirst();
}

interface Sealed {
  readonly userId: number;
  readonly sealed: string;
  readonly at: Date;
}

/** From now on signing in asks for a passkey, or a recovery code; `sealed` is a secret that nobody knows. False: it asks for something already. */
export async function beginWithoutAuthenticator(trx: Database, { userId, sealed, at }: Sealed): Promise<boolean> {
  const set = { sealed, createdAt: at, confirmedAt: at, lastStep: 0, hasAuthenticator: false };
  const row = await trx
    .insertInto("secondFactors")
    .values({ userId, ...set })
    .onConflict((conflict) => conflict.column("userId").doUpdateSet(set).where("secondFactors.confirmedAt", "is", null))
    .returning("userId")
    .executeTakeFirst();
  return row !== undefined;
}

/** Passkeys alone are the second factor; `sealed` is a secret that nobody knows. */
export async function leaveAuthenticator(trx: Database, { userId, sealed, at }: Sealed): Promise<void> {
  const set = { sealed, createdAt: at, lastStep: 0, hasAuthenticator: false };
  await trx.updateTable("secondFactors").set(set).where("userId", "=", userId).execute();
}

/** Keeps a secret that nobody has shown a code of yet, in the place of an older such. False: there is a confirmed one, which stays. */
export async function beginSecondFactor(db: Database, { userId, sealed, at }: Sealed): Promise<boolean> {
  const row = await db
    .insertInto("secondFactors")
    .values({ userId, sealed, createdAt: at, confirmedAt: null })
    .onConflict((conflict) =>
      conflict
        .column("userId")
        .doUpdateSet({ sealed, createdAt: at, lastStep: 0 })
        .where((eb) =>
          eb.or([eb("secondFactors.confirmedAt", "is", null), eb("secondFactors.hasAuthenticator", "=", false)]),
        ),
    )
    .returning("userId")
    .executeTakeFirst();
  return row !== undefined;
}

/** From now on signing in asks for it. False: somebody confirmed it before, or it is another one by now. */
export async function confirmSecondFactor(
  trx: Database,
  { userId, sealed }: Pick<SecondFactor, "userId" | "sealed">,
  at: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("secondFactors")
    .set({ confirmedAt: at, hasAuthenticator: true })
    .where("userId", "=", userId)
    .where("sealed", "=", sealed)
    .where((eb) => eb.or([eb("confirmedAt", "is", null), eb("hasAuthenticator", "=", false)]))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Notes that the code of a time step was taken. False: it, or a later one, was taken before. */
export async function takeStep(db: Database, userId: number, step: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("secondFactors")
    .set({ lastStep: step })
    .where("userId", "=", userId)
    .where("lastStep", "<", step)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Those that there were are worth nothing any more. */
export async function replaceRecoveryCodes(
  trx: Database,
  userId: number,
  { salt, hashes }: { readonly salt: string; readonly hashes: readonly string[] },
): Promise<void> {
  await trx.updateTable("secondFactors").set({ recoverySalt: salt }).where("userId", "=", userId).execute();
  await trx.deleteFrom("recoveryCodes").where("userId", "=", userId).execute();
  const rows = hashes.map((hash) => ({ userId, hash, usedAt: null }));
  await trx.insertInto("recoveryCodes").values(rows).execute();
}

/** False: there is no such code, or it was used. */
export async function takeRecoveryCode(db: Database, userId: number, hash: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("recoveryCodes")
    .set({ usedAt: at })
    .where("userId", "=", userId)
    .where("hash", "=", hash)
    .where("usedAt", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function countRecoveryCodes(db: Database, userId: number): Promise<number> {
  const { count } = await db
    .selectFrom("recoveryCodes")
    .select((eb) => eb.fn.countAll<string>().as("count"))
    .where("userId", "=", userId)
    .where("usedAt", "is", null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Signing in takes the password alone again: passkeys and recovery codes are gone too. False: it did before. */
export async function removeSecondFactor(trx: Database, userId: number): Promise<boolean> {
  await trx.deleteFrom("passkeys").where("userId", "=", userId).execute();
  await trx.deleteFrom("recoveryCodes").where("userId", "=", userId).execute();
  const { numDeletedRows } = await trx.deleteFrom("secondFactors").where("userId", "=", userId).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Whether the user belongs to no workspace but those that the other one owns. */
export async function isOwnersAlone(db: Database, userId: number, ownerId: number): Promise<boolean> {
  const { rows } = await sql<{ isSo: boolean }>`select not exists (
    select from members m where m.user_id = ${userId} and not exists (
      select from members o where o.workspace_id = m.workspace_id and o.user_id = ${ownerId} and o.role = 'owner'
    )
  ) as is_so`.execute(db);
  return rows[0]?.isSo === true;
}

import { sql } from "kysely";
import { type Sentence, say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { listSealed } from "./database-state-store.ts";
import { openSecrets } from "./secret-box.ts";
import { allKeys, currentKey, keyId, type SecretKey } from "./secret-key.ts";

/** The process has not the keys that the database needs; `message` says what to do, in one line. */
export class SecretKeyError extends Error {
  override readonly name = "SecretKeyError";

  constructor(missing: MissingKeys, secretKey: SecretKey) {
    super(`${sayMissing(missing, secretKey).message}. ${whereKeysAreMissing.message}`);
  }
}

/** Ids of keys that the database needs and that are not among these. A text: none of these opens anything of what it holds, and what did is not known. */
type MissingKeys = readonly string[] | "unknown";

/**
 * What is missing of the keys that have sealed and signed for this database since the last `retireOtherKeys`. A database that nobody has started on since the
 * release that notes keys is asked whether what it holds can be opened.
 */
export async function findMissingKeys(db: Database, secretKey: SecretKey): Promise<MissingKeys> {
  const known = await listKeyIds(db);
  if (known.length > 0) {
    const given = new Set(allKeys(secretKey).map(keyId));
    return known.filter((id) => !given.has(id));
  }
  const sealed = await listSealed(db);
  return sealed.length === 0 || sealed.some((one) => opens(one.sealed, secretKey)) ? [] : "unknown";
}

/**
 * Before anything is changed: whether the database has noted keys that are missing here. One that no process has noted any in yet is asked by `takeUpSecretKey`, once it has the tables for it. Throws
 * `SecretKeyError`.
 */
export async function refuseForeignKey(db: Database, secretKey: SecretKey): Promise<void> {
  const given = new Set(allKeys(secretKey).map(keyId));
  const missing = (await listKeyIds(db)).filter((id) => !given.has(id));
  if (missing.length > 0) throw new SecretKeyError(missing, secretKey);
}

/**
 * Notes that a process seals and signs with the present key. Throws `SecretKeyError` where it has not all the keys that others did so with: it could neither open nor prove what
 * they make, nor they what it makes. Of two that start at once on a new database with different keys, the second is refused.
 */
export async function takeUpSecretKey(db: Database, secretKey: SecretKey): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`lock table secret_keys in share row exclusive mode`.execute(trx);
    const missing = await findMissingKeys(trx, secretKey);
    if (missing.length > 0) throw new SecretKeyError(missing, secretKey);
    const id = currentKeyId(secretKey);
    await trx
      .insertInto("secretKeys")
      .values({ id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

/** From now on the database needs the present key alone. */
export async function retireOtherKeys(db: Database, secretKey: SecretKey): Promise<void> {
  const id = currentKeyId(secretKey);
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom("secretKeys").where("id", "!=", id).execute();
    await trx
      .insertInto("secretKeys")
      .values({ id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

const currentKeyId = (secretKey: SecretKey): string => keyId(currentKey(secretKey));

/** What is missing. */
export function sayMissing(missing: MissingKeys, secretKey: SecretKey): Sentence {
  const own = currentKeyId(secretKey);
  return missing === "unknown"
    ? say`Nothing that the database holds can be opened with this secret key (its id is ${{ own }})`
    : say`The database needs secret keys that are missing here (their ids: ${{ missing: missing.join(", ") }}); the one here has the id ${{ own }}`;
}

/** What to do about it. */
export const whereKeysAreMissing = say`Give all processes on one database the same SECRET_KEY (or DATA_DIR/secret-key). If the key was to be changed, keep the old one in SECRET_KEY_PREVIOUS and run "repartee rotate-secrets"; if it is lost for good, run "repartee rotate-secrets --lost".`;

async function listKeyIds(db: Database): Promise<string[]> {
  // A backup of an older release has no such table.
  const { rows } = await sql<{ there: boolean }>`select to_regclass('secret_keys') is not null as there`.execute(db);
  if (rows[0]?.there !== true) return [];
  const keys = await db.selectFrom("secretKeys").select("id").orderBy("since").orderBy("id").execute();
  return keys.map(({ id }) => id);
}

function opens(sealed: string, secretKey: SecretKey): boolean {
  try {
    openSecrets(sealed, secretKey);
    return true;
  } catch {
    // Only whether it can be opened is of interest here.
    return false;
  }
}

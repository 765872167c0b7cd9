import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import type { Json } from "../model/field.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";

/** A request that may be sent again: the caller's key, and what the request was. */
export interface IdempotentRequest {
  /** Whose key it is: `t7` for a token, `m7` for a member. */
  readonly caller: string;
  readonly key: string;
  /** SHA-256 of method, path and body. */
  readonly fingerprint: string;
}

/** What the first request with a key was answered. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: Json;
}

/** Keys are kept this long; a repetition comes within minutes. */
const keptHours = 48;

/**
 * Takes the key for this transaction. Returns the answer of the first request where there was one. Throws
 * `idempotency.in_progress` where another connection holds the key, `idempotency.mismatch` where it was another request's.
 */
export async function claimKey(trx: Database, request: IdempotentRequest): Promise<KeptAnswer | undefined> {
  const { rows } = await sql<{ free: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`${request.caller}:${request.key}`}, 11)) as free
  `.execute(trx);
  if (rows[0]?.free !== true) {
    throw new AppError("idempotency.in_progress", say`the first request with this key is still under way`);
  }
  const known = await rememberKey(trx, request);
  if (known === undefined || known.status === null) return undefined;
  return { status: known.status, body: known.body };
}

/** Keeps what the request was answered, in its own transaction. */
export async function keepAnswer(trx: Database, request: IdempotentRequest, answer: KeptAnswer): Promise<void> {
  await trx
    .updateTable("idempotencyKeys")
    .set({ status: answer.status, body: JSON.stringify(answer.body) })
    .where("caller", "=", request.caller)
    .where("key", "=", request.key)
    .execute();
}

/**
 * Binds the key to this request, for those that the waist itself recognises by its dedupe key. Throws `idempotency.mismatch` where the key
 * was another request's. Returns what was there before.
 */
export async function rememberKey(
  db: Database,
  { caller, key, fingerprint }: IdempotentRequest,
): Promise<{ readonly status: number | null; readonly body: Json } | undefined> {
  await forgetOldKeys(db);
  const fresh = await db
    .insertInto("idempotencyKeys")
    .values({ caller, key, fingerprint })
    .onConflict((conflict) => conflict.columns(["caller", "key"]).doNothing())
    .returning("key")
    .executeTakeFirst();
  if (fresh !== undefined) return undefined;
  const known = await db
    .selectFrom("idempotencyKeys")
    .select(["fingerprint", "status", "body"])
    .where("caller", "=", caller)
    .where("key", "=", key)
    .executeTakeFirst();
  if (known !== undefined && known.fingerprint !== fingerprint) {
    throw new AppError("idempotency.mismatch", say`the key "${{ key }}" was used for another request`);
  }
  return known;
}

/** A few at a time, and none that another transaction holds: a caller must not wait for housekeeping. */
async function forgetOldKeys(db: Database): Promise<void> {
  await sql`
    delete from idempotency_keys where ctid in (
      select ctid from idempotency_keys where created_at < now() - ${`${keptHours} hours`}::interval
      limit 20 for update skip locked)
  `.execute(db);
}

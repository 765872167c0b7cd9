import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { AppError } from "../model/app-error.ts";
import type { Json } from "../model/field.ts";
import type { Submission, SubmitReply } from "../shell/submission.ts";
import type { Database } from "../store/database.ts";
import { claimKey, type IdempotentRequest, keepAnswer, rememberKey } from "../store/idempotency-store.ts";
import { isBrokenReference } from "../store/passing-fault.ts";
import { keepAudit, skipAudit } from "./audit.ts";
import type { HttpDependencies } from "./dependencies.ts";

/** The caller's key and what the request is; undefined where no `Idempotency-Key` was sent. */
function readKey(request: FastifyRequest): IdempotentRequest | undefined {
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string") return undefined;
  const hash = createHash("sha256");
  hash.update(`${request.method} ${request.raw.url ?? ""}\n`);
  hash.update(Buffer.isBuffer(request.body) ? request.body : (JSON.stringify(request.body) ?? ""));
  return { caller: request.caller.key, key, fingerprint: hash.digest("hex") };
}

/** How an answer is kept for a repetition; answers are what the contract's schemas describe, so they are JSON. */
interface Seal<Answer> {
  readonly close: (answer: Answer) => Json;
  readonly open: (kept: Json) => Answer;
}

/**
 * Writes in one transaction, together with the answer under the caller's `Idempotency-Key`: a repetition hears the first answer and
 * changes nothing. The audit log's entry goes along. A write that throws leaves the key free. `seal` keeps the answer unreadable at rest (secrets shown once).
 */
export async function writeOnce<Answer>(
  dependencies: HttpDependencies,
  request: FastifyRequest,
  write: (trx: Database) => Promise<Answer>,
  seal: Seal<Answer> = { close: (answer) => (answer ?? null) as Json, open: (kept) => kept as Answer },
): Promise<Answer> {
  const key = readKey(request);
  return await tryAgainAfterClashes(dependencies.db, async (trx) => {
    const kept = key && (await claimKey(trx, key));
    if (kept !== undefined) {
      skipAudit(request);
      return seal.open(kept.body);
    }
    const answer = await write(trx);
    await keepAudit(trx, dependencies, request, answer);
    if (key === undefined) return answer;
    await keepAnswer(trx, key, { status: request.routeOptions.config.status ?? 200, body: seal.close(answer) });
    return answer;
  });
}

const mostTries = 4;

/**
 * Two writes that wait for each other (a tag is deleted while a field is, both mark the workspace as changed): PostgreSQL ends one of them, which has changed nothing then and
 * begins anew. So does one whose flow, bot or the like was deleted under it: looked up again it is not there, and the caller is told so.
 */
async function tryAgainAfterClashes<T>(db: Database, work: (trx: Database) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (thrown) {
      const isDeadlock = (thrown as { code?: unknown } | null)?.code === "40P01";
      if (tries === mostTries || !(isDeadlock || isBrokenReference(thrown))) throw thrown;
    }
  }
}

/** What the waist knows a repetition of this request by; undefined where no `Idempotency-Key` was sent. Throws `idempotency.mismatch`. */
export async function claimDedupeKey(
  { db }: Pick<HttpDependencies, "db">,
  request: FastifyRequest,
): Promise<string | undefined> {
  const key = readKey(request);
  if (key === undefined) return undefined;
  await rememberKey(db, key);
  return `${key.caller}:${key.key}`;
}

/** Refusals of the event itself; others are an action's. */
const ownCodes = ["contact.not_found", "bot.not_found", "contact.merge_itself", "contact.merge_other_bot"] as const;

/** Hands an event to the waist, which recognises a repetition by the caller's `Idempotency-Key`. Throws where it is refused. */
export async function submitOnce(
  dependencies: HttpDependencies,
  request: FastifyRequest,
  submission: Pick<Submission, "target" | "happening">,
): Promise<SubmitReply & { readonly status: "done" | "duplicate" }> {
  const dedupeKey = await claimDedupeKey(dependencies, request);
  const reply = await dependencies.submit({ ...submission, source: "api", by: request.caller.member?.id, dedupeKey });
  if (reply.status === "duplicate") skipAudit(request);
  if (reply.status !== "refused") return reply;
  const known = ownCodes.find((code) => code === reply.code);
  if (known !== undefined) throw new AppError(known, reply);
  if (reply.code === "internal") throw new AppError("service.internal", reply);
  throw new AppError("action.refused", reply, { details: { code: reply.code } });
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** The status of a good answer, where it is not 200. */
    status?: number;
  }
}

import type { FastifyInstance, FastifyRequest } from "fastify";
import type { AuditKind } from "../model/audit.ts";
import { addChangeEntry } from "../store/audit-change-store.ts";
import type { NewAuditEntry } from "../store/audit-store.ts";
import { type AuditSubject, readAuditSubject, type SubjectKey } from "../store/audit-subject-store.ts";
import type { Database } from "../store/database.ts";
import type { Caller } from "./auth.ts";
import { type AuditedOperation, auditedOperations, isAudited, unauditedOperations } from "./contract/audit-log.ts";
import type { HttpDependencies } from "./dependencies.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What is known of an operation that the audit log keeps; undefined for all others. */
    audited: Audited | undefined;
  }
  interface FastifyContextConfig {
    /** What the audit log calls this route. */
    operation?: string;
    /** What a request names its thing by, or its answer does, where that is no parameter of the address. */
    subjectKey?: (request: FastifyRequest, answer?: unknown) => SubjectKey;
  }
}

interface Audited {
  readonly operation: AuditedOperation;
  readonly before: AuditSubject | undefined;
  /** The answer's object, which says what was made. */
  answer: unknown;
  /** It stands in the log, or is about to, with the transaction of the change itself. */
  isKept: boolean;
}

type Tools = Pick<HttpDependencies, "db" | "secretKey" | "now" | "log">;

/**
 * Sees every route that is added after it. One that may change something has to be named in `contract/audit-log.ts`, as kept or not; else the server does not start.
 * What is kept is written with the change's own transaction (`writeOnce`), or, where there is none, once it went well and before the caller hears of it.
 */
export function addAuditLog(app: FastifyInstance, dependencies: Tools): void {
  app.addHook("onRoute", ({ url, method, config }) => {
    const operation = config?.operation;
    if (String(method) === "GET" || (operation !== undefined && unauditedOperations.has(operation))) return;
    if (operation === undefined || !isAudited(operation)) {
      throw new Error(`${String(method)} ${url}: contract/audit-log.ts does not say whether the audit log keeps it`);
    }
  });
  addDoorAuditLog(app, dependencies);
}

/** The same for a vendor's door, of whose routes only those are kept that name their `operation`. */
export function addDoorAuditLog(app: FastifyInstance, dependencies: Tools): void {
  app.decorateRequest("audited", undefined);
  app.addHook("preHandler", async (request) => {
    const { operation } = request.routeOptions.config;
    if (operation === undefined || !isAudited(operation)) return;
    const before = await readSubject(dependencies.db, dependencies, request, { operation, key: keyOf(request) });
    request.audited = { operation, before, answer: undefined, isKept: false };
  });
  app.addHook("preSerialization", async (request, _reply, payload) => {
    if (request.audited !== undefined) request.audited.answer = payload;
    return payload;
  });
  app.addHook("onSend", async (request, reply, payload) => {
    const { audited } = request;
    if (audited === undefined || audited.isKept || reply.statusCode >= 400) return payload;
    try {
      await keepAudit(dependencies.db, dependencies, request, audited.answer);
    } catch (thrown) {
      // It has been done: the caller must not hear that it was not.
      request.log.error({ err: thrown, operation: audited.operation }, "an entry of the audit log was lost");
    }
    return payload;
  });
}

/** Writes the entry of what `request` asked for and was done; nothing where the log does not keep such things. `answer` says what was made. */
export async function keepAudit(trx: Database, tools: Tools, request: FastifyRequest, answer: unknown): Promise<void> {
  const { audited, caller } = request;
  if (audited === undefined) return;
  const { operation, before } = audited;
  const key = keyOf(request, answer);
  // Some doors answer with what is there already.
  if (before !== undefined && key.name !== undefined && operation.startsWith("create")) return;
  const entry = toEntry(tools, request, operation);
  await addChangeEntry(trx, tools.secretKey, { workspaceId: caller.workspaceId, entry, key, before });
  audited.isKept = true;
}

/** What every entry says. */
export function toEntry(
  { now }: Pick<Tools, "now">,
  { caller, ip }: Pick<FastifyRequest, "caller" | "ip">,
  operation: AuditedOperation,
): Omit<NewAuditEntry, "ref" | "name" | "changes"> {
  const kind: AuditKind = auditedOperations[operation];
  return { at: new Date(now()), ...toActor(caller), operation, kind, address: ip };
}

function toActor({ member, tokenId, name: actorName }: Caller) {
  if (member !== undefined) return { actorKind: "member", actorId: member.id, actorName } as const;
  return { actorKind: "token", actorId: tokenId, actorName } as const;
}

async function readSubject(
  db: Database,
  { secretKey }: Tools,
  { caller: { workspaceId } }: FastifyRequest,
  { operation, key }: { readonly operation: AuditedOperation; readonly key: SubjectKey },
): Promise<AuditSubject | undefined> {
  return await readAuditSubject(db, { workspaceId, kind: auditedOperations[operation], key }, secretKey);
}

/** Says that a request was known as a repetition: what it asks for stands in the log already. */
export function skipAudit({ audited }: FastifyRequest): void {
  if (audited !== undefined) audited.isKept = true;
}

function keyOf(request: FastifyRequest, answer?: unknown): SubjectKey {
  const { subjectKey } = request.routeOptions.config;
  return subjectKey === undefined ? { ...findKey(answer), ...findKey(request.params) } : subjectKey(request, answer);
}

/** What a route's parameters, or its answer, name a thing by. `bot` may be either. */
function findKey(given: unknown): SubjectKey {
  if (typeof given !== "object" || given === null) return {};
  const { id, ref, bot } = given as { readonly id?: unknown; readonly ref?: unknown; readonly bot?: unknown };
  const number = Number(id ?? bot);
  const text = ref ?? (Number.isSafeInteger(Number(bot)) ? undefined : bot);
  return {
    ...(Number.isSafeInteger(number) ? { id: number } : {}),
    ...(typeof text === "string" ? { ref: text } : {}),
  };
}

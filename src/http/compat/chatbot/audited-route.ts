import type { FastifyContextConfig } from "fastify";
import { type ObjectKind, parseObjectId } from "../../../engine/object-id.ts";
import type { AuditedOperation } from "../../contract/audit-log.ts";

/** Has the audit log keep what a route does to the thing that its address, or its answer, names. */
export function auditedAs(operation: AuditedOperation, kind: ObjectKind): { readonly config: FastifyContextConfig } {
  return {
    config: {
      operation,
      subjectKey: ({ params }, answer) => ({ id: readId(kind, params) ?? readId(kind, answer) }),
    },
  };
}

function readId(kind: ObjectKind, said: unknown): number | undefined {
  const { id } = (said ?? {}) as { readonly id?: unknown };
  return typeof id === "string" && /^[0-9a-f]{24}$/i.test(id.trim()) ? parseObjectId(kind, id) : undefined;
}

import { type AuditedOperation, isAudited } from "../../../src/http/contract/audit-log.ts";
import { type AuditKind, auditKinds } from "../../../src/model/audit.ts";

/** What of the audit log is shown; stands in the page's address. `from` and `to` are local times without a zone. */
export interface AuditFilter {
  readonly member?: number | undefined;
  readonly token?: number | undefined;
  readonly operation?: AuditedOperation | undefined;
  readonly kind?: AuditKind | undefined;
  readonly ref?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Reads it from the address, where anything may stand. */
export function readAuditFilter(search: Readonly<Record<string, unknown>>): AuditFilter {
  const { member, token, operation, ref, from, to } = search;
  const kind = auditKinds.find((one) => one === search.kind);
  return {
    ...(typeof member === "number" ? { member } : {}),
    ...(typeof token === "number" ? { token } : {}),
    ...(typeof operation === "string" && isAudited(operation) ? { operation } : {}),
    ...(kind === undefined ? {} : { kind }),
    ...(kind !== undefined && (typeof ref === "string" || typeof ref === "number") ? { ref: String(ref) } : {}),
    ...(typeof from === "string" ? { from } : {}),
    ...(typeof to === "string" ? { to } : {}),
  };
}

/** Days are those of whoever looks. Undefined: no time. */
export function toInstant(local: string | undefined): string | undefined {
  const at = local === undefined ? undefined : new Date(local);
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

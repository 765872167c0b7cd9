import { type AuditEntry, listAuditEntries } from "../../store/audit-store.ts";
import { type AuditEntryBody, auditEntrySchema, auditLogQuery } from "../contract/audit-log.ts";
import { pageOf } from "../contract/common.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

function presentEntry(entry: AuditEntry): AuditEntryBody {
  const { id, at, operation, actorKind, actorId, actorName, kind, ref, name, address, changes } = entry;
  return {
    id,
    at: toInstant(at),
    operation,
    actor: { kind: actorKind, id: actorId, name: actorName },
    subject: { kind, ref, name },
    address,
    changes: changes.map((change) => ({ ...change }) as AuditEntryBody["changes"][number]),
  };
}

/** Who changed what; see docs/audit-log.md. */
export const auditLogResource: ApiResource = (app, { db }) => {
  app.get(
    "/audit-log",
    route(
      {
        id: "listAuditEntries",
        tag: "Workspace",
        summary: "Who changed what of the workspace's set-up, newest first",
        description: "For owners, admins, and tokens that are bound to no bot.",
        scope: "audit:read",
        shared: true,
      },
      { querystring: auditLogQuery },
      pageOf(auditEntrySchema),
    ),
    async ({ caller, query }) => {
      const { member: memberId, token: tokenId, operation, kind, ref, from, to, limit } = query;
      const filter = { memberId, tokenId, operation, kind, ref, from, to };
      const page = { before: decodeCursor(query.cursor)?.[0], limit: limit + 1 };
      const entries = await listAuditEntries(db, caller.workspaceId, filter, page);
      return toPage(entries, limit, { present: presentEntry, placeOf: ({ id }) => [id] });
    },
  );
};

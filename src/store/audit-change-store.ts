import type { AuditKind } from "../model/audit.ts";
import { addAuditEntry, type NewAuditEntry } from "./audit-store.ts";
import { type AuditSubject, findAuditChanges, readAuditSubject, type SubjectKey } from "./audit-subject-store.ts";
import type { Database } from "./database.ts";
import type { SecretKey } from "./secret-key.ts";

/** What somebody did to a thing: who, when, what, from where, and what the thing is called. */
export interface AuditedChange {
  readonly workspaceId: number;
  readonly entry: Omit<NewAuditEntry, "ref" | "name" | "changes"> & { readonly kind: AuditKind };
  readonly key: SubjectKey;
  /** As it stood before; undefined: it was not there. */
  readonly before: AuditSubject | undefined;
}

/** Writes the entry of a change that has just been made, in its transaction: every door and every command does it here. The settings that differ are found by looking. */
export async function addChangeEntry(
  trx: Database,
  secretKey: SecretKey,
  { workspaceId, entry, key, before }: AuditedChange,
): Promise<void> {
  const after = await readAuditSubject(trx, { workspaceId, kind: entry.kind, key }, secretKey);
  const named = after ?? before;
  await addAuditEntry(trx, workspaceId, {
    ...entry,
    ref: named?.ref ?? key.ref ?? key.id?.toString() ?? null,
    name: named?.name ?? key.name ?? null,
    changes: findAuditChanges(before, after),
  });
}

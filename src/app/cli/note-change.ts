import { type AuditedOperation, auditedOperations } from "../../http/contract/audit-log.ts";
import { type AuditKind, commandLine } from "../../model/audit.ts";
import { addChangeEntry } from "../../store/audit-change-store.ts";
import { readAuditSubject } from "../../store/audit-subject-store.ts";
import type { Database } from "../../store/database.ts";
import type { DatabaseContext } from "./command.ts";

/** What a command does to a thing of a workspace. */
interface CommandChange {
  readonly workspaceId: number;
  readonly operation: AuditedOperation;
  /** Where it is another one than in the browser. */
  readonly kind?: AuditKind;
  readonly id: number;
  readonly at: Date;
}

/**
 * Writes the entry of a change into the audit log, as the API would, but that whoever runs the server is nobody of the team. `change` makes it in the same
 * transaction; absent: the thing was made just now, and was not there before.
 */
export async function noteChange(
  trx: Database,
  { secretKey }: Pick<DatabaseContext, "secretKey">,
  { workspaceId, operation, kind = auditedOperations[operation], id, at }: CommandChange,
  change?: () => Promise<void>,
): Promise<void> {
  const key = { id };
  const before = change === undefined ? undefined : await readAuditSubject(trx, { workspaceId, kind, key }, secretKey);
  await change?.();
  const actor = { actorKind: "nobody", actorId: null, actorName: "", address: commandLine } as const;
  await addChangeEntry(trx, secretKey, { workspaceId, entry: { at, operation, kind, ...actor }, key, before });
}

import { sql } from "kysely";
import type { AuditActorKind, AuditChange, AuditKind } from "../model/audit.ts";
import type { Database } from "./database.ts";

/** One thing that somebody did. */
export interface AuditEntry {
  readonly id: number;
  readonly at: Date;
  readonly actorKind: AuditActorKind;
  readonly actorId: number | null;
  readonly actorName: string;
  readonly operation: string;
  readonly kind: AuditKind;
  /** The thing's id or ref; null where it is none, as with an export. */
  readonly ref: string | null;
  readonly name: string | null;
  /** The IP address from which it was asked. */
  readonly address: string;
  readonly changes: readonly AuditChange[];
}

export type NewAuditEntry = Omit<AuditEntry, "id">;

export interface AuditFilter {
  readonly memberId?: number | undefined;
  readonly tokenId?: number | undefined;
  readonly operation?: string | undefined;
  readonly kind?: AuditKind | undefined;
  readonly ref?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export async function addAuditEntry(trx: Database, workspaceId: number, entry: NewAuditEntry): Promise<void> {
  await trx
    .insertInto("auditLog")
    .values({ ...entry, workspaceId, changes: JSON.stringify(entry.changes) })
    .execute();
}

/**
 * What a user does to their own account is an entry in each of their workspaces. `isProven`: they are who they say; else the entry is nobody's, and says
 * whose account it was.
 */
export async function addAccountEntry(
  db: Database,
  userId: number,
  entry: Pick<AuditEntry, "at" | "operation" | "address"> & {
    readonly isProven: boolean;
    readonly changes?: readonly AuditChange[] | undefined;
  },
): Promise<void> {
  const { at, operation, address, isProven, changes = [] } = entry;
  await sql`
    insert into audit_log (workspace_id, at, actor_kind, actor_id, actor_name, operation, kind, ref, name, address, changes)
    select m.workspace_id, ${at},
      ${isProven ? "member" : "nobody"}, ${isProven ? sql`m.id` : null},
      ${isProven ? sql`coalesce(nullif(u.name, ''), u.email)` : ""},
      ${operation}, 'account', m.id::text, u.email, ${address}, ${JSON.stringify(changes)}::jsonb
    from members m join users u on u.id = m.user_id where u.id = ${userId}
  `.execute(db);
}

/** Newest first. */
export async function listAuditEntries(
  db: Database,
  workspaceId: number,
  { memberId, tokenId, operation, kind, ref, from, to }: AuditFilter,
  page: { readonly before: number | undefined; readonly limit: number },
): Promise<AuditEntry[]> {
  let rows = db
    .selectFrom("auditLog")
    .select(["id", "at", "actorKind", "actorId", "actorName", "operation", "kind", "ref", "name", "address", "changes"])
    .where("workspaceId", "=", workspaceId);
  if (memberId !== undefined) rows = rows.where("actorKind", "=", "member").where("actorId", "=", memberId);
  if (tokenId !== undefined) rows = rows.where("actorKind", "=", "token").where("actorId", "=", tokenId);
  if (operation !== undefined) rows = rows.where("operation", "=", operation);
  if (kind !== undefined) rows = rows.where("kind", "=", kind);
  if (ref !== undefined) rows = rows.where("ref", "=", ref);
  if (from !== undefined) rows = rows.where("at", ">=", from);
  if (to !== undefined) rows = rows.where("at", "<", to);
  if (page.before !== undefined) rows = rows.where("id", "<", page.before);
  return await rows.orderBy("id", "desc").limit(page.limit).execute();
}

/** Deletes what is older than each workspace wants it kept. Returns how many entries. */
export async function pruneAuditLog(db: Database, now: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from audit_log a using workspaces w
    where w.id = a.workspace_id and a.at < ${now}::timestamptz - make_interval(days => w.audit_days)
  `.execute(db);
  return Number(numAffectedRows ?? 0);
}

import type { Json } from "../model/field.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** One call between us and another system. Whoever writes it has taken secrets out. */
export interface IntegrationCall {
  readonly workspaceId: number;
  readonly contactId?: number | undefined;
  /** `action-link`, `amocrm` … */
  readonly integration: string;
  readonly direction: "in" | "out";
  readonly ok: boolean;
  /** One sentence. */
  readonly summary: string;
  readonly request: Json;
  readonly response: Json;
  readonly durationMs: number;
  readonly at: Date;
}

export interface StoredIntegrationCall extends Omit<IntegrationCall, "workspaceId" | "contactId" | "at"> {
  readonly id: number;
  readonly contactId: number | null;
  readonly createdAt: Date;
}

export async function logIntegrationCall(db: Database, call: IntegrationCall): Promise<void> {
  await logIntegrationCalls(db, [call]);
}

export async function logIntegrationCalls(db: Database, calls: readonly IntegrationCall[]): Promise<void> {
  const rows = calls.map(({ contactId, request, response, durationMs, at, ...rest }) => ({
    ...rest,
    contactId: contactId ?? null,
    request: JSON.stringify(request),
    response: JSON.stringify(response),
    durationMs: Math.round(durationMs),
    createdAt: at,
  }));
  await db.insertInto("integrationLog").values(rows).execute();
}

/** Newest first, beginning below id `before`. A token of one bot sees the calls about that bot's contacts. */
export async function listIntegrationCalls(
  db: Database,
  access: Access,
  filter: {
    readonly contactId?: number | undefined;
    readonly integration?: string | undefined;
    readonly ok?: boolean | undefined;
  },
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<StoredIntegrationCall[]> {
  const { contactId, integration, ok } = filter;
  return await db
    .selectFrom("integrationLog")
    .select([
      "id",
      "contactId",
      "integration",
      "direction",
      "ok",
      "summary",
      "request",
      "response",
      "durationMs",
      "createdAt",
    ])
    .where("workspaceId", "=", access.workspaceId)
    .$if(access.botId !== undefined, (rows) =>
      rows.where("contactId", "in", (eb) =>
        eb
          .selectFrom("contacts")
          .select("id")
          .where("botId", "=", access.botId ?? 0),
      ),
    )
    .$if(contactId !== undefined, (rows) => rows.where("contactId", "=", contactId ?? 0))
    .$if(integration !== undefined, (rows) => rows.where("integration", "=", integration ?? ""))
    .$if(ok !== undefined, (rows) => rows.where("ok", "=", ok ?? true))
    .$if(page.before !== undefined, (rows) => rows.where("id", "<", page.before ?? 0))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

/** Gives the calls about a contact to another. */
export async function moveIntegrationCalls(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("integrationLog").set({ contactId: to }).where("contactId", "=", from).execute();
}

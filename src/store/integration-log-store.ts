import { sql } from "kysely";
import { cleanText } from "../engine/clean-text.ts";
import { AppError } from "../model/app-error.ts";
import type { Json } from "../model/field.ts";
import type { JobRequest } from "../model/outcome.ts";
import { say } from "../model/sentence.ts";
import { holdContacts } from "./contact-job-store.ts";
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
  readonly integrationId?: number | undefined;
  /** 1 for the first; default. */
  readonly attempt?: number | undefined;
  /** What makes the call again, where it has failed for good. */
  readonly job?: JobRequest | undefined;
}

export interface StoredIntegrationCall
  extends Omit<IntegrationCall, "workspaceId" | "contactId" | "at" | "integrationId" | "job"> {
  readonly id: number;
  readonly contactId: number | null;
  readonly integrationId: number | null;
  readonly attempt: number;
  /** It has failed for good and was not sent again yet. */
  readonly canRetry: boolean;
  readonly retriedAt: Date | null;
  readonly createdAt: Date;
}

export async function logIntegrationCall(db: Database, call: IntegrationCall): Promise<void> {
  await logIntegrationCalls(db, [call]);
}

/** What a call told of somebody who was deleted meanwhile is not kept. */
export async function logIntegrationCalls(db: Database, calls: readonly IntegrationCall[]): Promise<void> {
  // What others send may hold what PostgreSQL takes in no text: the line would be lost, and with it that there was a call.
  const rows = cleanText(calls).map(
    ({ contactId, request, response, durationMs, at, integrationId, attempt, job, ...rest }) => ({
      ...rest,
      integrationId: integrationId ?? null,
      attempt: attempt ?? 1,
      job: job === undefined ? null : JSON.stringify(job),
      contactId: contactId ?? null,
      request: JSON.stringify(request),
      response: JSON.stringify(response),
      durationMs: Math.round(durationMs),
      createdAt: at,
    }),
  );
  if (rows.every(({ contactId }) => contactId === null)) {
    await db.insertInto("integrationLog").values(rows).execute();
    return;
  }
  const write = async (trx: Database) => {
    const living = await holdContacts(
      trx,
      rows.flatMap((row) => row.contactId ?? []),
    );
    const kept = rows.filter(({ contactId }) => contactId === null || living.has(contactId));
    if (kept.length > 0) await trx.insertInto("integrationLog").values(kept).execute();
  };
  await (db.isTransaction ? write(db) : db.transaction().execute(write));
}

/** Newest first, beginning below id `before`. A token of one bot sees the calls about that bot's contacts. */
export async function listIntegrationCalls(
  db: Database,
  access: Access,
  filter: {
    readonly contactId?: number | undefined;
    readonly integration?: string | undefined;
    readonly ok?: boolean | undefined;
    readonly integrationId?: number | undefined;
    readonly from?: Date | undefined;
    /** Not in it. */
    readonly to?: Date | undefined;
  },
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<StoredIntegrationCall[]> {
  const { contactId, integration, ok, integrationId, from, to } = filter;
  return await visible(db, access)
    .select([
      "id",
      "contactId",
      "integration",
      "integrationId",
      "direction",
      "ok",
      "summary",
      "request",
      "response",
      "durationMs",
      "attempt",
      "retriedAt",
      "createdAt",
    ])
    .select(sql<boolean>`job is not null and retried_at is null`.as("canRetry"))
    .$if(integrationId !== undefined, (rows) => rows.where("integrationId", "=", integrationId ?? 0))
    .$if(contactId !== undefined, (rows) => rows.where("contactId", "=", contactId ?? 0))
    .$if(integration !== undefined, (rows) => rows.where("integration", "=", integration ?? ""))
    .$if(ok !== undefined, (rows) => rows.where("ok", "=", ok ?? true))
    .$if(from !== undefined, (rows) => rows.where("createdAt", ">=", from ?? new Date(0)))
    .$if(to !== undefined, (rows) => rows.where("createdAt", "<", to ?? new Date(0)))
    .$if(page.before !== undefined, (rows) => rows.where("id", "<", page.before ?? 0))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

/**
 * Marks a call that failed for good as sent again, and answers the job that does it: each is sent again once, and what comes of it stands in the log anew. Throws
 * `integration_call.not_found`, `integration_call.not_retriable`.
 */
export async function retryIntegrationCall(trx: Database, access: Access, id: number, at: Date): Promise<JobRequest> {
  const call = await visible(trx, access)
    .select(["job", "retriedAt", "contactId"])
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  if (call === undefined) throw new AppError("integration_call.not_found", say`there is no call ${{ id }} in the log`);
  if (call.retriedAt !== null) {
    const when = call.retriedAt.toISOString();
    throw new AppError("integration_call.not_retriable", say`call ${{ id }} was sent again already, at ${{ when }}`);
  }
  if (call.job === null) {
    throw new AppError("integration_call.not_retriable", say`call ${{ id }} went well, or is tried again by itself`);
  }
  await trx.updateTable("integrationLog").set({ retriedAt: at }).where("id", "=", id).execute();
  return toRetryJob(call.job, call.contactId);
}

/** The same for all that failed for good until `upTo`, the oldest after id `after` first, at most `limit`. Answers their ids in order, and the jobs. */
export async function retryIntegrationCalls(
  trx: Database,
  access: Access,
  filter: { readonly integrationId?: number | undefined },
  page: { readonly after: number; readonly upTo: Date; readonly limit: number },
  at: Date,
): Promise<{ readonly id: number; readonly job: JobRequest }[]> {
  const { integrationId } = filter;
  const rows = await visible(trx, access)
    .select(["id", "job", "contactId"])
    .where("job", "is not", null)
    .where("retriedAt", "is", null)
    .$if(integrationId !== undefined, (all) => all.where("integrationId", "=", integrationId ?? 0))
    .where("id", ">", page.after)
    .where("createdAt", "<=", page.upTo)
    .orderBy("id")
    .limit(page.limit)
    .forUpdate()
    .execute();
  const calls = rows.flatMap(({ id, job, contactId }) =>
    job === null ? [] : [{ id, job: toRetryJob(job, contactId) }],
  );
  if (calls.length === 0) return [];
  await trx
    .updateTable("integrationLog")
    .set({ retriedAt: at })
    .where(
      "id",
      "in",
      calls.map(({ id }) => id),
    )
    .execute();
  return calls;
}

function toRetryJob(job: JobRequest, contactId: number | null): JobRequest {
  if (contactId === null) return job;
  // Of whom it is now: they may have become a part of another since.
  const data = typeof job.data === "object" && job.data !== null ? { ...job.data, contactId } : job.data;
  return { ...job, data, contactId };
}

function visible(db: Database, { workspaceId, botId }: Access) {
  const rows = db.selectFrom("integrationLog").where("workspaceId", "=", workspaceId);
  if (botId === undefined) return rows;
  return rows.where("contactId", "in", (eb) => eb.selectFrom("contacts").select("id").where("botId", "=", botId));
}

/** Gives the calls about a contact to another. */
export async function moveIntegrationCalls(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("integrationLog").set({ contactId: to }).where("contactId", "=", from).execute();
}

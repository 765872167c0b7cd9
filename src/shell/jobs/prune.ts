import { sql } from "kysely";
import { pruneAuditLog } from "../../store/audit-store.ts";
import { pruneDeliveries } from "../../store/delivery-store.ts";
import { pruneImports } from "../../store/import-store.ts";
import { pruneLeases } from "../../store/lease-store.ts";
import { notePruning, pruneEvents, pruneMessages } from "../../store/retention-store.ts";
import { listDeletedWorkspaces } from "../../store/workspace-delete-store.ts";
import { type JobKind, keepByDefault } from "../jobs.ts";
import { toWorkspaceDeletion } from "./delete-workspace.ts";

/** How long things are kept that only serve looking back, and are no business of the installation's. */
const keepDays = { idempotencyKeys: 3, waitingImports: 7, refusedLines: 30 };

/** The rest of what is too old goes the night after. */
const longestMs = 4 * 3_600_000;

/** Deletes what has been kept long enough. */
export const prune: JobKind = {
  kind: "prune",
  cron: "17 3 * * *",
  retryLimit: 3,
  async run(_data, { db, enqueue, log, now, keep = keepByDefault }) {
    const startedAt = now();
    const keys = await db
      .deleteFrom("idempotencyKeys")
      .where("createdAt", "<", sql<Date>`now() - make_interval(days => ${keepDays.idempotencyKeys})`)
      .executeTakeFirst();
    const entries = await db
      .deleteFrom("integrationLog")
      .where("createdAt", "<", sql<Date>`now() - make_interval(days => ${keep.logDays})`)
      .executeTakeFirst();
    const deliveries = await pruneDeliveries(db, keep.deliveryDays);
    const auditEntries = await pruneAuditLog(db, new Date(now()));
    await pruneImports(db, { waitingDays: keepDays.waitingImports, refusedDays: keepDays.refusedLines });
    await pruneLeases(db);
    // Where the job of one was given up.
    const halfDeleted = await listDeletedWorkspaces(db);
    await enqueue(
      db,
      halfDeleted.map((id) => toWorkspaceDeletion(id, now())),
    );
    const goOn = () => now() - startedAt < longestMs;
    const messages = keep.messageDays === 0 ? 0 : await pruneMessages(db, { days: keep.messageDays, goOn });
    const events = keep.historyDays === 0 ? 0 : await pruneEvents(db, { days: keep.historyDays, goOn });
    const logEntries = Number(entries.numDeletedRows);
    const deleted = { messages, events, deliveries, logEntries, auditEntries, keys: Number(keys.numDeletedRows) };
    await notePruning(db, {
      at: new Date(now()),
      tookMs: now() - startedAt,
      whole: goOn(),
      kept: { ...keep },
      deleted,
    });
    log.info(deleted, "pruned");
  },
};

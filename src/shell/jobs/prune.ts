import { sql } from "kysely";
import { pruneDeliveries } from "../../store/delivery-store.ts";
import { pruneImports } from "../../store/import-store.ts";
import { pruneLeases } from "../../store/lease-store.ts";
import type { JobKind } from "../jobs.ts";

/** How long things are kept that only serve looking back. */
const keepDays = { idempotencyKeys: 3, integrationLog: 90, webhookDeliveries: 30, importFiles: 30 };

/** Deletes what has been kept long enough. */
export const prune: JobKind = {
  kind: "prune",
  cron: "17 3 * * *",
  retryLimit: 3,
  async run(_data, { db, log }) {
    const keys = await db
      .deleteFrom("idempotencyKeys")
      .where("createdAt", "<", sql<Date>`now() - make_interval(days => ${keepDays.idempotencyKeys})`)
      .executeTakeFirst();
    const entries = await db
      .deleteFrom("integrationLog")
      .where("createdAt", "<", sql<Date>`now() - make_interval(days => ${keepDays.integrationLog})`)
      .executeTakeFirst();
    const deliveries = await pruneDeliveries(db, keepDays.webhookDeliveries);
    await pruneImports(db, keepDays.importFiles);
    await pruneLeases(db);
    log.info({ deliveries, keys: Number(keys.numDeletedRows), logEntries: Number(entries.numDeletedRows) }, "pruned");
  },
};

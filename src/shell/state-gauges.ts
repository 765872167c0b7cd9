import { Gauge } from "prom-client";
import { findLastBackup } from "../store/backup-store.ts";
import type { OpenDatabase } from "../store/database.ts";
import { readDatabaseState } from "../store/database-state-store.ts";
import {
  countChannels,
  countJobs,
  countOpenDeliveries,
  countOutbox,
  countOverdueTimers,
  countProcesses,
} from "../store/work-store.ts";
import { registry } from "./metrics.ts";

const gauge = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
  new Gauge({ name: `repartee_${name}`, help, labelNames, registers: [registry] });

/** Of the whole installation: every process says the same, so take the greatest of them, not the sum. */
const gauges = {
  outbox: gauge("outbox_messages", "Installation: messages that have still to leave", ["channel", "lane"]),
  outboxLate: gauge("outbox_late_seconds", "Installation: how long the longest waiting message might have left", [
    "channel",
    "lane",
  ]),
  jobs: gauge("jobs", "Installation: jobs by queue and state (ready, deferred, active, failed)", ["queue", "state"]),
  overdueTimers: gauge("timers_overdue", "Installation: waits that should be over"),
  oldestTimer: gauge("timers_oldest_overdue_seconds", "Installation: how long the longest overdue wait should be over"),
  deliveries: gauge("webhook_deliveries", "Installation: deliveries to webhooks that are waiting or dead", ["status"]),
  channels: gauge("channels", "Installation: channels by kind and status", ["channel", "status"]),
  processes: gauge("processes", "Installation: living processes by roles", ["roles"]),
  databaseSize: gauge("database_size_bytes", "Installation: size of the database"),
  connections: gauge("database_connections", "Installation: connections that the server has, of everybody"),
  mostConnections: gauge("database_connections_limit", "Installation: connections that the server allows"),
  oldestTransaction: gauge("database_oldest_transaction_seconds", "Installation: age of the oldest open transaction"),
  lastBackup: gauge("last_backup_timestamp_seconds", "Installation: when repartee backup last wrote one; 0: never"),
};

const poolGauge = gauge("database_pool_connections", "Connections of this process, by pool and state", [
  "pool",
  "state",
]);

/** A scrape that comes sooner gets what the one before it got. */
const keptMs = { depths: 5_000, database: 60_000 };

/** Brings the gauges of what waits and of the database up to date; at most every few seconds, however often it is asked. Where the database is away, they keep what they had. */
export function createStateGauges({
  database,
  now,
}: {
  readonly database: OpenDatabase;
  /** Unix milliseconds. */
  readonly now: () => number;
}): () => Promise<void> {
  const depths = atMostEvery(keptMs.depths, () => readDepths(database, now()));
  const state = atMostEvery(keptMs.database, () => readState(database));
  return async () => {
    for (const { pool, connections, idle, waiting } of database.countPools?.() ?? []) {
      poolGauge.set({ pool, state: "idle" }, idle);
      poolGauge.set({ pool, state: "used" }, connections - idle);
      poolGauge.set({ pool, state: "waiting" }, waiting);
    }
    // A scrape without them is better than none: it shows the rest, and that they stand still.
    await Promise.allSettled([depths(), state()]);
  };
}

function atMostEvery(ms: number, work: () => Promise<void>): () => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  return () => {
    if (running !== undefined) return running;
    if (performance.now() - last < ms) return Promise.resolve();
    running = work()
      .then(() => {
        last = performance.now();
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };
}

async function readDepths({ db, jobSchema }: OpenDatabase, at: number): Promise<void> {
  const outbox = await countOutbox(db);
  gauges.outbox.reset();
  gauges.outboxLate.reset();
  for (const { kind: channel, lane, messages, lateSeconds } of outbox) {
    gauges.outbox.set({ channel, lane }, messages);
    gauges.outboxLate.set({ channel, lane }, lateSeconds);
  }
  const jobs = await countJobs(db, jobSchema);
  gauges.jobs.reset();
  for (const { queue, ...counts } of jobs) {
    for (const [state, count] of Object.entries(counts)) gauges.jobs.set({ queue, state }, count);
  }
  const timers = await countOverdueTimers(db, at);
  gauges.overdueTimers.set(timers.positions);
  gauges.oldestTimer.set(timers.oldestSeconds);
  const deliveries = await countOpenDeliveries(db);
  gauges.deliveries.set({ status: "waiting" }, deliveries.waiting);
  gauges.deliveries.set({ status: "dead" }, deliveries.dead);
  const channels = await countChannels(db);
  gauges.channels.reset();
  for (const { kind: channel, status, channels: count } of channels) gauges.channels.set({ channel, status }, count);
  const processes = await countProcesses(db);
  gauges.processes.reset();
  for (const { roles, processes: count } of processes) gauges.processes.set({ roles }, count);
}

async function readState({ db }: OpenDatabase): Promise<void> {
  const state = await readDatabaseState(db);
  gauges.databaseSize.set(state.bytes);
  gauges.connections.set(state.connections);
  gauges.mostConnections.set(state.mostConnections);
  gauges.oldestTransaction.set(state.oldestTransactionSeconds);
  gauges.lastBackup.set(((await findLastBackup(db))?.at.getTime() ?? 0) / 1000);
}

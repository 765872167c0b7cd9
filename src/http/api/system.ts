import { AppError } from "../../model/app-error.ts";
import { sortFindings } from "../../model/finding.ts";
import { say, toSentence } from "../../model/sentence.ts";
import type { Keep } from "../../shell/jobs.ts";
import type { Database } from "../../store/database.ts";
import { readDatabaseState } from "../../store/database-state-store.ts";
import { findLastPruning } from "../../store/retention-store.ts";
import { mayWatchOver } from "../../store/session-store.ts";
import {
  countJobs,
  countOpenDeliveries,
  countOutbox,
  countOverdueTimers,
  listProcesses,
} from "../../store/work-store.ts";
import type { Caller } from "../auth.ts";
import { findingsSchema, type SystemBody, systemSchema } from "../contract/system.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { toInstant } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

/** What is the installation's shows things of all workspaces. A token belongs to one of them. Throws `session.not_owner`. */
async function requireWatcher(db: Database, { member }: Caller): Promise<void> {
  if (member !== undefined && (await mayWatchOver(db, member.userId))) return;
  throw new AppError("session.not_owner", say`only somebody who owns every workspace of the installation sees this`);
}

const presentKeep = ({ messageDays, historyDays, deliveryDays, logDays }: Keep) => ({
  messages: messageDays,
  history: historyDays,
  deliveries: deliveryDays,
  logs: logDays,
});

async function readSystem({ db, now, system }: HttpDependencies): Promise<SystemBody> {
  const { database, release, keep } = system;
  const { versionNumber, bytes, connections, mostConnections } = await readDatabaseState(db);
  const timers = await countOverdueTimers(db, now());
  const last = await findLastPruning(db);
  return {
    release,
    node: process.versions.node,
    database: {
      kind: database.kind,
      version: Math.floor(versionNumber / 10_000),
      bytes,
      connections,
      mostConnections,
    },
    processes: (await listProcesses(db)).map(({ roles, startedAt, heartbeatAt, ...one }) => ({
      ...one,
      roles: roles.split(","),
      startedAt: toInstant(startedAt),
      heartbeatAt: toInstant(heartbeatAt),
    })),
    outbox: (await countOutbox(db)).map(({ kind, ...depth }) => ({ channel: kind, ...depth })),
    jobs: await countJobs(db, database.jobSchema),
    timers: { overdue: timers.positions, oldestSeconds: timers.oldestSeconds },
    deliveries: await countOpenDeliveries(db),
    retention: {
      days: presentKeep({ ...keep, ...last?.kept }),
      last:
        last === undefined
          ? null
          : {
              at: toInstant(last.at),
              tookSeconds: last.tookMs / 1000,
              whole: last.whole,
              deleted: { ...last.deleted },
            },
    },
  };
}

const tag = "System";

/** How the installation is, for whoever owns all of it. */
export const systemResource: ApiResource = (app, dependencies) => {
  const { db, system } = dependencies;
  app.get(
    "/system",
    route(
      {
        tag,
        scope: "settings:read",
        id: "readSystem",
        summary: "Processes, queues, database and retention of the installation",
        description: "For members who own every workspace of the installation; for no token.",
        shared: true,
      },
      {},
      systemSchema,
    ),
    async ({ caller }) => {
      await requireWatcher(db, caller);
      return await readSystem(dependencies);
    },
  );
  app.get(
    "/system/findings",
    route(
      {
        tag,
        scope: "settings:read",
        id: "listFindings",
        summary: "What `repartee doctor` finds, and what to do about it",
        description:
          "Looks at the process that answers, the database, what waits, and asks every channel's platform: that may take some seconds. For members who own every workspace of the installation; for no token.",
        shared: true,
      },
      {},
      findingsSchema,
    ),
    async ({ caller }) => {
      await requireWatcher(db, caller);
      const { at, findings } = await system.examine();
      const data = sortFindings(findings).map(({ check, severity, advice, ...found }) => ({
        check,
        severity,
        ...toSentence(found),
        ...(advice === undefined ? {} : { advice: toSentence(advice) }),
      }));
      return { at: toInstant(at), data };
    },
  );
};

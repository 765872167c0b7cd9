import { pino } from "pino";
import { startJobs } from "../../src/shell/jobs.ts";
import { openDatabase } from "../../src/store/database.ts";
import { migrateToLatest } from "../../src/store/migrate.ts";

/**
 * A worker whose only job never ends: `node job-worker.ts DATABASE_URL|- DIRECTORY`. Enqueues one, and says on stdout when it runs.
 */
const [, , url = "-", directory = ""] = process.argv;
const database = await openDatabase(url === "-" ? { directory } : { databaseUrl: url });
await migrateToLatest(database.db);
const kind = "endless";
const jobs = await startJobs({
  database,
  catalogue: {
    [kind]: {
      kind,
      retryLimit: 3,
      run: () => {
        process.stdout.write("running\n");
        return new Promise<void>(() => undefined);
      },
    },
  },
  isWorker: true,
  outbound: undefined as never,
  runScript: undefined as never,
  lookUpProfile: async () => undefined,
  bulkRoom: undefined as never,
  announceBroadcast: undefined as never,
  secretKey: undefined as never,
  submit: () => Promise.reject(new Error("this job submits nothing")),
  log: pino({ level: "silent" }),
  now: () => Date.now(),
});
await database.db.transaction().execute((trx) => jobs.enqueue(trx, [{ kind, data: "held" }]));

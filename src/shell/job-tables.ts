import { fromPglite, PgBoss } from "pg-boss";
import { jobPoolSize, type OpenDatabase } from "../store/database.ts";

/** How pg-boss reaches the database. */
export function bossDatabase(database: OpenDatabase) {
  return database.pglite === undefined
    ? { connectionString: database.connectionString ?? "", max: jobPoolSize }
    : { db: fromPglite(database.pglite), backend: "pglite" as const };
}

/** Makes the job queue's own tables where they are missing, without taking up a job. */
export async function prepareJobTables(database: OpenDatabase): Promise<void> {
  const boss = new PgBoss({
    ...bossDatabase(database),
    schema: database.jobSchema,
    supervise: false,
    schedule: false,
  });
  // Whatever goes wrong is thrown by `start`.
  boss.on("error", () => undefined);
  await boss.start();
  await boss.stop({ graceful: false, close: true });
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Json } from "../../src/model/field.ts";
import { startJobs } from "../../src/shell/jobs.ts";
import { openDatabase } from "../../src/store/database.ts";
import { until } from "../until.ts";
import { databaseKinds, isMeant } from "./server-to-kill.ts";
import { createDatabaseOnServer } from "./test-server-database.ts";

describe.each(databaseKinds)("a job on the %s database", (kind) => {
  it.runIf(isMeant(kind))("whose worker was killed runs again within ten seconds", async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "repartee-jobs-"));
    const onServer = kind === "postgres" ? await createDatabaseOnServer() : undefined;
    const data = path.join(directory, "database");
    const worker = spawn(
      process.execPath,
      [path.join(import.meta.dirname, "job-worker.ts"), onServer?.url ?? "-", data],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(worker.stdout, "data");
    worker.kill("SIGKILL");
    await once(worker, "exit");

    const database = await openDatabase(onServer === undefined ? { directory: data } : { databaseUrl: onServer.url });
    const ran: Json[] = [];
    const run = async (held: Json) => void ran.push(held);
    const jobs = await startJobs({
      database,
      catalogue: { endless: { kind: "endless", retryLimit: 3, run } },
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
    onTestFinished(async () => {
      await jobs.stop();
      await database.close();
      await onServer?.drop();
      await rm(directory, { recursive: true, force: true });
    });
    const startedAt = performance.now();
    await until("the job runs again", () => ran.length > 0, { withinMs: 150_000 });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(ran).toEqual(["held"]);
  });
});

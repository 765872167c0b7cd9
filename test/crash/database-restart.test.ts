import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { startTelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { until } from "../until.ts";
import { setUpEcho, startChatter } from "./chatter.ts";
import { expectExactness, expectOrder, waitForAnswers } from "./expectations.ts";
import { findPostgres, startPrivateCluster } from "./private-cluster.ts";
import { createServerProcess } from "./server-process.ts";

const programs = await findPostgres();

it.runIf(programs !== undefined)(
  "a server outlives restarts of PostgreSQL under load and repeats no message for them",
  async () => {
    const cluster = await startPrivateCluster(programs ?? "");
    const directory = await mkdtemp(path.join(tmpdir(), "repartee-restart-"));
    const standIn = await startTelegramStandIn();
    const server = await createServerProcess({ DATA_DIR: directory, DATABASE_URL: cluster.url, LOG_LEVEL: "silent" });
    onTestFinished(async () => {
      await server.kill();
      await standIn.close();
      await cluster.remove();
      await rm(directory, { recursive: true, force: true });
    });
    await server.start();
    await setUpEcho(server, standIn);
    const chatter = startChatter(standIn, 20);
    for (const mode of ["fast", "immediate", "fast", "immediate"] as const) {
      const before = chatter.acknowledged.length;
      while (chatter.acknowledged.length < before + 200) await new Promise((resolve) => setTimeout(resolve, 10));
      await cluster.restart(mode);
    }
    const after = chatter.acknowledged.length;
    while (chatter.acknowledged.length < after + 200) await new Promise((resolve) => setTimeout(resolve, 10));
    await chatter.stop();
    await waitForAnswers(standIn, chatter.acknowledged, 20_000);
    await server.stop();
    expectOrder(standIn);
    // The process lived on and knows what it sent: nothing went out twice.
    expect(await expectExactness({ databaseUrl: cluster.url }, standIn, chatter.acknowledged)).toBe(0);
  },
);

it.runIf(programs !== undefined)(
  "a server that is started while PostgreSQL restarts waits for it, at any moment of its start",
  async () => {
    const cluster = await startPrivateCluster(programs ?? "");
    const directory = await mkdtemp(path.join(tmpdir(), "repartee-start-"));
    const server = await createServerProcess({ DATA_DIR: directory, DATABASE_URL: cluster.url, LOG_LEVEL: "silent" });
    onTestFinished(async () => {
      await server.kill();
      await cluster.remove();
      await rm(directory, { recursive: true, force: true });
    });
    const started = server.start();
    // The first start makes the whole schema: the database goes away in the middle of that, twice.
    for (const mode of ["immediate", "fast"] as const) {
      await untilSchemaIsMade(cluster.url);
      await cluster.restart(mode);
    }
    await started;
    expect(await server.run("token", "create", "--workspace", "demo", "--kind", "api")).not.toBe("");
  },
);

/** Until a connection is making tables in a transaction of its own. */
async function untilSchemaIsMade(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  const isMaking = async () => {
    const { rows } = await client.query(
      "select 1 from pg_stat_activity where pid <> pg_backend_pid() and xact_start is not null and query ~* '(create|alter) table'",
    );
    return rows.length > 0;
  };
  await until("tables are made", isMaking, { everyMs: 5, withinMs: 60_000 });
  await client.end();
}

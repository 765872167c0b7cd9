import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startTelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
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
    // The first start makes the whole schema: long enough that a restart falls into it.
    const started = server.start();
    for (let restarts = 0; restarts < 4; restarts += 1)
      await cluster.restart(restarts % 2 === 0 ? "immediate" : "fast");
    await started;
    expect(await server.run("token", "create", "--workspace", "demo", "--kind", "api")).not.toBe("");
  },
);

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startTelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { setUpEcho, startChatter } from "./chatter.ts";
import { expectExactness, expectOrder, expectPromptness, type Outage, waitForAnswers } from "./expectations.ts";
import { createServerProcess } from "./server-process.ts";
import { createDatabaseOnServer } from "./test-server-database.ts";

const kills = 20;
const people = 20;
/** What is due goes out within this, once a server runs. */
const promiseMs = 10_000;

describe.each(["embedded", "postgres"] as const)("a server on the %s database", (kind) => {
  // With a server at hand the run is about that: the embedded database has a run of its own.
  const isMeant = (kind === "postgres") === (process.env.TEST_DATABASE_URL !== undefined);

  it.runIf(isMeant)("loses nothing, repeats nothing and keeps the order through twenty kills under load", async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "repartee-kill-"));
    const onServer = kind === "postgres" ? await createDatabaseOnServer() : undefined;
    const standIn = await startTelegramStandIn();
    const server = await createServerProcess({
      DATA_DIR: directory,
      ...(onServer === undefined ? {} : { DATABASE_URL: onServer.url }),
    });
    onTestFinished(async () => {
      await server.kill();
      await standIn.close();
      await onServer?.drop();
      await rm(directory, { recursive: true, force: true });
    });
    await server.start();
    await setUpEcho(server, standIn);
    const chatter = startChatter(standIn, people);
    const outages: Outage[] = [];
    for (let round = 0; round < kills; round += 1) {
      const before = chatter.acknowledged.length;
      // A moment of its own each time, but never one in which nothing has happened.
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 500));
      while (chatter.acknowledged.length < before + people) await new Promise((resolve) => setTimeout(resolve, 10));
      const from = Date.now();
      await server.kill();
      await server.start();
      outages.push({ from, to: Date.now() });
    }
    await chatter.stop();
    await waitForAnswers(standIn, chatter.acknowledged, promiseMs);
    await server.stop();
    expect(chatter.acknowledged.length).toBeGreaterThan(kills * people);
    expectOrder(standIn);
    expectPromptness(standIn, chatter.acknowledged, outages, promiseMs);
    await expectExactness(
      { databaseUrl: onServer?.url, directory: path.join(directory, "database") },
      standIn,
      chatter.acknowledged,
    );
  });
});

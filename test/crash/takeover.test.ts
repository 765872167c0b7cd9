import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startTelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { until } from "../until.ts";
import { setUpEcho, startChatter } from "./chatter.ts";
import { expectExactness, expectOrder, expectPromptness, waitForAnswers } from "./expectations.ts";
import { startLoadBalancer } from "./load-balancer.ts";
import { createServerProcess } from "./server-process.ts";
import { createDatabaseOnServer } from "./test-server-database.ts";

const kills = 10;
const people = 20;
const promiseMs = 10_000;

it.runIf(process.env.TEST_DATABASE_URL !== undefined)(
  "of two servers on one database the living one takes over what the killed one held, ten times",
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "repartee-takeover-"));
    const onServer = await createDatabaseOnServer();
    // Slow enough that every kill cuts off answers.
    const standIn = await startTelegramStandIn({ latencyMs: 30 });
    const balancer = await startLoadBalancer();
    const settings = { DATABASE_URL: onServer.url, PUBLIC_URL: balancer.url, SECRET_KEY: "k".repeat(40) };
    const [one, two] = await Promise.all(
      ["one", "two"].map((name) => createServerProcess({ ...settings, DATA_DIR: path.join(directory, name) })),
    );
    if (one === undefined || two === undefined) throw new Error("two servers were asked for");
    onTestFinished(async () => {
      await Promise.all([one.kill(), two.kill()]);
      await balancer.close();
      await standIn.close();
      await onServer.drop();
      await rm(directory, { recursive: true, force: true });
    });
    await Promise.all([one.start(), two.start()]);
    balancer.targets = [one.url, two.url];
    await setUpEcho(one, standIn);
    const chatter = startChatter(standIn, people, { pauseMs: 150 });
    for (let round = 0; round < kills; round += 1) {
      const victim = round % 2 === 0 ? one : two;
      const before = chatter.acknowledged.length;
      await until("people go on", () => chatter.acknowledged.length > before + 3 * people, { withinMs: 60_000 });
      await victim.kill();
      const alone = chatter.acknowledged.length;
      await until("the other goes on alone", () => chatter.acknowledged.length > alone + people, { withinMs: 60_000 });
      await victim.start();
    }
    await chatter.stop();
    await waitForAnswers(standIn, chatter.acknowledged, promiseMs);
    await Promise.all([one.stop(), two.stop()]);
    expectOrder(standIn);
    expectPromptness(standIn, chatter.acknowledged, [], promiseMs);
    const repetitions = await expectExactness({ databaseUrl: onServer.url }, standIn, chatter.acknowledged);
    // Nothing but what was on its way at a kill.
    expect(repetitions).toBeLessThanOrEqual(kills * people);
  },
);

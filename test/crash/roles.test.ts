import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startTelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { until } from "../until.ts";
import { setUpEcho, startChatter } from "./chatter.ts";
import { expectExactness, expectOrder, expectPromptness, waitForAnswers } from "./expectations.ts";
import { openLiveStream } from "./live-stream.ts";
import { startLoadBalancer } from "./load-balancer.ts";
import { createServerProcess } from "./server-process.ts";
import { createDatabaseOnServer } from "./test-server-database.ts";

const people = 20;
const promiseMs = 10_000;
const drainSeconds = 3;

it.runIf(process.env.TEST_DATABASE_URL !== undefined)(
  "two web and two worker processes: agents at either web process hear of everybody, and any may go",
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "repartee-roles-"));
    const onServer = await createDatabaseOnServer();
    const standIn = await startTelegramStandIn({ latencyMs: 20 });
    const balancer = await startLoadBalancer();
    const aProcess = (name: string, role: string) =>
      createServerProcess({
        DATABASE_URL: onServer.url,
        PUBLIC_URL: balancer.url,
        SECRET_KEY: "k".repeat(40),
        DATA_DIR: path.join(directory, name),
        DRAIN_SECONDS: String(drainSeconds),
        ROLES: role,
      });
    const webs = await Promise.all([aProcess("web one", "web"), aProcess("web two", "web")]);
    const workers = await Promise.all([aProcess("worker one", "worker"), aProcess("worker two", "worker")]);
    const [webOne, webTwo] = webs;
    const [workerOne, workerTwo] = workers;
    const all = [...webs, ...workers];
    onTestFinished(async () => {
      await Promise.all(all.map((each) => each.kill()));
      await balancer.close();
      await standIn.close();
      await onServer.drop();
      await rm(directory, { recursive: true, force: true });
    });
    // All at once, on an empty database: whoever comes first makes the tables. A worker is ready by its own port.
    await Promise.all(all.map((each) => each.start()));
    const statusOf = async (url: string) => (await fetch(url).catch(() => undefined))?.status;
    expect(await statusOf(`${workerOne.url}/metrics`)).toBe(200);
    expect(await statusOf(`${workerOne.url}/api/v1/bots`)).toBe(404);
    balancer.targets = webs.map(({ url }) => url);
    const token = await setUpEcho(webOne, standIn);
    const streams = await Promise.all(webs.map((each) => openLiveStream(each, token)));
    const chatter = startChatter(standIn, people, { pauseMs: 100 });
    const goOn = async (what: string) => {
      const before = chatter.acknowledged.length;
      await until(what, () => chatter.acknowledged.length > before + 5 * people);
    };
    await goOn("people talk");
    for (const [index, { contacts }] of streams.entries()) {
      await until(`an agent at web process ${index} hears of everybody`, () => new Set(contacts).size >= people);
    }
    await workerOne.kill();
    await goOn("with one worker people go on");
    await workerOne.start();
    await workerTwo.stop();
    await goOn("and with the other");

    // Asked to stop, a web process says so first, and goes on taking calls until the balancer has noticed.
    const stopped = webTwo.stop();
    await until("it says that it stops", async () => (await statusOf(`${webTwo.url}/health/ready`)) === 503);
    expect(await statusOf(`${webTwo.url}/health/live`)).toBe(200);
    const bots = await fetch(`${webTwo.url}/api/v1/bots`, { headers: { authorization: `Bearer ${token}` } });
    expect(bots.status).toBe(200);
    balancer.targets = [webOne.url];
    await stopped;
    const heardAt = streams[0]?.heardAt ?? 0;
    await until("the other's agents still hear", () => (streams[0]?.heardAt ?? 0) > heardAt);
    for (const stream of streams) stream.close();
    await chatter.stop();
    await waitForAnswers(standIn, chatter.acknowledged, promiseMs);
    await Promise.all(all.map((each) => each.stop()));
    expectOrder(standIn);
    expectPromptness(standIn, chatter.acknowledged, [], promiseMs);
    const repetitions = await expectExactness({ databaseUrl: onServer.url }, standIn, chatter.acknowledged);
    // What was on its way when one was killed; those that were asked to stop have ended what they began.
    expect(repetitions).toBeLessThanOrEqual(people);
  },
);

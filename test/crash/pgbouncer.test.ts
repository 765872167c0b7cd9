import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { mostConnections } from "../../src/store/database.ts";
import { startTelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { until } from "../until.ts";
import { setUpEcho, startChatter } from "./chatter.ts";
import { expectExactness, expectOrder, expectPromptness, waitForAnswers } from "./expectations.ts";
import { openLiveStream } from "./live-stream.ts";
import { startLoadBalancer } from "./load-balancer.ts";
import { hasPooler, startPrivatePooler } from "./private-pooler.ts";
import { createServerProcess } from "./server-process.ts";
import { createDatabaseOnServer } from "./test-server-database.ts";

const people = 20;
const promiseMs = 12_000;
const poolSize = 4;
const isPossible = process.env.TEST_DATABASE_URL !== undefined && (await hasPooler());

/** `isDirect`: whether the processes also know the address of PostgreSQL itself. */
async function run(isDirect: boolean): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), "repartee-pgbouncer-"));
  const onServer = await createDatabaseOnServer();
  const pooler = await startPrivatePooler(onServer.url);
  const standIn = await startTelegramStandIn({ latencyMs: 30 });
  const balancer = await startLoadBalancer();
  const settings = {
    DATABASE_URL: pooler.url,
    DATABASE_POOL_SIZE: String(poolSize),
    ...(isDirect ? { DATABASE_DIRECT_URL: onServer.url } : {}),
    PUBLIC_URL: balancer.url,
    SECRET_KEY: "k".repeat(40),
  };
  const [one, two] = await Promise.all(
    ["one", "two"].map((name) => createServerProcess({ ...settings, DATA_DIR: path.join(directory, name) })),
  );
  if (one === undefined || two === undefined) throw new Error("two servers were asked for");
  onTestFinished(async () => {
    await Promise.all([one.kill(), two.kill()]);
    await balancer.close();
    await standIn.close();
    await pooler.stop();
    await onServer.drop();
    await rm(directory, { recursive: true, force: true });
  });
  // Both migrate the empty database through the pooler.
  await Promise.all([one.start(), two.start()]);
  balancer.targets = [one.url];
  const token = await setUpEcho(one, standIn);
  const stream = await openLiveStream(two, token);
  const chatter = startChatter(standIn, people, { pauseMs: 100 });
  await until("an agent at the other process hears of people", () => new Set(stream.contacts).size >= people);
  balancer.targets = [one.url, two.url];
  const both = chatter.acknowledged.length;
  await until("people go on at both", () => chatter.acknowledged.length > both + 10 * people);
  await one.kill();
  const alone = chatter.acknowledged.length;
  await until("the other goes on alone", () => chatter.acknowledged.length > alone + 5 * people);
  await one.start();
  balancer.targets = [one.url];
  const heardAt = Date.now();
  await until("and the agent hears again of what comes to the first", () => stream.heardAt > heardAt + 1_000);
  stream.close();
  await chatter.stop();
  await waitForAnswers(standIn, chatter.acknowledged, promiseMs);
  const { pooled, sessions } = await countConnections(onServer.url, pooler.url);
  const most = mostConnections(poolSize);
  expect(pooled).toBeGreaterThan(0);
  expect(pooled).toBeLessThanOrEqual(2 * most.pooled);
  expect(sessions).toBeLessThanOrEqual(isDirect ? 2 * most.session : 0);
  await Promise.all([one.stop(), two.stop()]);
  expectOrder(standIn);
  expectPromptness(standIn, chatter.acknowledged, [], promiseMs);
  const repetitions = await expectExactness({ databaseUrl: onServer.url }, standIn, chatter.acknowledged);
  expect(repetitions).toBeLessThanOrEqual(people);
}

/** Connections of the processes: to the pooler, and past it (all of the database's but those that the pooler has). */
async function countConnections(url: string, pooled: string): Promise<{ pooled: number; sessions: number }> {
  const ask = async (connectionString: string, statements: readonly string[]) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    const answers: { readonly database: string }[][] = [];
    for (const statement of statements) answers.push((await client.query(statement)).rows);
    await client.end();
    return answers;
  };
  const ofDatabase = (rows: readonly { readonly database: string }[] = []) =>
    rows.filter(({ database }) => `/${database}` === new URL(url).pathname).length;
  const console = new URL(pooled);
  console.pathname = "/pgbouncer";
  const [clients, servers] = await ask(console.href, ["show clients", "show servers"]);
  const [all] = await ask(url, ["select datname as database from pg_stat_activity where pid <> pg_backend_pid()"]);
  return { pooled: ofDatabase(clients), sessions: ofDatabase(all) - ofDatabase(servers) };
}

it.runIf(isPossible)("behind PgBouncer nothing is lost and news come to the other process, which listens past it", () =>
  run(true),
);

it.runIf(isPossible)("behind PgBouncer alone it is the same, without a session anywhere", () => run(false));

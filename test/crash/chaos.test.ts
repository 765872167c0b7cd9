import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { openDatabase } from "../../src/store/database.ts";
import { startTelegramStandIn, type TelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { until } from "../until.ts";
import { indexCalls, type Nap, napMs, sleepFlow, startCallers, startSleepers } from "./chaos-load.ts";
import { setUpEcho, startChatter } from "./chatter.ts";
import { expectExactness, expectOrder, type Outage, waitForAnswers } from "./expectations.ts";
import { startLoadBalancer } from "./load-balancer.ts";
import { findPostgres, type PrivateCluster, startPrivateCluster } from "./private-cluster.ts";
import { createServerProcess, type ServerProcess } from "./server-process.ts";

/** `CHAOS_MINUTES=30` is the whole thing; what runs with the other tests is long enough for each kind of fault once or twice. */
const minutes = Number(process.env.CHAOS_MINUTES ?? 2);
const killEveryMs = 20_000;
const cutMs = Math.min(60_000, minutes * 6_000);
/** What is due goes out within this, once there is somebody to do it. */
const promiseMs = 20_000;
const people = 20;
const sleepers = 20;
const programs = await findPostgres();

/** A process whose clock is five seconds ahead. */
const aheadMs = 5_000;
const wrongClock = `--import=data:text/javascript,${encodeURIComponent(
  `const right=Date.now,Old=Date;Date.now=()=>right()+${aheadMs};globalThis.Date=class extends Old{constructor(...a){a.length===0?super(right()+${aheadMs}):super(...a)}};Date.now=()=>right()+${aheadMs};`,
)}`;

it.runIf(process.env.TEST_DATABASE_URL !== undefined && programs !== undefined)(
  "two web and two worker processes lose, repeat and disorder nothing through kills, restarts of the database, a cut network and a wrong clock",
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "repartee-chaos-"));
    const cluster = await startPrivateCluster(programs ?? "");
    const standIn = await startTelegramStandIn();
    const balancer = await startLoadBalancer();
    const roles = ["web", "web", "worker", "worker"];
    const servers = await Promise.all(
      roles.map((role, index) =>
        createServerProcess({
          ...{ ROLES: role, DATABASE_URL: cluster.url, PUBLIC_URL: balancer.url, SECRET_KEY: "k".repeat(40) },
          ...{ DATA_DIR: path.join(directory, String(index)), LOG_LEVEL: "fatal" },
          ...(index === 3 ? { NODE_OPTIONS: wrongClock } : {}),
        }),
      ),
    );
    onTestFinished(async () => {
      await Promise.all(servers.map((server) => server.kill()));
      await balancer.close();
      await standIn.close();
      await cluster.remove();
      await rm(directory, { recursive: true, force: true });
    });
    await Promise.all(servers.map((server) => server.start()));
    balancer.targets = servers.slice(0, 2).map(({ url }) => url);
    const [web] = servers;
    if (web === undefined) throw new Error("there are four servers");
    await setUpEcho(web, standIn);
    const token = await web.run("token", "create", "--workspace", "demo", "--kind", "api");
    const call = callApi(web.url, token);
    await call("POST", "/fields", { key: "nap", name: "Nap", kind: "text" });
    await call("POST", "/fields", { key: "counted", name: "Counted", kind: "number" });
    const { ref } = (await call("POST", "/flows", { bot: "demo", document: sleepFlow })) as { ref: string };
    await call("POST", `/flows/${ref}/publish`, {});

    const calls = indexCalls(standIn);
    const chatter = startChatter(standIn, people, { pauseMs: 300 });
    const naps = startSleepers(standIn, calls, sleepers);
    await until("all have come", () => chatter.acknowledged.length > people && naps.naps.length >= sleepers, {
      withinMs: 60_000,
    });
    const counters = await findCounters(call);
    const callers = startCallers(balancer.url, token, counters, 2);
    const { outages, kills } = await makeTrouble(servers, cluster, standIn);
    await Promise.all([chatter.stop(), callers.stop(), naps.stop()]);
    await waitForAnswers(standIn, chatter.acknowledged, promiseMs * 2);
    await until(
      "everybody is woken",
      () => naps.naps.every(({ person, text }) => calls.timesOf(person, `woke from ${text}`).length > 0),
      { withinMs: promiseMs * 2 },
    );
    await until(
      "nothing waits",
      async () => ((await call("GET", "/messages?status=queued&limit=1")) as { data: [] }).data.length === 0,
      { withinMs: promiseMs * 2 },
    );
    await Promise.all(servers.map((server) => server.stop()));

    expectOrder(standIn);
    const repetitions = await expectExactness({ databaseUrl: cluster.url }, standIn, chatter.acknowledged);
    await expectWoken(cluster.url, naps.naps, calls);
    await expectCounted(cluster.url, callers.counted);
    tellLateness(naps.naps, calls, { outages, kills });
    process.stdout.write(
      `${minutes} minutes: ${chatter.acknowledged.length} updates, ${naps.naps.length} naps, ${[...callers.counted.values()].reduce((a, b) => a + b, 0)} calls, ${kills.length} kills, ${repetitions} uncertain messages repeated\n`,
    );
  },
  (minutes + 6) * 60_000,
);

type Call = (method: string, address: string, body?: object) => Promise<unknown>;

function callApi(base: string, token: string): Call {
  return async (method, address, body) => {
    const response = await fetch(`${base}/api/v1${address}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
}

/** Some of the sleepers, whom programs act on meanwhile. */
async function findCounters(call: Call): Promise<readonly string[]> {
  const { data } = (await call("GET", "/contacts?limit=5")) as { data: { id: number }[] };
  return data.map(({ id }) => String(id));
}

/** Kills one process after the other, restarts the database twice, cuts the network to the platform once. When what was away. */
async function makeTrouble(servers: readonly ServerProcess[], cluster: PrivateCluster, standIn: TelegramStandIn) {
  const outages: Outage[] = [];
  const kills: Outage[] = [];
  const note = async (list: Outage[], work: () => Promise<unknown>) => {
    const from = Date.now();
    await work();
    list.push({ from, to: Date.now() });
  };
  const killing = (async () => {
    const rounds = Math.floor((minutes * 60_000) / killEveryMs);
    for (let round = 0; round < rounds; round += 1) {
      const nextAt = Date.now() + killEveryMs;
      const victim = servers[round % servers.length];
      if (victim !== undefined) {
        await victim.kill();
        await note(kills, () => victim.start());
      }
      await sleep(Math.max(0, nextAt - Date.now()));
    }
  })();
  const whole = minutes * 60_000;
  await sleep(whole / 4);
  await note(outages, () => cluster.restart("fast"));
  await sleep(whole / 8);
  standIn.failAlways({ reset: true }, 0);
  await note(outages, () => sleep(cutMs));
  standIn.heal();
  await sleep(whole / 8);
  await note(outages, () => cluster.restart("immediate"));
  await killing;
  return { outages, kills };
}

/** Each nap made one message, which left; what came twice to the platform was uncertain. */
async function expectWoken(databaseUrl: string, naps: readonly Nap[], calls: ReturnType<typeof indexCalls>) {
  const database = await openDatabase({ databaseUrl });
  try {
    const rows = await database.db
      .selectFrom("messages")
      .innerJoin("identities", "identities.contactId", "messages.contactId")
      .select(["identities.externalId as person", "messages.content", "messages.status", "messages.uncertainSends"])
      .where("messages.stepRef", "=", "wake")
      .execute();
    const byKey = Map.groupBy(rows, ({ person, content }) => `${person} ${content.text}`);
    const wrong = naps.filter(({ person, text }) => {
      const found = byKey.get(`${person} woke from ${text}`) ?? [];
      const times = calls.timesOf(person, `woke from ${text}`).length;
      return found.length !== 1 || found[0]?.status !== "sent" || (times > 1 && found[0].uncertainSends === 0);
    });
    expect(wrong).toEqual([]);
  } finally {
    await database.close();
  }
}

/** Each call that was answered counted once, and none that was not. */
async function expectCounted(databaseUrl: string, counted: ReadonlyMap<string, number>) {
  const database = await openDatabase({ databaseUrl });
  try {
    const rows = await database.db
      .selectFrom("contactFields")
      .innerJoin("fields", "fields.id", "contactFields.fieldId")
      .select(["contactId", "value"])
      .where("fields.key", "=", "counted")
      .execute();
    expect(new Map(rows.map(({ contactId, value }) => [String(contactId), Number(value)]))).toEqual(counted);
  } finally {
    await database.close();
  }
}

/** Tells how late people were woken: with nothing amiss, soon after a kill, and through an outage. Nobody was woken before the time. */
function tellLateness(
  naps: readonly Nap[],
  calls: ReturnType<typeof indexCalls>,
  { outages, kills }: { readonly outages: readonly Outage[]; readonly kills: readonly Outage[] },
) {
  const groups: Record<"undisturbed" | "after a kill" | "in an outage", number[]> = {
    ...{ undisturbed: [], "after a kill": [], "in an outage": [] },
  };
  let earliest = 0;
  for (const { person, text, sentAt, ackedAt } of naps) {
    const wokenAt = calls.timesOf(person, `woke from ${text}`)[0] ?? Number.POSITIVE_INFINITY;
    earliest = Math.min(earliest, wokenAt - sentAt - napMs);
    const isIn = (list: readonly Outage[], afterMs: number) =>
      list.some(({ from, to }) => from < wokenAt && to + afterMs > ackedAt);
    // A platform that was away is asked again later and later; what a killed process held is taken over within ten seconds.
    const group = isIn(outages, 30_000) ? "in an outage" : isIn(kills, 10_000) ? "after a kill" : "undisturbed";
    groups[group].push(wokenAt - ackedAt - napMs);
  }
  for (const [group, late] of Object.entries(groups)) {
    const sorted = late.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    process.stdout.write(
      `${group}: ${late.length} woken, late by ${at(0.5)} ms (half), ${at(0.99)} ms (99 %), ${at(1)} ms (all)\n`,
    );
  }
  // Clocks are a few milliseconds apart; the wrong one is 5,000.
  expect(earliest).toBeGreaterThan(-500);
}

import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { createFakePlatform } from "../../test/fake-channel.ts";
import { outboundToLoopback, platformOnLoopback } from "../../test/outbound.ts";
import { aShop, isOnServer, recordingLog, type Shop, testClock } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import type { DeliverInbound, InboundEvent } from "../engine/channel-type.ts";
import { createChannelLocks } from "./channel-locks.ts";
import { createChannelRuntime } from "./channel-runtime.ts";
import { createLocalLive } from "./live.ts";
import { type Receivers, startReceivers } from "./receivers.ts";
import type { Submission } from "./submission.ts";

/** One run of a channel's own receiver. */
interface Run {
  readonly channelId: number;
  readonly deliver: DeliverInbound;
  readonly signal: AbortSignal;
  fail(error: Error): void;
}

let database: TestDatabase;
let shop: Shop;
const clock = testClock();
const log = recordingLog([]);
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  shop = await aShop({ database, clock });
});

let running: { readonly receivers: Receivers; readonly locks: ReturnType<typeof createChannelLocks> }[] = [];
afterEach(async () => {
  for (const { receivers, locks } of running) {
    await receivers.stop();
    await locks.close();
  }
  running = [];
  await database.db.deleteFrom("workspaces").execute();
});

/** The receivers of a process; `polls: false`: of a channel that has none for its settings. */
function aProcess({ polls = true }: { readonly polls?: boolean } = {}) {
  const runs: Run[] = [];
  const submitted: Submission[] = [];
  const asked = { locks: 0 };
  const poll = (channel: { readonly id: number }, deliver: DeliverInbound, _ports: unknown, signal: AbortSignal) => {
    if (!polls) return undefined;
    return new Promise<void>((resolve, reject) => {
      runs.push({ channelId: channel.id, deliver, signal, fail: reject });
      signal.addEventListener("abort", () => resolve());
    });
  };
  const catalogue = { fake: { ...createFakePlatform().type, poll } };
  const locks = createChannelLocks(database, log);
  const live = createLocalLive();
  const receivers = startReceivers({
    db: database.db,
    // Its cache of two seconds goes by the clock.
    channels: createChannelRuntime({
      db: database.db,
      catalogue,
      secretKey: randomBytes(32),
      log,
      now: () => Date.now(),
    }),
    ports: {
      callPlatform: platformOnLoopback,
      findAddresses: async () => [],
      fetchFile: async () => undefined,
      outbound: outboundToLoopback,
      announce: live.announce,
      log,
    },
    submit: async (submission) => {
      submitted.push(submission);
      return { status: "done" };
    },
    log,
    acquire: (id, onLost) => {
      asked.locks += 1;
      return locks.acquire(id, onLost);
    },
    release: locks.release,
  });
  running.push({ receivers, locks });
  return { runs, submitted, asked, receivers };
}

const event: InboundEvent = { externalId: "u1", from: "ann", happening: { kind: "start" } };
const ofShop = (runs: readonly Run[]) => runs.filter(({ channelId }) => channelId === shop.channelId);

describe("a channel that fetches its events itself", () => {
  it("is run, and what it gets is handed in under its own ids", async () => {
    const { runs, submitted } = aProcess();
    const run = await until("it runs", () => ofShop(runs)[0]);
    await run.deliver([event, { ...event, externalId: "u2" }]);
    expect(submitted).toMatchObject([
      {
        target: { channelId: shop.channelId, externalId: "ann" },
        dedupeKey: `c${shop.channelId}:u1`,
        source: "channel",
      },
      { dedupeKey: `c${shop.channelId}:u2` },
    ]);
  });

  it("is run again after it broke", async () => {
    const { runs } = aProcess();
    const run = await until("it runs", () => ofShop(runs)[0]);
    run.fail(new Error("broken"));
    await until("it runs again", () => ofShop(runs).length === 2);
  });

  it("is stopped when it is disconnected, and begun anew when its settings change", async () => {
    const { runs } = aProcess();
    const run = await until("it runs", () => ofShop(runs)[0]);
    const set = (change: object) =>
      database.db.updateTable("channels").set(change).where("id", "=", shop.channelId).execute();
    await set({ settings: JSON.stringify({ chatBurst: 7 }) });
    await until("it is told to end", () => run.signal.aborted);
    const second = await until("it runs anew", () => ofShop(runs)[1]);
    await set({ status: "disconnected" });
    await until("it is stopped", () => second.signal.aborted);
  });

  it("is stopped with the process", async () => {
    const { runs, receivers } = aProcess();
    const run = await until("it runs", () => ofShop(runs)[0]);
    await receivers.stop();
    expect(run.signal.aborted).toBe(true);
  });

  it("that has nothing to run with its settings is asked once, not with every look", async () => {
    const { asked } = aProcess({ polls: false });
    await until("it was asked", () => asked.locks === 1);
    const other = await aShop({ database, clock });
    await until("a later one is seen", () => asked.locks > 1);
    expect(other.channelId).not.toBe(shop.channelId);
    expect(asked.locks).toBe(2);
  });

  it.runIf(isOnServer)("is run by one process at a time, and by the other once that one's lock is lost", async () => {
    const [one, two] = [aProcess(), aProcess()];
    const first = await until("one of them runs it", () => ofShop(one.runs)[0] ?? ofShop(two.runs)[0]);
    await until("the other has asked twice more", () => Math.max(one.asked.locks, two.asked.locks) > 2);
    expect([...ofShop(one.runs), ...ofShop(two.runs)]).toEqual([first]);
    await sql`select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and classid = 7361 and objid = ${shop.channelId}`.execute(database.db);
    await until("the first one ends", () => first.signal.aborted);
    await until("somebody runs it", () => [...ofShop(one.runs), ...ofShop(two.runs)].length === 2);
  });
});

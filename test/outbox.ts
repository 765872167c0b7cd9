import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { SendResult } from "../src/engine/channel-type.ts";
import type { MessageContent } from "../src/model/message.ts";
import { type ChannelRuntime, createChannelRuntime } from "../src/shell/channel-runtime.ts";
import { createLocalLive } from "../src/shell/live.ts";
import { createOutbox, type Outbox } from "../src/shell/outbox.ts";
import { createSnapshots } from "../src/shell/snapshots.ts";
import type { TrackedLinks } from "../src/shell/tracked-links.ts";
import { createWaist, type Waist } from "../src/shell/waist.ts";
import { advance, preparePublishedFlow } from "../src/steps/advance.ts";
import { registerProcess } from "../src/store/outbox-store.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { createFakePlatform, type FakePlatform } from "./fake-channel.ts";
import { outboundToLoopback, platformOnLoopback } from "./outbound.ts";
import { aShop, echoFlow, recordingLog, type Shop, type TestClock, testClock } from "./shell.ts";
import { until } from "./until.ts";

/** An outbox as a process of its own has it. */
export interface OutboxProcess {
  readonly outbox: Outbox;
  readonly processId: number;
}

/** Outboxes on one database, with the fake platform and a clock that goes when it is told to; all of it anew for each test of the file that calls this. */
export function outboxBench() {
  let database: TestDatabase;
  let clock: TestClock;
  let platform: FakePlatform;
  let channels: ChannelRuntime;
  let waist: Waist;
  let outboxes: Outbox[] = [];
  /** Whose messages the batches store; and whether it hears of them. */
  let sender: OutboxProcess | undefined;
  let hears = true;
  const log = recordingLog([]);

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  beforeEach(() => {
    clock = testClock();
    platform = createFakePlatform();
    channels = createChannelRuntime({
      db: database.db,
      catalogue: { fake: platform.type },
      secretKey: randomBytes(32),
      log,
      now: clock.now,
    });
    waist = createWaist({
      db: database.hot,
      transact: database.transact,
      log,
      now: clock.now,
      advance,
      snapshots: createSnapshots(preparePublishedFlow),
      isPullChannel: () => false,
      enqueueJobs: async () => {},
      moveJobs: async () => {},
      leaseOwner: () => sender?.processId ?? null,
      planDepartures: () => sender?.outbox.planDepartures() ?? (() => undefined),
      onCommitted: ({ messages: stored }) => {
        if (hears) sender?.outbox.take(stored.filter(({ leased }) => leased));
      },
      onDoubt: () => {},
      concurrency: 1,
    });
  });
  afterEach(async () => {
    await Promise.all(outboxes.map((outbox) => outbox.stop()));
    outboxes = [];
    sender = undefined;
    hears = true;
    await waist.stop();
    await database.db.deleteFrom("messages").execute();
    await database.db.deleteFrom("processes").execute();
  });

  async function aProcess({
    sharesChannels = false,
    db = database.hot,
    trackLinks = (content: MessageContent): MessageContent => content,
    outageLookMs = 1_000_000,
  }: {
    readonly sharesChannels?: boolean;
    readonly db?: TestDatabase["hot"];
    readonly trackLinks?: TrackedLinks["track"];
    readonly outageLookMs?: number;
  } = {}): Promise<OutboxProcess> {
    const processId = await registerProcess(database.db, { roles: ["worker"], hasSession: true });
    const live = createLocalLive();
    const ports = {
      callPlatform: platformOnLoopback,
      announce: live.announce,
      findAddresses: async () => [],
      fetchFile: async () => undefined,
      outbound: outboundToLoopback,
      log,
    };
    const { submit } = waist;
    const outbox = createOutbox({
      db,
      channels,
      ports,
      submit,
      log,
      now: clock.now,
      ...{ processId, trackLinks },
      sharesChannels,
      outageLookMs,
      hasPeers: () => sharesChannels,
    });
    outboxes.push(outbox);
    return { outbox, processId };
  }

  const shopWith = async (settings: Parameters<typeof aShop>[2] = {}) =>
    await aShop({ database, clock }, { flows: [echoFlow] }, settings);

  /** Lets a message to each of the people be stored, one after the other. */
  async function queue(shop: Shop, ...messages: readonly (readonly [person: string, text: string])[]): Promise<void> {
    for (const [person, text] of messages) {
      const actions = [{ action: "send_message", args: { content: text } }];
      await waist.submit({ ...shop.from(person, { kind: "actions", actions }), source: "api" });
    }
  }

  /** From now on what is stored is this process's to send; `isCutOff`: it does not hear of it, as if it had died at the commit. */
  function storeFor(process: OutboxProcess, { isCutOff = false } = {}): void {
    sender = process;
    hears = !isCutOff;
  }

  /** Lets time go by, and the outbox notice. */
  function pass(outbox: Outbox, ms: number): void {
    clock.pass(ms);
    outbox.take([]);
  }

  const messages = async (shop: Shop) =>
    await database.db
      .selectFrom("messages")
      .selectAll()
      .where("channelId", "=", shop.channelId)
      .where("direction", "=", "out")
      .orderBy("id")
      .execute();

  const statuses = async (shop: Shop) => (await messages(shop)).map(({ status }) => status);
  const untilStatuses = async (shop: Shop, expected: readonly string[]) =>
    await until(`statuses ${expected.join()}`, async () => (await statuses(shop)).join() === expected.join(), {
      withinMs: 5_000,
    });
  const untilTried = async (count: number) =>
    await until(
      `${count} attempts`,
      () => platform.sends.filter(({ result }) => result !== undefined).length === count,
      {
        withinMs: 5_000,
      },
    );

  /** Two looks at the event loop's end: whatever could start by itself has started. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) {
      await database.db.selectFrom("processes").select("id").execute();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Answers with these, one an attempt; afterwards everything is taken. */
  const replyWith = (...results: readonly SendResult[]) => {
    const left = [...results];
    platform.reply = () => left.shift();
  };

  return {
    ...{ aProcess, shopWith, queue, storeFor, pass, messages, statuses, untilStatuses, untilTried, settle, replyWith },
    /** What the test at hand works on. */
    current: () => ({ database, clock, platform, waist }),
  };
}

import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { noon } from "../../test/builders.ts";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { createFakePlatform, type FakePlatform, type FakeSend } from "../../test/fake-channel.ts";
import { outboundToLoopback } from "../../test/outbound.ts";
import { aShop, echoFlow, recordingLog, type Shop, type TestClock, testClock } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import type { SendResult } from "../engine/channel-type.ts";
import { advance, preparePublishedFlow } from "../steps/advance.ts";
import { beat, reapProcesses, registerProcess } from "../store/outbox-store.ts";
import { type ChannelRuntime, createChannelRuntime } from "./channel-runtime.ts";
import { createLocalLive } from "./live.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { createSnapshots } from "./snapshots.ts";
import { createWaist, type Waist } from "./waist.ts";

const second = 1_000;

let database: TestDatabase;
let clock: TestClock;
let platform: FakePlatform;
let channels: ChannelRuntime;
let waist: Waist;
let outboxes: Outbox[] = [];
const logged: string[] = [];
const log = recordingLog(logged);

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
    leaseOwner: () => null,
    onCommitted: () => {},
    onDoubt: () => {},
    concurrency: 1,
  });
});
afterEach(async () => {
  await Promise.all(outboxes.map((outbox) => outbox.stop()));
  outboxes = [];
  await waist.stop();
  await database.db.deleteFrom("messages").execute();
  await database.db.deleteFrom("processes").execute();
});

/** An outbox as a process of its own has it. */
async function aProcess(): Promise<{ outbox: Outbox; processId: number }> {
  const processId = await registerProcess(database.db, ["worker"]);
  const live = createLocalLive();
  const ports = {
    fetch,
    announce: live.announce,
    findAddresses: async () => [],
    fetchFile: async () => undefined,
    outbound: outboundToLoopback,
    log,
  };
  const { submit } = waist;
  const outbox = createOutbox({ db: database.hot, channels, ports, submit, log, now: clock.now, processId });
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
  await until(`${count} attempts`, () => platform.sends.filter(({ result }) => result !== undefined).length === count, {
    withinMs: 5_000,
  });

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

describe("the order", () => {
  it("of one contact is kept: the next waits until the one before is through, others do not wait", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"], ["a", "2"], ["b", "1"]);
    const { promise, resolve } = Promise.withResolvers<SendResult>();
    platform.reply = (send) => (send.recipient === "a" && send.text === "1" ? promise : undefined);
    const { outbox } = await aProcess();
    await outbox.claim();
    await until("b's is sent", () => platform.delivered("b").length === 1);
    await settle();
    expect(platform.sends.map(({ recipient, text }) => `${recipient}${text}`).sort()).toEqual(["a1", "b1"]);
    resolve({ status: "sent" });
    await untilStatuses(shop, ["sent", "sent", "sent"]);
    expect(platform.delivered("a")).toEqual(["1", "2"]);
  });

  it("puts answers before broadcasts", async () => {
    const shop = await shopWith({ bulkPerSecond: 1, perChatPerSecond: 1000, chatBurst: 1000 });
    await queue(shop, ["a", "bulk"], ["b", "bulk"], ["c", "live"]);
    const bulk = (await messages(shop)).slice(0, 2).map(({ id }) => id);
    await database.db.updateTable("messages").set({ lane: 1 }).where("id", "in", bulk).execute();
    const { outbox } = await aProcess();
    await outbox.claim();
    await untilTried(1);
    await settle();
    expect(platform.sends.map(({ text }) => text)).toEqual(["live"]);
    await until("the broadcast", () => {
      pass(outbox, second);
      return platform.sends.length === 3;
    });
  });

  it("holds over two processes that take what they can get, and nothing is sent twice", async () => {
    const shop = await shopWith();
    const people = Array.from({ length: 20 }, (_, index) => `p${index}`);
    const texts = Array.from({ length: 10 }, (_, index) => String(index));
    for (const text of texts) await Promise.all(people.map((person) => queue(shop, [person, text])));
    platform.reply = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return undefined as never;
    };
    const [one, two] = [await aProcess(), await aProcess()];
    // Every other message is one's: each contact's line is split over both.
    const ids = (await messages(shop)).map(({ id }) => id);
    const odd = ids.filter((_, index) => index % 3 === 0);
    await database.db.updateTable("messages").set({ leaseOwner: two.processId }).where("id", "in", odd).execute();
    two.outbox.doubt();
    await Promise.all([one.outbox.claim(), two.outbox.claim()]);
    await until("all is sent", async () => {
      clock.pass(200);
      for (const { outbox } of [one, two]) outbox.take([]);
      return (await statuses(shop)).every((status) => status === "sent");
    });
    expect(people.filter((person) => platform.delivered(person).join() !== texts.join())).toEqual([]);
    expect(platform.sends).toHaveLength(200);
  });
});

describe("a passing fault", () => {
  it("is tried again after growing delays, and what comes after waits", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"], ["a", "2"]);
    const again = { status: "retry-later", message: "busy" } as const;
    replyWith(again, again, again);
    const { outbox } = await aProcess();
    await outbox.claim();
    for (const [tried, delay] of [1, 2, 5].entries()) {
      await untilTried(tried + 1);
      pass(outbox, delay * second - 1);
      await settle();
      expect(platform.sends).toHaveLength(tried + 1);
      pass(outbox, 1);
    }
    await untilStatuses(shop, ["sent", "sent"]);
    expect(platform.delivered()).toEqual(["1", "2"]);
    expect((await messages(shop))[0]).toMatchObject({ attempts: 4, uncertainSends: 0, error: null });
  });

  it("waits as long as the platform says", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"]);
    replyWith({ status: "retry-later", message: "busy", afterMs: 42 * second });
    const { outbox } = await aProcess();
    await outbox.claim();
    await untilStatuses(shop, ["queued"]);
    await untilTried(1);
    pass(outbox, 42 * second - 1);
    await settle();
    expect(platform.sends).toHaveLength(1);
    pass(outbox, 1);
    await untilStatuses(shop, ["sent"]);
  });

  it("that never passes fails the message after thirty attempts, and the next goes on", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"], ["a", "2"]);
    platform.reply = ({ text }) => (text === "1" ? { status: "retry-later", message: "busy" } : undefined);
    const { outbox } = await aProcess();
    await outbox.claim();
    await until("the second is sent", async () => {
      pass(outbox, 3_600 * second);
      return platform.delivered().includes("2");
    });
    await untilStatuses(shop, ["failed", "sent"]);
    expect((await messages(shop))[0]).toMatchObject({ attempts: 30, error: "busy" });
  });

  it("is what an adapter that throws has", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"]);
    platform.reply = ({ attempt }) => {
      if (attempt === 1) throw new Error("a bug in the adapter");
      return undefined;
    };
    const { outbox } = await aProcess();
    await outbox.claim();
    await until("the first attempt", () => platform.sends.length === 1);
    await until("the second attempt", () => {
      pass(outbox, second);
      return platform.sends.length === 2;
    });
    await untilStatuses(shop, ["sent"]);
  });

  it("keeps the parts that went out: the repetition starts after them", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "long"]);
    platform.reply = async (send: FakeSend) => {
      if (send.attempt > 1) return { status: "sent" };
      await send.onPartSent(1);
      await send.onPartSent(2);
      return { status: "retry-later", message: "busy" };
    };
    const { outbox } = await aProcess();
    await outbox.claim();
    await untilTried(1);
    await until("the second attempt", () => {
      pass(outbox, second);
      return platform.sends.length === 2;
    });
    expect(platform.sends.map(({ partsSent }) => partsSent)).toEqual([0, 2]);
  });
});

describe("a platform that says: too fast", () => {
  it("gets its pause for that chat, and the attempt does not count", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"], ["b", "1"]);
    platform.reply = ({ recipient, attempt }) =>
      recipient === "a" && attempt <= 40
        ? { status: "rate-limited", message: "slow", afterMs: 7 * second, scope: "chat" }
        : undefined;
    const { outbox } = await aProcess();
    await outbox.claim();
    await until("b's is sent", () => platform.delivered("b").length === 1);
    await untilTried(2);
    pass(outbox, 7 * second - 1);
    await settle();
    expect(platform.sends).toHaveLength(2);
    await until("a's is sent", () => {
      pass(outbox, 7 * second);
      return platform.delivered("a").length === 1;
    });
    await untilStatuses(shop, ["sent", "sent"]);
    expect((await messages(shop))[0]?.attempts).toBe(1);
  });

  it.each([
    ["means the channel", "channel", 1],
    ["says it to a second chat within seconds", "chat", 2],
  ] as const)("rests as a whole where it %s", async (_name, scope, limitedChats) => {
    const shop = await shopWith();
    const limited = ["a", "b"].slice(0, limitedChats);
    await queue(shop, ...limited.map((person) => [person, "1"] as const));
    platform.reply = ({ recipient, attempt }) =>
      limited.includes(recipient) && attempt === 1
        ? { status: "rate-limited", message: "slow", afterMs: 5 * second, scope }
        : undefined;
    const { outbox } = await aProcess();
    await outbox.claim();
    await untilTried(limitedChats);
    await until("it is known", async () => (await messages(shop)).every(({ nextAttemptAt }) => nextAttemptAt !== null));
    await queue(shop, ["other", "1"]);
    await outbox.claim();
    await settle();
    expect(platform.delivered("other")).toEqual([]);
    pass(outbox, 5 * second);
    await until("other's is sent", () => platform.delivered("other").length === 1);
  });
});

describe("the channel's rates", () => {
  it("let a burst to one chat through, then one a second", async () => {
    const shop = await shopWith({ perChatPerSecond: 1, chatBurst: 3 });
    await queue(shop, ...["1", "2", "3", "4", "5"].map((text) => ["a", text] as const));
    const { outbox } = await aProcess();
    await outbox.claim();
    await untilTried(3);
    await settle();
    expect(platform.sends).toHaveLength(3);
    pass(outbox, second);
    await untilTried(4);
    await settle();
    expect(platform.sends).toHaveLength(4);
    pass(outbox, second);
    await untilTried(5);
  });

  it("hold a broadcast to so many a second over all chats, and answers go at once", async () => {
    const shop = await shopWith({ bulkPerSecond: 5, perChatPerSecond: 1000, chatBurst: 1000 });
    await queue(shop, ...Array.from({ length: 20 }, (_, index) => [`p${index}`, "bulk"] as const));
    await database.db.updateTable("messages").set({ lane: 1 }).where("channelId", "=", shop.channelId).execute();
    const { outbox } = await aProcess();
    await outbox.claim();
    // What goes in the first instant: one second's worth, and no more.
    await untilTried(5);
    await settle();
    expect(platform.sends).toHaveLength(5);
    await queue(shop, ["p19x", "live"]);
    await outbox.claim();
    await until("the answer", () => platform.delivered("p19x").length === 1);
    for (let passed = 1; passed <= 2; passed += 1) {
      pass(outbox, second);
      await settle();
    }
    expect(platform.delivered().filter((text) => text === "bulk").length).toBeLessThanOrEqual(15);
  });
});

describe("what cannot be sent", () => {
  it("to somebody who is gone is not tried again, and the person counts as blocked", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"]);
    replyWith({ status: "recipient-gone", message: "bot was blocked by the user" });
    const { outbox } = await aProcess();
    await outbox.claim();
    await untilStatuses(shop, ["failed"]);
    const status = async () =>
      (
        await database.db
          .selectFrom("identities")
          .select("status")
          .where("channelId", "=", shop.channelId)
          .executeTakeFirstOrThrow()
      ).status;
    await until("the person is blocked", async () => (await status()) === "blocked");
    await queue(shop, ["a", "2"]);
    expect(await statuses(shop)).toEqual(["failed"]);
    const happening = { kind: "unblocked" } as const;
    await waist.submit(shop.from("a", happening));
    expect(await status()).toBe("active");
  });

  it("because the platform rejects it fails with its sentence, and the next goes on", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"], ["a", "2"]);
    replyWith({ status: "rejected", message: "the picture is too large" });
    const { outbox } = await aProcess();
    await outbox.claim();
    await untilStatuses(shop, ["failed", "sent"]);
    expect((await messages(shop))[0]?.error).toBe("the picture is too large");
  });

  it("is recorded whatever characters the platform's sentence has, and is not repeated", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"], ["b", "1"]);
    platform.reply = ({ recipient }) =>
      recipient === "a" ? { status: "rejected", message: "bad\u0000 cut \ud83d" } : undefined;
    const { outbox } = await aProcess();
    await outbox.claim();
    await untilStatuses(shop, ["failed", "sent"]);
    expect(platform.sends).toHaveLength(2);
  });

  it("because the credentials are refused waits, and the channel is marked as broken", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"]);
    replyWith({ status: "unauthorized", message: "the token was revoked" });
    const { outbox } = await aProcess();
    await outbox.claim();
    const channel = async () =>
      await database.db
        .selectFrom("channels")
        .select(["status", "statusMessage"])
        .where("id", "=", shop.channelId)
        .executeTakeFirstOrThrow();
    await until("it is broken", async () => (await channel()).status === "broken");
    expect((await channel()).statusMessage).toBe("the token was revoked");
    await until("it is noted", async () => (await messages(shop))[0]?.nextAttemptAt !== null);
    expect(await statuses(shop)).toEqual(["queued"]);
    await until("it goes once the credentials are good", () => {
      pass(outbox, 60 * second);
      return platform.delivered().length === 1;
    });
  });

  it("because the channel was disconnected fails", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"]);
    await database.db
      .updateTable("channels")
      .set({ status: "disconnected" })
      .where("id", "=", shop.channelId)
      .execute();
    const { outbox } = await aProcess();
    await outbox.claim();
    await untilStatuses(shop, ["failed"]);
    expect(platform.sends).toEqual([]);
  });
});

describe("a process that died", () => {
  /** As a kill leaves it: the first message on its way, the second not yet. */
  async function leaveBehind(shop: Shop): Promise<void> {
    await queue(shop, ["a", "1"], ["a", "2"]);
    const dead = await registerProcess(database.db, ["worker"]);
    const ids = (await messages(shop)).map(({ id }) => id);
    const change = { leaseOwner: dead };
    await database.db.updateTable("messages").set(change).where("id", "in", ids).execute();
    const sending = { sendingAt: new Date(noon), attempts: 1 };
    await database.db
      .updateTable("messages")
      .set(sending)
      .where("id", "=", ids[0] ?? 0)
      .execute();
    await database.db
      .updateTable("processes")
      .set({ heartbeatAt: new Date(Date.now() - 60 * second) })
      .where("id", "=", dead)
      .execute();
  }
  /** The reaper forgives as long as the server itself has just been started. */
  const reap = async () => await until("the dead are found", async () => (await reapProcesses(database.db)) === 1);

  it("loses its messages to a living one: what was on its way is repeated and recorded as uncertain", async () => {
    const shop = await shopWith();
    await leaveBehind(shop);
    const { outbox } = await aProcess();
    await outbox.claim();
    await settle();
    expect(platform.sends).toEqual([]);
    await reap();
    await outbox.claim();
    await untilStatuses(shop, ["sent", "sent"]);
    expect(platform.delivered()).toEqual(["1", "2"]);
    expect((await messages(shop)).map(({ uncertainSends }) => uncertainSends)).toEqual([1, 0]);
  });

  it("leaves what was on its way to an agent where the channel says so, and the next goes on", async () => {
    const shop = await shopWith({ uncertainPolicy: "ask" });
    await leaveBehind(shop);
    const { outbox } = await aProcess();
    await reap();
    await outbox.claim();
    await untilStatuses(shop, ["uncertain", "sent"]);
    expect(platform.delivered()).toEqual(["2"]);
  });

  it("leaves the parts that it had sent: the repetition starts after them", async () => {
    const shop = await shopWith();
    await leaveBehind(shop);
    await database.db.updateTable("messages").set({ partsSent: 3 }).where("sendingAt", "is not", null).execute();
    const { outbox } = await aProcess();
    await reap();
    await outbox.claim();
    await untilStatuses(shop, ["sent", "sent"]);
    expect(platform.sends.map(({ partsSent }) => partsSent)).toEqual([3, 0]);
  });

  it("and comes back sends nothing that another has taken over", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"], ["a", "2"]);
    const slow = await aProcess();
    const { promise, resolve } = Promise.withResolvers<SendResult>();
    platform.reply = ({ text, attempt }) => (text === "1" && attempt === 1 ? promise : undefined);
    await slow.outbox.claim();
    await until("the first is on its way", () => platform.sends.length === 1);
    await database.db.deleteFrom("processes").where("id", "=", slow.processId).execute();
    const { outbox } = await aProcess();
    await outbox.claim();
    await untilStatuses(shop, ["sent", "sent"]);
    await beat(database.db, slow.processId, ["worker"]);
    resolve({ status: "sent" });
    await settle();
    expect(platform.sends.map(({ text }) => text)).toEqual(["1", "1", "2"]);
    expect((await messages(shop)).map(({ uncertainSends }) => uncertainSends)).toEqual([1, 0]);
  });
});

describe("an outbox", () => {
  it("finds what was stored for it without its hearing of it", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"]);
    const { outbox, processId } = await aProcess();
    await database.db.updateTable("messages").set({ leaseOwner: processId }).execute();
    await outbox.claim();
    await settle();
    expect(platform.sends).toEqual([]);
    outbox.doubt();
    await outbox.claim();
    await untilStatuses(shop, ["sent"]);
    expect((await messages(shop))[0]?.uncertainSends).toBe(0);
  });

  it("that stops lets the sends under way end and leaves the rest", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"], ["a", "2"]);
    const { promise, resolve } = Promise.withResolvers<SendResult>();
    platform.reply = () => promise;
    const { outbox } = await aProcess();
    await outbox.claim();
    await until("the first is on its way", () => platform.sends.length === 1);
    const stopped = outbox.stop();
    resolve({ status: "sent" });
    await stopped;
    expect(await statuses(shop)).toEqual(["sent", "queued"]);
    expect(platform.sends).toHaveLength(1);
  });

  it("is not held up by a send that hangs, but for that contact's line", async () => {
    const shop = await shopWith();
    const people = Array.from({ length: 50 }, (_, index) => `p${index}`);
    await queue(shop, ["hangs", "1"], ["hangs", "2"], ...people.map((person) => [person, "1"] as const));
    const { promise, resolve } = Promise.withResolvers<SendResult>();
    platform.reply = ({ recipient }) => (recipient === "hangs" ? promise : undefined);
    const { outbox } = await aProcess();
    await outbox.claim();
    await until("the others are sent", () => people.every((person) => platform.delivered(person).length === 1));
    expect(platform.sends.filter(({ recipient }) => recipient === "hangs")).toHaveLength(1);
    resolve({ status: "sent" });
    await until("both are sent", () => platform.delivered("hangs").length === 2);
  });
});

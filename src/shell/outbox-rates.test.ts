import { beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/database.ts";
import type { FakePlatform } from "../../test/fake-channel.ts";
import { outboxBench } from "../../test/outbox.ts";
import type { Shop, TestClock } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import type { SendResult } from "../engine/channel-type.ts";

const second = 1_000;
const bench = outboxBench();
const { aProcess, shopWith, queue, pass, messages, untilStatuses, untilTried, settle } = bench;
let database: TestDatabase;
let clock: TestClock;
let platform: FakePlatform;
beforeEach(() => {
  ({ database, clock, platform } = bench.current());
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

describe("a send that the database's absence stopped", () => {
  it("does not count on the chat's rate: nothing has gone to it", async () => {
    const shop = await shopWith({ perChatPerSecond: 0.001, chatBurst: 1 });
    await queue(shop, ["a", "1"]);
    let asked = 0;
    const db = new Proxy(database.hot, {
      get(target, name) {
        // The first of these looks for messages, the second marks the one that is found.
        if (name === "withoutPlugins") asked += 1;
        if (name === "withoutPlugins" && asked === 2) throw new Error("Connection terminated unexpectedly");
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const { outbox } = await aProcess({ db });
    await outbox.claim();
    await untilStatuses(shop, ["sent"]);
    expect([asked > 2, platform.delivered("a")]).toEqual([true, ["1"]]);
  });
});

describe("the rates of a channel that several processes send on", () => {
  /** Leases every other message to each of two processes. */
  async function twoProcesses(shop: Shop) {
    const processes = [await aProcess({ sharesChannels: true }), await aProcess({ sharesChannels: true })];
    for (const [index, { id }] of (await messages(shop)).entries()) {
      const leaseOwner = processes[index % 2]?.processId ?? null;
      await database.db.updateTable("messages").set({ leaseOwner }).where("id", "=", id).execute();
    }
    for (const { outbox } of processes) outbox.doubt();
    await Promise.all(processes.map(({ outbox }) => outbox.claim()));
    return processes.map(({ outbox }) => outbox);
  }

  it("hold a broadcast to so many a second over all of them", async () => {
    const shop = await shopWith({ bulkPerSecond: 10, perChatPerSecond: 1000, chatBurst: 1000 });
    await queue(shop, ...Array.from({ length: 60 }, (_, index) => [`p${index}`, "bulk"] as const));
    await database.db.updateTable("messages").set({ lane: 1 }).where("channelId", "=", shop.channelId).execute();
    const outboxes = await twoProcesses(shop);
    await untilTried(10);
    await settle();
    expect(platform.sends).toHaveLength(10);
    for (let passed = 1; passed <= 20; passed += 1) {
      clock.pass(second / 10);
      for (const outbox of outboxes) outbox.take([]);
      await settle();
    }
    // Two seconds' worth, less what a busy machine did not ask for in its tenth of a second.
    await until("a second's worth more, and most of another", () => platform.sends.length >= 24);
    expect(platform.sends.length).toBeLessThanOrEqual(30);
  });

  it("let no chat have more than its burst from both", async () => {
    const shop = await shopWith({ perChatPerSecond: 1, chatBurst: 3 });
    await queue(shop, ...["1", "2", "3", "4"].map((text) => ["a", text] as const));
    const outboxes = await twoProcesses(shop);
    await untilTried(3);
    await settle();
    expect(platform.sends).toHaveLength(3);
    await until("the fourth", () => {
      for (const outbox of outboxes) pass(outbox, second / 4);
      return platform.delivered("a").length === 4;
    });
    expect(platform.delivered("a").join()).toBe("1,2,3,4");
  });
});

describe("a channel", () => {
  it("whose platform hangs, for however many, holds up no other", async () => {
    const [stuck, other] = [await shopWith(), await shopWith()];
    await queue(stuck, ...Array.from({ length: 200 }, (_, index) => [`stuck${index}`, "1"] as const));
    await queue(other, ...Array.from({ length: 20 }, (_, index) => [`other${index}`, "1"] as const));
    const { promise, resolve } = Promise.withResolvers<SendResult>();
    platform.reply = ({ recipient }) => (recipient.startsWith("stuck") ? promise : undefined);
    const { outbox } = await aProcess();
    await outbox.claim();
    await untilStatuses(
      other,
      Array.from({ length: 20 }, () => "sent"),
    );
    expect(platform.sends.filter(({ recipient }) => recipient.startsWith("stuck")).length).toBeLessThan(200);
    resolve({ status: "sent" });
    await untilStatuses(
      stuck,
      Array.from({ length: 200 }, () => "sent"),
    );
  });
});

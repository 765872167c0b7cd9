import { beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/database.ts";
import type { FakePlatform, FakeSend } from "../../test/fake-channel.ts";
import { outboxBench } from "../../test/outbox.ts";
import type { TestClock } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import type { SendResult } from "../engine/channel-type.ts";
import { createTrackedLinks, openTrackedLink } from "./tracked-links.ts";
import type { Waist } from "./waist.ts";

const second = 1_000;
const bench = outboxBench();
const { aProcess, shopWith, queue, pass, messages, statuses, untilStatuses, untilTried, settle, replyWith } = bench;
let database: TestDatabase;
let clock: TestClock;
let platform: FakePlatform;
let waist: Waist;
beforeEach(() => {
  ({ database, clock, platform, waist } = bench.current());
});

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

  /** Two messages of which each was tried four times: the next try of both is a minute away. */
  async function twoPostponed(outageLookMs?: number) {
    const shop = await shopWith();
    let isAway = true;
    platform.isWell = () => !isAway;
    platform.reply = ({ recipient }) =>
      isAway || recipient === "odd" ? { status: "retry-later", message: "busy" } : undefined;
    await queue(shop, ["a", "1"], ["b", "1"]);
    const { outbox } = await aProcess(outageLookMs === undefined ? {} : { outageLookMs });
    await outbox.claim();
    for (const [tried, delay] of [1, 2, 5, 15].entries()) {
      await untilTried(2 * (tried + 1));
      pass(outbox, delay * second);
    }
    await untilTried(10);
    const triesOf = (person: string) => platform.sends.filter(({ recipient }) => recipient === person).length;
    const comeBack = () => {
      isAway = false;
    };
    return { shop, outbox, triesOf, comeBack };
  }

  it("of a platform that was away holds nobody up once it takes a message; that of one message is its own", async () => {
    const { shop, outbox, triesOf, comeBack } = await twoPostponed();
    comeBack();
    await queue(shop, ["c", "1"], ["odd", "1"]);
    await outbox.claim();
    await until("everybody has theirs", () => platform.delivered().length === 3);
    expect(triesOf("odd")).toBe(1);
    await queue(shop, ["c", "2"]);
    await outbox.claim();
    await until("the next has theirs", () => platform.delivered("c").length === 2);
    await settle();
    expect(triesOf("odd")).toBe(1);
  });

  it("of a platform that was away ends when it says that it is well, though nobody else writes", async () => {
    const { triesOf, comeBack } = await twoPostponed(5);
    expect([triesOf("a"), triesOf("b")]).toEqual([5, 5]);
    comeBack();
    await until("both have theirs", () => platform.delivered().length === 2);
    expect([triesOf("a"), triesOf("b")]).toEqual([6, 6]);
  });

  it("of a message is not hastened twice, however often its platform goes and comes", async () => {
    const { outbox, triesOf } = await twoPostponed(5);
    platform.reply = () => ({ status: "retry-later", message: "busy" });
    const answers = [true, false, true];
    platform.isWell = () => answers.shift() ?? true;
    await until("both were tried once more", () => triesOf("a") + triesOf("b") === 12);
    await until("the platform went and came", () => answers.length === 0);
    await settle();
    expect([triesOf("a"), triesOf("b")]).toEqual([6, 6]);
    pass(outbox, 300 * second);
    await until("their own time has come", () => triesOf("a") + triesOf("b") === 14);
  });

  it("that another process had met is no reason to wait either", async () => {
    const shop = await shopWith();
    await queue(shop, ["a", "1"], ["b", "1"], ["c", "1"]);
    const later = new Date(clock.now() + 300 * second);
    const ids = (await messages(shop)).map(({ id }) => id);
    const tried = database.db.updateTable("messages").set({ attempts: 6, nextAttemptAt: later });
    await tried.where("id", "in", ids.slice(0, 2)).execute();
    const { outbox } = await aProcess();
    await outbox.claim();
    await until("everybody has theirs", () => platform.delivered().length === 3);
    expect(platform.sends[0]?.recipient).toBe("c");
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

describe("a button that counts who opens its page", () => {
  it("goes out with an address of this server; what is stored, and every other button, leads where it says", async () => {
    const shop = await shopWith();
    const buttons = [
      { type: "url", title: "Plain", url: "https://shop.example/a" },
      { type: "url", title: "Shop", url: "https://shop.example/b", isTracked: true },
    ];
    const text = "Look at https://shop.example/c.";
    const content = { text, attachments: [], buttons, quickReplies: [], tracksLinks: true };
    const actions = [{ action: "send_message", args: { content } }];
    await waist.submit({ ...shop.from("a", { kind: "actions", actions }), source: "api" });
    const key = Buffer.alloc(32, 7);
    const { outbox } = await aProcess({ trackLinks: createTrackedLinks(key, () => "https://bots.example").track });
    await outbox.claim();
    await untilStatuses(shop, ["sent"]);
    const [plain, tracked] = platform.sends[0]?.content.buttons ?? [];
    expect(plain).toEqual(buttons[0]);
    const url = tracked?.type === "url" ? tracked.url : "";
    const [stored] = await messages(shop);
    expect(openTrackedLink(key, url.replace("https://bots.example/l/", ""))).toEqual({
      messageId: stored?.id,
      index: 1,
    });
    expect(openTrackedLink(Buffer.alloc(32, 8), url.replace("https://bots.example/l/", ""))).toBeUndefined();
    expect(stored?.content.buttons).toEqual(buttons);
    expect(platform.sends[0]?.content.text).toBe(text);
    const way = platform.sends[0]?.content.ways?.["https://shop.example/c"] ?? "";
    expect(openTrackedLink(key, way.replace("https://bots.example/l/", ""))).toEqual({
      ...{ messageId: stored?.id, index: 0, isInText: true },
    });
    expect(stored?.content).not.toHaveProperty("ways");
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

import { beforeEach, describe, expect, it } from "vitest";
import { noon } from "../../test/builders.ts";
import type { TestDatabase } from "../../test/database.ts";
import type { FakePlatform } from "../../test/fake-channel.ts";
import { outboxBench } from "../../test/outbox.ts";
import type { Shop } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import type { SendResult } from "../engine/channel-type.ts";
import { beat, reapProcesses, registerProcess } from "../store/outbox-store.ts";

const second = 1_000;
const bench = outboxBench();
const { aProcess, shopWith, queue, messages, statuses, untilStatuses, settle } = bench;
let database: TestDatabase;
let platform: FakePlatform;
beforeEach(() => {
  ({ database, platform } = bench.current());
});

describe("a process that died", () => {
  /** As a kill leaves it: the first message on its way, the second not yet. */
  async function leaveBehind(shop: Shop): Promise<void> {
    await queue(shop, ["a", "1"], ["a", "2"]);
    const dead = await registerProcess(database.db, { roles: ["worker"], hasSession: true });
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
    await beat(database.db, slow.processId, { roles: ["worker"], hasSession: true });
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

import { beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/database.ts";
import type { FakePlatform } from "../../test/fake-channel.ts";
import { outboxBench } from "../../test/outbox.ts";
import type { SendResult } from "../engine/channel-type.ts";
import type { StoredMessage } from "../store/outcome-store.ts";
import { planDepartures } from "./departures.ts";
import { createOutboxLines } from "./outbox-lines.ts";
import { createSendRates } from "./send-rates.ts";

const bench = outboxBench();
const { aProcess, shopWith, queue, storeFor, messages, untilStatuses, settle } = bench;
let database: TestDatabase;
let platform: FakePlatform;
let waist: ReturnType<typeof bench.current>["waist"];
beforeEach(() => {
  ({ database, platform, waist } = bench.current());
});

/** A process that knows its channel's rates: one message has gone out. */
async function aBusyProcess(settings: Parameters<typeof shopWith>[0] = {}) {
  const shop = await shopWith(settings);
  const process = await aProcess();
  storeFor(process);
  await queue(shop, ["first", "0"]);
  await untilStatuses(shop, ["sent"]);
  return { shop, process };
}

/** The platform answers nothing until it is let. */
function holdPlatform(): () => void {
  const { promise, resolve } = Promise.withResolvers<SendResult>();
  platform.reply = () => promise;
  return () => resolve({ status: "sent" });
}

const aSend = async (shop: Awaited<ReturnType<typeof shopWith>>, person: string, ...texts: readonly string[]) => {
  const actions = texts.map((content) => ({ action: "send_message", args: { content } }));
  await waist.submit({ ...shop.from(person, { kind: "actions", actions }), source: "api" });
};

const marks = async (shop: Awaited<ReturnType<typeof shopWith>>) =>
  (await messages(shop)).slice(1).map(({ sendingAt, attempts }) => [sendingAt !== null, attempts]);

/** A message as its batch tells of it. */
function aStored(
  row: Awaited<ReturnType<typeof messages>>[number] | undefined,
  more: Partial<StoredMessage>,
): StoredMessage {
  if (row === undefined) throw new Error("no such message");
  const { id, contactId, channelId, recipient, content } = row;
  const leavesUntil = performance.now() + 10_000;
  return { id, contactId, channelId, recipient, content, lane: "live", leased: true, leavesUntil, ...more };
}

describe("a message that leaves at its commit", () => {
  it("was marked by the batch that stored it, and goes out once", async () => {
    const { shop } = await aBusyProcess();
    const release = holdPlatform();
    await aSend(shop, "a", "1");
    // Before anything else was asked of the database.
    expect(await marks(shop)).toEqual([[true, 1]]);
    release();
    await untilStatuses(shop, ["sent", "sent"]);
    expect(platform.delivered("a")).toEqual(["1"]);
    const [, sent] = await messages(shop);
    expect(sent).toMatchObject({ attempts: 1, uncertainSends: 0, sendingAt: null });
  });

  it("is the contact's first; the next of the same batch is marked in its turn", async () => {
    const { shop } = await aBusyProcess();
    const release = holdPlatform();
    await aSend(shop, "a", "1", "2");
    expect(await marks(shop)).toEqual([
      [true, 1],
      [false, 0],
    ]);
    release();
    await untilStatuses(shop, ["sent", "sent", "sent"]);
    expect(platform.delivered("a")).toEqual(["1", "2"]);
  });

  it("is none where an earlier one of the contact waits with another process", async () => {
    const { shop, process } = await aBusyProcess();
    const other = await aProcess();
    storeFor(other, { isCutOff: true });
    await aSend(shop, "a", "1");
    storeFor(process);
    await aSend(shop, "a", "2");
    await settle();
    expect((await marks(shop))[1]).toEqual([false, 0]);
    expect(platform.delivered("a")).toEqual([]);
  });

  it("is none while other processes may send to the same chat: what that has had of late is in the database", async () => {
    const shop = await shopWith();
    const process = await aProcess({ sharesChannels: true });
    storeFor(process);
    await queue(shop, ["first", "0"]);
    await untilStatuses(shop, ["sent"]);
    storeFor(process, { isCutOff: true });
    await aSend(shop, "a", "1");
    expect(await marks(shop)).toEqual([[false, 0]]);
  });

  it("counts as cut off where its process dies at the commit", async () => {
    const { shop, process } = await aBusyProcess({ uncertainPolicy: "ask" });
    storeFor(process, { isCutOff: true });
    await aSend(shop, "a", "1");
    await database.db.deleteFrom("processes").where("id", "=", process.processId).execute();
    const other = await aProcess();
    await other.outbox.claim();
    await untilStatuses(shop, ["sent", "uncertain"]);
    expect(platform.delivered("a")).toEqual([]);
  });

  it("is sent like any other where only the answer to the commit was lost", async () => {
    const { shop, process } = await aBusyProcess({ uncertainPolicy: "ask" });
    storeFor(process, { isCutOff: true });
    await aSend(shop, "a", "1");
    process.outbox.doubt();
    await process.outbox.claim();
    await untilStatuses(shop, ["sent", "sent"]);
    expect(platform.delivered("a")).toEqual(["1"]);
  });

  it("is unmarked where its process stops before it could leave: the next one knows that it did not", async () => {
    const { shop, process } = await aBusyProcess({ uncertainPolicy: "ask" });
    storeFor(process, { isCutOff: true });
    await aSend(shop, "a", "1");
    const [, stored] = await messages(shop);
    const release = holdPlatform();
    storeFor(process);
    await aSend(shop, "b", "1");
    // It waits behind another send, as it would where the channel has become full.
    const { contactId = 0 } = (await messages(shop))[2] ?? {};
    process.outbox.take([aStored(stored, { contactId })]);
    const stopping = process.outbox.stop();
    release();
    await stopping;
    expect((await marks(shop))[0]).toEqual([false, 0]);
    await database.db.deleteFrom("processes").where("id", "=", process.processId).execute();
    await (await aProcess()).outbox.claim();
    await untilStatuses(shop, ["sent", "sent", "sent"]);
    expect((await messages(shop))[1]).toMatchObject({ attempts: 1, uncertainSends: 0 });
  });

  it("does not keep its process from stopping where the database is away by then", async () => {
    const { shop, process } = await aBusyProcess();
    storeFor(process, { isCutOff: true });
    await aSend(shop, "a", "1");
    const [, stored] = await messages(shop);
    const noDatabase = { ...database.hot, executeQuery: undefined } as never;
    const away = await aProcess({ db: noDatabase });
    // Its channel cannot be read anew, so that it stays in its line.
    away.outbox.take([aStored(stored, { leavesUntil: performance.now() - 1 })]);
    await expect(away.outbox.stop()).resolves.toBeUndefined();
  });

  it("is marked anew where the commit took too long: another process may have taken it meanwhile", async () => {
    const { shop, process } = await aBusyProcess();
    storeFor(process, { isCutOff: true });
    await aSend(shop, "a", "1");
    const [, stored] = await messages(shop);
    await database.db.updateTable("messages").set({ leaseOwner: null }).where("id", "=", Number(stored?.id)).execute();
    process.outbox.take([aStored(stored, { leavesUntil: performance.now() - 1 })]);
    await settle();
    expect(platform.delivered("a")).toEqual([]);
  });
});

describe("the plan for a batch", () => {
  const limits = { bulkPerSecond: 10, perChatPerSecond: 1, chatBurst: 1 };
  const aMessage = (contactId: number, lane: "live" | "bulk" = "live") => {
    return { contactId, channelId: 1, recipient: `p${contactId}`, lane };
  };
  const rates = createSendRates(limits);
  const aPlan = (more: Partial<Parameters<typeof planDepartures>[0]> = {}) =>
    planDepartures({ lines: createOutboxLines(), ratesOf: () => rates, maxInFlight: 3, now: () => 0, ...more });

  it("lets as many go as the channel has room for", () => {
    const leaves = aPlan();
    expect([1, 2, 3, 4].map((contact) => leaves(aMessage(contact)) !== undefined)).toEqual([true, true, true, false]);
  });

  it("lets nobody go who has to wait, and nothing that goes to many", () => {
    const own = createSendRates(limits);
    own.took("p1", "live", 0);
    const leaves = aPlan({ ratesOf: () => own });
    expect([leaves(aMessage(1)), leaves(aMessage(2, "bulk"))]).toEqual([undefined, undefined]);
    expect(leaves(aMessage(3))).toBeGreaterThan(performance.now());
  });

  it("lets nobody go before the channel's rates are known", () => {
    expect(aPlan({ ratesOf: () => undefined })(aMessage(1))).toBeUndefined();
  });
});

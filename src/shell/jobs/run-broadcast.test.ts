import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { outboundToLoopback } from "../../../test/outbound.ts";
import { runScript } from "../../../test/scripts.ts";
import {
  aShop,
  contactOf,
  recordingLog,
  type Shop,
  type TestShell,
  testShell,
  untilSent,
} from "../../../test/shell.ts";
import { until } from "../../../test/until.ts";
import type { ActionCall } from "../../model/action-call.ts";
import type { Audience } from "../../model/broadcast.ts";
import type { JobRequest } from "../../model/outcome.ts";
import {
  countRecipients,
  createBroadcast,
  getBroadcast,
  listRecipients,
  moveBroadcast,
  settleLost,
} from "../../store/broadcast-store.ts";
import type { JobContext } from "../jobs.ts";
import { jobKinds } from "./index.ts";
import { runBroadcast, toBroadcastJob } from "./run-broadcast.ts";

let database: TestDatabase;
let one: TestShell;
beforeAll(async () => {
  database = await testDatabase();
  // Without the look of every minute: some broadcasts here are taken on by hand.
  const { "broadcasts-due": _due, ...kinds } = jobKinds;
  one = await testShell(database, { jobKinds: kinds });
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

const hello: readonly ActionCall[] = [{ action: "send_message", args: { content: "News" } }];
const everybody: Audience = { condition: { match: "all", rules: [] } };

async function people(shop: Shop, count: number): Promise<number[]> {
  const replies = Array.from({ length: count }, (_none, n) => one.shell.submit(shop.from(`p${n}`, "hello")));
  return (await Promise.all(replies)).map(contactOf).sort((a, b) => a - b);
}

async function make(shop: Shop, { audience = everybody, perMinute = null as number | null, actions = hello } = {}) {
  const { workspaceId, botId } = shop;
  const at = new Date(one.clock.now());
  const { id } = await createBroadcast(database.db, {
    workspaceId,
    botId,
    name: "News",
    audience,
    actions,
    perMinute,
    startAt: null,
    at,
  });
  return id;
}
const move = (shop: Shop, id: number, step: Parameters<typeof moveBroadcast>[3]) =>
  database.db.transaction().execute((trx) => moveBroadcast(trx, shop, id, step, new Date(one.clock.now())));
const start = async (shop: Shop, id: number) => {
  await move(shop, id, "start");
  await one.shell.enqueueJobs(database.db, [toBroadcastJob(id)]);
};
const statusOf = async (id: number) => (await getBroadcast(database.db, id))?.status;
const countsOf = async (id: number) => (await countRecipients(database.db, [id])).get(id);
const newsTo = async (ids: readonly number[]) =>
  (
    await database.db
      .selectFrom("messages")
      .select(["contactId", "content", "lane"])
      .where("direction", "=", "out")
      .where("contactId", "in", ids)
      .execute()
  ).filter(({ content }) => content.text === "News");

/** One run of the job, by hand: what it enqueues is shown, and does not run. */
async function runOnce(id: number, submit = one.shell.submit): Promise<JobRequest[]> {
  const enqueued: JobRequest[] = [];
  const context: JobContext = {
    db: database.db,
    submit,
    enqueue: async (_trx, jobs) => void enqueued.push(...jobs),
    outbound: outboundToLoopback,
    runScript,
    secretKey: Buffer.alloc(32),
    log: recordingLog([]),
    now: one.clock.now,
  };
  await runBroadcast.run({ id }, context);
  return enqueued;
}

describe("a broadcast", () => {
  it("reaches everybody once, in the bulk lane, and says of each what became of them", async () => {
    const shop = await aShop(one);
    const [banned = 0, out = 0, quiet = 0, ...rest] = await people(shop, 1_203);
    const act = (contactId: number, action: string) =>
      one.shell.submit({
        target: { contactId },
        happening: { kind: "actions", actions: [{ action, args: {} }] },
        source: "api",
      });
    await act(banned, "ban");
    await act(out, "opt_out");
    await act(quiet, "pause_bot");
    const id = await make(shop);
    await start(shop, id);
    await until("it is over", async () => (await statusOf(id)) === "finished", { withinMs: 60_000 });
    expect(await countsOf(id)).toEqual({ waiting: 0, sending: 0, sent: 1_200, failed: 0, skipped: 3 });
    const skipped = await listRecipients(database.db, id, "skipped", { limit: 10 });
    expect(skipped.map(({ contactId, reason }) => [contactId, reason])).toEqual([
      [banned, "banned"],
      [out, "opted_out"],
      [quiet, "with_agent"],
    ]);
    await untilSent(one, 60_000);
    const news = await newsTo([banned, out, quiet, ...rest]);
    expect(news).toHaveLength(1_200);
    expect(new Set(news.map(({ contactId }) => contactId)).size).toBe(1_200);
    // 1: bulk.
    expect(new Set(news.map(({ lane }) => lane))).toEqual(new Set([1]));
  });

  it("that is cut off in the middle goes on, and nobody gets it twice", async () => {
    const shop = await aShop(one);
    const ids = await people(shop, 30);
    const id = await make(shop, { audience: { contacts: ids } });
    await move(shop, id, "start");
    let handed = 0;
    const dying: typeof one.shell.submit = async (submission) => {
      handed += 1;
      const isTenth = handed === 10;
      const reply = await one.shell.submit(submission);
      if (isTenth) throw new Error("killed");
      return reply;
    };
    await expect(runOnce(id, dying)).rejects.toThrow("killed");
    expect(await countsOf(id)).toMatchObject({ sending: 30, sent: 0 });
    // Taken up and never settled: after a while they are taken up anew.
    one.clock.pass(300_000);
    await runOnce(id);
    expect([await statusOf(id), await countsOf(id)]).toEqual([
      "finished",
      { waiting: 0, sending: 0, sent: 30, failed: 0, skipped: 0 },
    ]);
    expect(await newsTo(ids)).toHaveLength(30);
  });

  it("that is cancelled while a killed process held some says of each whether they have it", async () => {
    const shop = await aShop(one);
    const ids = await people(shop, 6);
    const id = await make(shop);
    await move(shop, id, "start");
    const dying: typeof one.shell.submit = async (submission) => {
      const { target } = submission;
      if ("contactId" in target && ids.indexOf(target.contactId) >= 2) throw new Error("killed");
      return await one.shell.submit(submission);
    };
    await expect(runOnce(id, dying)).rejects.toThrow("killed");
    await until("two are handed in", async () => (await newsTo(ids)).length === 2);
    await move(shop, id, "cancel");
    await settleLost(database.db, new Date(one.clock.now()));
    expect(await countsOf(id)).toMatchObject({ sending: 6 });
    await settleLost(database.db, new Date(one.clock.now() + 300_000));
    expect(await countsOf(id)).toEqual({ waiting: 0, sending: 0, sent: 2, failed: 0, skipped: 4 });
  });

  it("goes along in a merge: nobody gets it twice, and the ledger keeps its length", async () => {
    const shop = await aShop(one);
    const ids = await people(shop, 3);
    const [primary = 0, secondary = 0, third = 0] = ids;
    const id = await make(shop, { audience: { contacts: [secondary, third] }, perMinute: 1 });
    await move(shop, id, "start");
    const merge = (secondaryId: number) =>
      one.shell.submit({
        target: { contactId: primary },
        happening: { kind: "merge", secondaryId, deleteSecondary: true },
        source: "api",
      });
    await runOnce(id);
    expect(await countsOf(id)).toMatchObject({ sent: 1, waiting: 1 });
    // One has it and one waits for it: both become the same.
    await merge(secondary);
    await merge(third);
    one.clock.pass(60_000);
    await runOnce(id);
    expect(await countsOf(id)).toEqual({ waiting: 0, sending: 0, sent: 2, failed: 0, skipped: 0 });
    expect(await newsTo([primary])).toHaveLength(2);
  });

  it.each([
    [90, 1, 667],
    [89, 1, 674],
    [600, 10, 1_000],
    [7, 1, 8_571],
  ])("at %i a minute takes up %i every %i ms", async (perMinute, count, everyMs) => {
    const shop = await aShop(one);
    await people(shop, 12);
    const id = await make(shop, { perMinute });
    await move(shop, id, "start");
    const [next] = await runOnce(id);
    expect(await countsOf(id)).toMatchObject({ sent: count });
    expect(Math.abs((next?.startAt ?? 0) - one.clock.now() - everyMs)).toBeLessThanOrEqual(1);
  });

  it("keeps its rate, is paused, goes on, and is cancelled", async () => {
    const shop = await aShop(one);
    const ids = await people(shop, 12);
    const id = await make(shop, { perMinute: 240 });
    await move(shop, id, "start");
    const [next] = await runOnce(id);
    expect(next?.startAt).toBe(one.clock.now() + 1_000);
    expect(await countsOf(id)).toMatchObject({ sent: 4, waiting: 8 });
    // Another job in the same second has no turn.
    expect(await runOnce(id)).toEqual([]);
    one.clock.pass(1_000);
    await move(shop, id, "pause");
    expect(await runOnce(id)).toEqual([]);
    await move(shop, id, "resume");
    await runOnce(id);
    expect(await countsOf(id)).toMatchObject({ sent: 8, waiting: 4 });
    await move(shop, id, "cancel");
    expect(await countsOf(id)).toMatchObject({ sent: 8, waiting: 0, skipped: 4 });
    expect(await newsTo(ids)).toHaveLength(8);
    await expect(move(shop, id, "resume")).rejects.toMatchObject({ code: "broadcast.bad_state" });
  });

  it("starts once, however often it is told to, and waits for its time", async () => {
    const shop = await aShop(one);
    await people(shop, 2);
    const id = await make(shop);
    const answers = await Promise.allSettled([move(shop, id, "start"), move(shop, id, "start")]);
    expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const { workspaceId, botId } = shop;
    const at = new Date(one.clock.now());
    const later = await createBroadcast(database.db, {
      workspaceId,
      botId,
      name: "Later",
      audience: everybody,
      actions: hello,
      perMinute: null,
      startAt: new Date(at.getTime() + 60_000),
      at,
    });
    expect((await move(shop, later.id, "start")).status).toBe("scheduled");
    await runOnce(later.id);
    expect(await countsOf(later.id)).toMatchObject({ waiting: 0, sent: 0 });
    one.clock.pass(61_000);
    await runOnce(later.id);
    expect([await statusOf(later.id), await countsOf(later.id)]).toMatchObject(["finished", { sent: 2 }]);
  });

  it("fails for whom an action is refused, with the reason", async () => {
    const shop = await aShop(one);
    const [ann = 0] = await people(shop, 1);
    const id = await make(shop, { actions: [{ action: "start_flow", args: { flow: "nowhere" } }] });
    await move(shop, id, "start");
    await runOnce(id);
    expect(await listRecipients(database.db, id, undefined, { limit: 5 })).toMatchObject([
      { contactId: ann, status: "failed", reason: expect.stringContaining("nowhere") },
    ]);
  });
});

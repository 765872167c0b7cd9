import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BroadcastBench, broadcastBench } from "../../../test/broadcasts.ts";
import { aShop, type Shop, untilSent } from "../../../test/shell.ts";
import { until } from "../../../test/until.ts";
import { skipRest } from "../../store/broadcast-cancel-store.ts";
import { deleteBroadcast, removeLedger } from "../../store/broadcast-delete-store.ts";
import { countReasons, listRecipients, settleLost } from "../../store/broadcast-ledger-store.ts";
import { getBroadcast, listBroadcasts, listDueBroadcasts, requireBroadcast } from "../../store/broadcast-store.ts";
import { toBroadcastJob } from "./run-broadcast.ts";

let bench: BroadcastBench;
let { database, one, people, make, move, runOnce, statusOf, countsOf } = {} as BroadcastBench;
beforeAll(async () => {
  bench = await broadcastBench();
  ({ database, one, people, make, move, runOnce, statusOf, countsOf } = bench);
});
afterAll(async () => {
  await bench.close();
});

const start = async (shop: Shop, id: number) => {
  await move(shop, id, "start");
  await one.shell.enqueueJobs(database.db, [toBroadcastJob(id)]);
};
const newsTo = async (ids: readonly number[]) =>
  (
    await database.db
      .selectFrom("messages")
      .select(["contactId", "content", "lane"])
      .where("direction", "=", "out")
      .where("contactId", "in", ids)
      .execute()
  ).filter(({ content }) => content.text === "News");

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
    await expect(runOnce(id, { submit: dying })).rejects.toThrow("killed");
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
    await expect(runOnce(id, { submit: dying })).rejects.toThrow("killed");
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
    await runOnce(id);
    expect(await countsOf(id)).toMatchObject({ sent: 8, waiting: 0, skipped: 4 });
    expect(await newsTo(ids)).toHaveLength(8);
    await expect(move(shop, id, "resume")).rejects.toMatchObject({ code: "broadcast.bad_state" });
  });

  it("that is cancelled is so at once; who waited is left out by pieces, which a kill does not stop", async () => {
    const shop = await aShop(one);
    const ids = await people(shop, 12);
    const id = await make(shop, { perMinute: 240 });
    await move(shop, id, "start");
    await runOnce(id);
    const cancelled = await move(shop, id, "cancel");
    expect([cancelled.status, await countsOf(id)]).toMatchObject(["cancelled", { sent: 4, waiting: 8 }]);
    one.clock.pass(60_000);
    // Told again, it changes nothing: neither is it an error, nor does its end move.
    expect(await move(shop, id, "cancel")).toEqual(cancelled);
    const at = new Date(one.clock.now());
    const due = async () => (await listDueBroadcasts(database.db, at)).includes(id);
    // The job was killed after three.
    expect(await skipRest(database.db, id, { after: 0, at, limit: 3 })).toBe(ids[6]);
    expect([await countsOf(id), await due()]).toMatchObject([{ sent: 4, waiting: 5, skipped: 3 }, true]);
    await runOnce(id);
    expect(await countsOf(id)).toEqual({ waiting: 0, sending: 0, sent: 4, failed: 0, skipped: 8 });
    expect(await countReasons(database.db, id)).toEqual([{ status: "skipped", reason: "cancelled", count: 8 }]);
    expect([await due(), (await newsTo(ids)).length]).toEqual([false, 4]);
  });

  it("that is deleted is gone at once; its ledger goes by pieces, which a kill does not stop", async () => {
    const shop = await aShop(one);
    const ids = await people(shop, 12);
    const [id, other] = [await make(shop), await make(shop)];
    for (const each of [id, other]) {
      await move(shop, each, "start");
      await runOnce(each);
    }
    const rows = async (of: number) => (await listRecipients(database.db, of, undefined, { limit: 20 })).length;
    const at = new Date(one.clock.now());
    const due = async () => (await listDueBroadcasts(database.db, at)).includes(id);
    await database.db.transaction().execute((trx) => deleteBroadcast(trx, shop, id, at));
    await expect(requireBroadcast(database.db, shop, id)).rejects.toMatchObject({ code: "broadcast.not_found" });
    expect((await listBroadcasts(database.db, shop, { limit: 10 })).map((one) => one.id)).toEqual([other]);
    expect([await rows(id), await due()]).toEqual([12, true]);
    // The job was killed after three.
    expect(await removeLedger(database.db, id, { after: 0, limit: 3 })).toBe(ids[2]);
    expect([await rows(id), await due()]).toEqual([9, true]);
    const told: unknown[] = [];
    expect(await runOnce(id, { announceBroadcast: (news) => void told.push(news) })).toEqual([]);
    expect([await rows(id), await due(), await getBroadcast(database.db, id), told]).toEqual([0, false, undefined, []]);
    expect(await rows(other)).toBe(12);
    expect(await removeLedger(database.db, other, { after: 0 })).toBeUndefined();
    expect(await rows(other)).toBe(12);
  });

  it("is either started or deleted by two who do so at once", async () => {
    const shop = await aShop(one);
    const id = await make(shop);
    const at = new Date(one.clock.now());
    const [started, deleted] = await Promise.allSettled([
      move(shop, id, "start"),
      database.db.transaction().execute((trx) => deleteBroadcast(trx, shop, id, at)),
    ]);
    expect([started.status, deleted.status].sort()).toEqual(["fulfilled", "rejected"]);
    const left = await getBroadcast(database.db, id);
    expect([left?.status, left?.deletedAt === null]).toEqual(
      started.status === "fulfilled" ? ["preparing", true] : ["draft", false],
    );
  });

  it("that is not cancelled leaves out nobody by that", async () => {
    const shop = await aShop(one);
    await people(shop, 3);
    const id = await make(shop, { perMinute: 60 });
    await move(shop, id, "start");
    await runOnce(id);
    expect(await skipRest(database.db, id, { after: 0, at: new Date(one.clock.now()) })).toBeUndefined();
    expect(await countsOf(id)).toMatchObject({ sent: 1, waiting: 2, skipped: 0 });
  });

  it("starts once, however often it is told to, and waits for its time", async () => {
    const shop = await aShop(one);
    await people(shop, 2);
    const id = await make(shop);
    const answers = await Promise.allSettled([move(shop, id, "start"), move(shop, id, "start")]);
    expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const later = await make(shop, { name: "Later", startAt: new Date(one.clock.now() + 60_000) });
    expect((await move(shop, later, "start")).status).toBe("scheduled");
    await runOnce(later);
    expect(await countsOf(later)).toMatchObject({ waiting: 0, sent: 0 });
    one.clock.pass(61_000);
    await runOnce(later);
    expect([await statusOf(later), await countsOf(later)]).toMatchObject(["finished", { sent: 2 }]);
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

  /** Somebody for each reason not to write to them, and somebody to whom nothing speaks against it. */
  async function obstacles(shop: Shop) {
    const [banned = 0, out = 0, quiet = 0, blocked = 0, ann = 0] = await people(shop, 5);
    const marks = [
      [banned, "ban"],
      [out, "opt_out"],
      [quiet, "pause_bot"],
    ] as const;
    for (const [contactId, action] of marks) {
      const happening = { kind: "actions", actions: [{ action, args: {} }] } as const;
      await one.shell.submit({ target: { contactId }, happening, source: "api" });
    }
    await database.db.updateTable("identities").set({ status: "blocked" }).where("contactId", "=", blocked).execute();
    return { banned, out, quiet, blocked, ann };
  }

  it.each([
    ["a message", { action: "send_message", args: { content: "News" } }],
    ["a flow", { action: "start_flow", args: { flow: "nowhere" } }],
    ["a sequence", { action: "subscribe_sequence", args: { sequence: "nowhere" } }],
  ])("that is %s leaves out who is banned, opted out, blocked, or talks with a person", async (_what, action) => {
    const shop = await aShop(one);
    const { banned, out, quiet, blocked, ann } = await obstacles(shop);
    const id = await make(shop, { actions: [{ action: "add_tag", args: { tag: "told" } }, action] });
    await move(shop, id, "start");
    await runOnce(id);
    const ledger = await listRecipients(database.db, id, undefined, { limit: 10 });
    const reasons = new Map(ledger.map(({ contactId, status, reason }) => [contactId, status === "skipped" && reason]));
    expect(reasons).toEqual(
      new Map<number, string | false>([
        [banned, "banned"],
        [out, "opted_out"],
        [quiet, "with_agent"],
        [blocked, "blocked"],
        [ann, false],
      ]),
    );
    const counted = (await countReasons(database.db, id)).filter(({ status }) => status === "skipped");
    expect(counted.map(({ reason, count }) => [reason, count]).sort()).toEqual([
      ["banned", 1],
      ["blocked", 1],
      ["opted_out", 1],
      ["with_agent", 1],
    ]);
    const told = await database.db.selectFrom("contactTags").select("contactId").execute();
    const marked = told.map(({ contactId }) => contactId);
    expect(marked.filter((who) => [banned, out, quiet, blocked].includes(who))).toEqual([]);
  });

  it("that only marks people reaches everybody, also whom nothing may be sent to", async () => {
    const shop = await aShop(one);
    const all = Object.values(await obstacles(shop));
    const id = await make(shop, { actions: [{ action: "add_tag", args: { tag: "all" } }] });
    await move(shop, id, "start");
    await runOnce(id);
    expect(await countsOf(id)).toEqual({ waiting: 0, sending: 0, sent: all.length, failed: 0, skipped: 0 });
    expect(await countReasons(database.db, id)).toEqual([]);
  });

  it("writes everything of a message for each contact: text, file, buttons", async () => {
    const shop = await aShop(one);
    const [ann = 0] = await people(shop, 1);
    const content = {
      text: "News",
      attachments: [{ kind: "image", url: "https://x.example/{{ contact.id }}.png" }],
      buttons: [{ type: "url", title: "For {{ contact.id }}", url: "https://x.example/?id={{ contact.id }}" }],
      quickReplies: [{ title: "I am {{ contact.id }}", payload: "flow:step" }],
    };
    const id = await make(shop, { actions: [{ action: "send_message", args: { content } }] });
    await move(shop, id, "start");
    await runOnce(id);
    expect((await newsTo([ann]))[0]?.content).toMatchObject({
      attachments: [{ url: `https://x.example/${ann}.png` }],
      buttons: [{ title: `For ${ann}`, url: `https://x.example/?id=${ann}` }],
      quickReplies: [{ title: `I am ${ann}`, payload: "flow:step" }],
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BroadcastBench, broadcastBench, sayText } from "../../../test/broadcasts.ts";
import { aShop, contactOf, type Shop } from "../../../test/shell.ts";
import type { BroadcastPlan } from "../../model/broadcast.ts";
import type { JobRequest } from "../../model/outcome.ts";
import { listRecipients } from "../../store/broadcast-ledger-store.ts";
import { reportBroadcast } from "../../store/broadcast-report-store.ts";
import { type Broadcast, chooseWinner, getBroadcast } from "../../store/broadcast-store.ts";

let bench: BroadcastBench;
let { database, one, runOnce, countsOf } = {} as BroadcastBench;
beforeAll(async () => {
  bench = await broadcastBench();
  ({ database, one, runOnce, countsOf } = bench);
});
afterAll(async () => {
  await bench.close();
});

const at = (iso: string) => Date.parse(iso);

async function people(shop: Shop, zones: readonly (string | null)[]): Promise<number[]> {
  const ids: number[] = [];
  for (const [n, timeZone] of zones.entries()) {
    const id = contactOf(await one.shell.submit(shop.from(`p${n}`, "hello")));
    await database.db.updateTable("contacts").set({ timeZone }).where("id", "=", id).execute();
    ids.push(id);
  }
  return ids;
}

async function start(shop: Shop, wanted: Parameters<BroadcastBench["make"]>[1]) {
  const id = await bench.make(shop, wanted);
  await bench.move(shop, id, "start");
  return id;
}

const get = async (id: number) => (await getBroadcast(database.db, id)) as Broadcast;
const ledger = async (id: number) =>
  new Map(
    (await listRecipients(database.db, id, undefined, { limit: 1_000 })).map(({ contactId, status, reason }) => [
      contactId,
      reason ?? status,
    ]),
  );
const nextOf = ([job]: readonly JobRequest[]) =>
  job?.startAt === undefined ? undefined : new Date(job.startAt).toISOString();

describe("a broadcast at each contact's own time", () => {
  it("waits for the first clocks, then for each zone's, and ends with the last", async () => {
    one.clock.set(at("2026-05-01T00:00:00Z"));
    const shop = await aShop(one);
    const [tokyo = 0, berlin = 0, stranger = 0] = await people(shop, ["Asia/Tokyo", "Europe/Berlin", null]);
    const id = await start(shop, { plan: { local: { at: "2026-05-10T10:00", passed: "skip" } } });
    expect(await get(id)).toMatchObject({ status: "scheduled", startAt: new Date("2026-05-09T20:00:00Z") });
    one.clock.set(at("2026-05-09T20:00:00Z"));
    expect(nextOf(await runOnce(id))).toBe("2026-05-10T01:00:00.000Z");
    expect(await ledger(id)).toEqual(new Map([tokyo, berlin, stranger].map((one_) => [one_, "waiting"])));
    // Whoever comes too early has no turn.
    expect(await runOnce(id)).toEqual([]);
    one.clock.set(at("2026-05-10T01:00:00Z"));
    expect(nextOf(await runOnce(id))).toBe("2026-05-10T08:00:00.000Z");
    expect((await ledger(id)).get(tokyo)).toBe("sent");
    one.clock.set(at("2026-05-10T08:00:00Z"));
    // The workspace's zone is UTC.
    expect(nextOf(await runOnce(id))).toBe("2026-05-10T10:00:00.000Z");
    one.clock.set(at("2026-05-10T10:00:00Z"));
    await runOnce(id);
    expect(await ledger(id)).toEqual(new Map([tokyo, berlin, stranger].map((one_) => [one_, "sent"])));
    expect((await get(id)).status).toBe("finished");
  });

  it.each([
    ["now", "sent"],
    ["next_day", "waiting"],
    ["skip", "too_late"],
  ] as const)("where it has passed: %s", async (passed, became) => {
    one.clock.set(at("2026-05-10T09:00:00Z"));
    const shop = await aShop(one);
    const [tokyo = 0, york = 0] = await people(shop, ["Asia/Tokyo", "America/New_York"]);
    const id = await start(shop, { plan: { local: { at: "2026-05-10T10:00", passed } } });
    await runOnce(id);
    expect(await ledger(id)).toEqual(
      new Map([
        [tokyo, became],
        [york, "waiting"],
      ]),
    );
  });
});

describe("quiet hours", () => {
  const quiet = { from: "22:00", to: "08:00" };

  it("hold back whose night it is, and let the others have it", async () => {
    one.clock.set(at("2026-05-10T20:30:00Z"));
    const shop = await aShop(one);
    const [berlin = 0, york = 0] = await people(shop, ["Europe/Berlin", "America/New_York"]);
    const id = await start(shop, { plan: { quiet } });
    const next = nextOf(await runOnce(id));
    expect(await ledger(id)).toEqual(
      new Map([
        [berlin, "waiting"],
        [york, "sent"],
      ]),
    );
    expect(next).toBe("2026-05-11T06:00:00.000Z");
    one.clock.set(at("2026-05-11T06:00:00Z"));
    await runOnce(id);
    expect([(await get(id)).status, (await ledger(id)).get(berlin)]).toEqual(["finished", "sent"]);
  });

  it("leave out who would wait longer than they are to", async () => {
    one.clock.set(at("2026-05-10T20:30:00Z"));
    const shop = await aShop(one);
    const [berlin = 0] = await people(shop, ["Europe/Berlin"]);
    const id = await start(shop, { plan: { quiet: { ...quiet, giveUpHours: 3 } } });
    await runOnce(id);
    expect([(await get(id)).status, (await ledger(id)).get(berlin)]).toEqual(["finished", "quiet_hours"]);
  });
});

describe("who is spared", () => {
  it("is whom a person looks after, as far as was asked for", async () => {
    const shop = await aShop(one);
    const [paused = 0, taken = 0, free = 0] = await people(shop, [null, null, null]);
    const act = (contactId: number, action: string) =>
      one.shell.submit({
        target: { contactId },
        happening: { kind: "actions", actions: [{ action, args: {} }] },
        source: "api",
      });
    await act(paused, "pause_bot");
    await database.db
      .updateTable("contacts")
      .set({ conversation: JSON.stringify({ status: "open", agent: 1 }) })
      .where("id", "=", taken)
      .execute();
    const outcomes = async (agents: BroadcastPlan["agents"]) => {
      const id = await start(shop, { plan: agents === undefined ? {} : { agents } });
      await runOnce(id);
      const became = await ledger(id);
      return [paused, taken, free].map((who) => became.get(who));
    };
    expect(await outcomes(undefined)).toEqual(["with_agent", "sent", "sent"]);
    expect(await outcomes("assigned")).toEqual(["with_agent", "with_agent", "sent"]);
    expect(await outcomes("send")).toEqual(["sent", "sent", "sent"]);
  });

  it("is who got another broadcast lately", async () => {
    const shop = await aShop(one);
    const [ann = 0] = await people(shop, [null]);
    const outcome = async () => {
      const id = await start(shop, { plan: { restHours: 24 } });
      await runOnce(id);
      return (await ledger(id)).get(ann);
    };
    expect([await outcome(), await outcome()]).toEqual(["sent", "had_another"]);
    one.clock.pass(24 * 3_600_000 + 1);
    expect(await outcome()).toBe("sent");
  });
});

describe("a split", () => {
  const variants = [
    { name: "A", share: 25, actions: [sayText("News")] },
    {
      name: "B",
      share: 25,
      actions: [
        {
          action: "send_message",
          args: {
            content: {
              text: "More",
              attachments: [],
              buttons: [{ type: "press", title: "Go", payload: "f1:s1" }],
              quickReplies: [],
            },
          },
        },
      ],
    },
  ];

  it("gives each variant its share, and whoever is in none the one that most press", async () => {
    const shop = await aShop(one);
    const ids = await people(
      shop,
      Array.from({ length: 60 }, () => null),
    );
    const id = await start(shop, { split: { variants, winnerBy: "clicks", afterMinutes: 30 } });
    const next = nextOf(await runOnce(id));
    const shares = await listRecipients(database.db, id, "sent", { limit: 100 });
    const rest = ids.length - shares.length;
    expect([shares.length > 10, rest > 10]).toEqual([true, true]);
    expect(next).toBe(new Date(one.clock.now() + 30 * 60_000).toISOString());
    // One of them presses.
    one.clock.pass(1_000);
    const presser = shares.find(({ variant }) => variant === 2)?.contactId ?? 0;
    await one.shell.submit(shop.from(`p${ids.indexOf(presser)}`, { kind: "button", payload: "f1:s1" }));
    await one.shell.submit(
      shop.from(`p${ids.indexOf(shares.find(({ variant }) => variant === 1)?.contactId ?? 0)}`, "And?"),
    );
    one.clock.pass(30 * 60_000);
    await runOnce(id);
    await runOnce(id);
    expect(await get(id)).toMatchObject({ winner: 2, status: "finished" });
    const [first, second] = await reportBroadcast(database.db, await get(id));
    expect(first).toMatchObject({ variant: 1, clicked: 0, replied: 1 });
    expect(second).toMatchObject({ variant: 2, clicked: 1, replied: 0, failed: 0, skipped: 0 });
    expect([(first?.sent ?? 0) + (second?.sent ?? 0), second?.recipients]).toEqual([60, second?.sent]);
    expect((second?.sent ?? 0) - shares.filter(({ variant }) => variant === 2).length).toBe(rest);
    // Everybody got what the ledger says.
    const got = await database.db
      .selectFrom("messages")
      .innerJoin("broadcastRecipients", "broadcastRecipients.eventId", "messages.eventId")
      .select(["content", "variant"])
      .where("broadcastId", "=", id)
      .where("direction", "=", "out")
      .execute();
    expect(got).toHaveLength(60);
    expect(got.filter(({ content, variant }) => content.text !== (variant === 1 ? "News" : "More"))).toEqual([]);
  });

  it("waits for somebody's choice, which is made once", async () => {
    const shop = await aShop(one);
    await people(
      shop,
      Array.from({ length: 30 }, () => null),
    );
    const id = await start(shop, { split: { variants, winnerBy: "hand", afterMinutes: 1 } });
    await runOnce(id);
    expect(await runOnce(id)).toEqual([]);
    one.clock.pass(2 * 3_600_000);
    expect(await runOnce(id)).toEqual([]);
    expect((await get(id)).status).toBe("running");
    const choose = (winner: number) =>
      chooseWinner(database.db, { workspaceId: shop.workspaceId }, id, { winner, at: new Date(one.clock.now()) });
    await expect(choose(3)).rejects.toMatchObject({ code: "broadcast.bad_state" });
    await choose(1);
    await expect(choose(2)).rejects.toMatchObject({ code: "broadcast.bad_state" });
    await runOnce(id);
    expect((await get(id)).status).toBe("finished");
    expect(await countsOf(id)).toMatchObject({ sent: 30, waiting: 0 });
  });

  it("into five equal shares needs no winner, and shares out the same anew", async () => {
    const shop = await aShop(one);
    await people(
      shop,
      Array.from({ length: 40 }, () => null),
    );
    const five = ["A", "B", "C", "D", "E"].map((name) => ({ name, share: 20, actions: [sayText(name)] }));
    const id = await start(shop, { split: { variants: five, winnerBy: "reads", afterMinutes: 1 } });
    await runOnce(id);
    expect((await get(id)).status).toBe("finished");
    const numbers = await reportBroadcast(database.db, await get(id));
    expect(numbers.map(({ variant }) => variant)).toEqual([1, 2, 3, 4, 5]);
    expect(numbers.reduce((sum, { sent }) => sum + sent, 0)).toBe(40);
  });
});

describe("the report", () => {
  it("counts who opened the page of a tracked button of the broadcast's own message", async () => {
    const shop = await aShop(one);
    const [ann = 0, bob = 0] = await people(shop, [null, null]);
    const buttons = [{ type: "url", title: "Shop", url: "https://shop.example", isTracked: true }];
    const content = { text: "News", attachments: [], buttons, quickReplies: [] };
    const id = await start(shop, { actions: [{ action: "send_message", args: { content } }] });
    await runOnce(id);
    const sent = await database.db
      .selectFrom("messages")
      .innerJoin("broadcastRecipients", "broadcastRecipients.eventId", "messages.eventId")
      .select(["messages.id", "messages.contactId", "content"])
      .where("broadcastId", "=", id)
      .where("direction", "=", "out")
      .execute();
    expect(sent.map((message) => message.content.buttons)).toEqual([buttons, buttons]);
    one.clock.pass(1_000);
    const opens = (contactId: number, message: number) =>
      one.shell.submit({
        target: { contactId },
        happening: { kind: "link_opened", message, title: "Shop", url: "https://shop.example" },
        ...{ source: "channel", dedupeKey: `l${message}:0` },
      });
    const own = sent.find(({ contactId }) => contactId === ann)?.id ?? 0;
    await opens(ann, own);
    await opens(ann, own);
    // Somebody opens what another message of ours leads to.
    await opens(bob, own + 1_000_000);
    expect(await reportBroadcast(database.db, await get(id))).toMatchObject([{ sent: 2, clicked: 1, replied: 0 }]);
  });
});

describe("the channels' room", () => {
  it("is never overrun, and a full queue is looked at again", async () => {
    const shop = await aShop(one);
    await people(
      shop,
      Array.from({ length: 12 }, () => null),
    );
    const id = await start(shop, {});
    const rooms = [4, 0, 1, 4, 4];
    const taken: number[] = [];
    const bulkRoom = async () => {
      taken.push((await countsOf(id)).sent);
      return { free: rooms.shift() ?? 4, most: 8 };
    };
    await runOnce(id, { bulkRoom });
    // With room for one of eight nobody is handed in yet.
    expect(taken.slice(0, 6)).toEqual([0, 4, 4, 4, 8, 12]);
    expect((await get(id)).status).toBe("finished");
  });
});

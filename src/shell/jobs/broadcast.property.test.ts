import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BroadcastBench, broadcastBench, sayText } from "../../../test/broadcasts.ts";
import { aShop, type Shop } from "../../../test/shell.ts";
import type { BroadcastPlan, BroadcastSplit } from "../../model/broadcast.ts";
import { skipRest } from "../../store/broadcast-cancel-store.ts";
import { settleLost } from "../../store/broadcast-ledger-store.ts";
import { chooseWinner } from "../../store/broadcast-store.ts";
import type { Submit } from "../submission.ts";

let bench: BroadcastBench;
let { database, one } = {} as BroadcastBench;
beforeAll(async () => {
  bench = await broadcastBench(["run-broadcast"]);
  ({ database, one } = bench);
});
afterAll(async () => {
  await bench.close();
});

const people = 14;
const split: BroadcastSplit = {
  variants: [
    { name: "A", share: 40, actions: [sayText("News")] },
    { name: "B", share: 40, actions: [sayText("News")] },
  ],
  winnerBy: "replies",
  afterMinutes: 10,
};

const plans = fc.record({
  plan: fc.constantFrom<BroadcastPlan>(
    {},
    { local: { at: "2026-01-15T13:00", passed: "next_day" } },
    { local: { at: "2026-01-15T11:00", passed: "skip" }, quiet: { from: "12:00", to: "13:00" } },
    { quiet: { from: "11:00", to: "12:30", giveUpHours: 1 } },
  ),
  split: fc.constantFrom(null, split),
  perMinute: fc.constantFrom(null, 240),
});
const steps = ["run", "die", "start", "pause", "resume", "cancel", "winner", "look", "wait"] as const;
type Step = (typeof steps)[number];
/** Most of what happens is that it goes on; cancelling ends it. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Step>("run", "wait") },
  { weight: 4, arbitrary: fc.constantFrom<Step>("die", "pause", "resume", "start", "look") },
  { weight: 1, arbitrary: fc.constantFrom<Step>("cancel", "winner") },
);

/** The job, once; with `dieAfter` it is killed after so many were handed in, as far as the ledger can tell. */
async function run(id: number, dieAfter = Number.POSITIVE_INFINITY): Promise<void> {
  let handed = 0;
  const submit: Submit = async (submission) => {
    handed += 1;
    const isLast = handed > dieAfter;
    const reply = await one.shell.submit(submission);
    if (isLast) throw new Error("killed");
    return reply;
  };
  const bulkRoom = async () => ({ free: 5, most: 20 });
  await bench.runOnce(id, { submit, bulkRoom }).catch((thrown: Error) => expect(thrown.message).toBe("killed"));
}

/** Told what it may not be told now, it says so and stays as it is. */
const tell = async (shop: Shop, id: number, what: "start" | "pause" | "resume" | "cancel") =>
  await bench.move(shop, id, what).catch((thrown) => expect(thrown).toMatchObject({ code: "broadcast.bad_state" }));

async function take(shop: Shop, id: number, what: Step): Promise<void> {
  const at = new Date(one.clock.now());
  if (what === "run") await run(id);
  else if (what === "die") {
    // Of a cancelled one this is a piece, after which the process is killed.
    if ((await bench.statusOf(id)) === "cancelled") await skipRest(database.db, id, { after: 0, at, limit: 3 });
    else await run(id, 3);
  } else if (what === "look") await settleLost(database.db, at);
  else if (what === "wait") one.clock.pass(20 * 60_000);
  else if (what === "winner") {
    await chooseWinner(database.db, shop, id, { winner: 2, at }).catch((thrown) =>
      expect(thrown).toMatchObject({ code: "broadcast.bad_state" }),
    );
  } else await tell(shop, id, what);
}

it("comes to exactly its audience, and nobody gets it twice, whatever it is told and whenever it is killed", async () => {
  const noon = Date.parse("2026-01-15T12:00:00Z");
  await fc.assert(
    fc.asyncProperty(plans, fc.array(step, { minLength: 3, maxLength: 12 }), async (wanted, taken) => {
      one.clock.set(noon);
      const shop = await aShop(one);
      const ids = await bench.people(shop, people);
      const id = await bench.make(shop, wanted);
      await tell(shop, id, "start");
      const sum = async () => Object.values(await bench.countsOf(id)).reduce((all, count) => all + count, 0);
      for (const what of taken) {
        await take(shop, id, what);
        expect([0, people]).toContain(await sum());
      }
      // Left alone, it ends: two days see every local time, every night and every lost recipient.
      for (let rounds = 0; rounds < 60; rounds += 1) {
        const status = await bench.statusOf(id);
        if (status === "finished") break;
        one.clock.pass(60 * 60_000);
        if (status === "cancelled") {
          await run(id);
          await settleLost(database.db, new Date(one.clock.now()));
          break;
        }
        if (status === "paused") await tell(shop, id, "resume");
        else await run(id);
      }
      const counts = await bench.countsOf(id);
      const wasPrepared = (await sum()) > 0;
      expect(counts).toMatchObject({ waiting: 0, sending: 0, failed: 0 });
      if (wasPrepared) expect(counts.sent + counts.skipped).toBe(people);
      else expect(await bench.statusOf(id)).toBe("cancelled");
      const messages = await database.db
        .selectFrom("messages")
        .select("contactId")
        .where("contactId", "in", ids)
        .where("direction", "=", "out")
        .execute();
      expect(messages).toHaveLength(counts.sent);
      expect(new Set(messages.map(({ contactId }) => contactId)).size).toBe(messages.length);
    }),
    { numRuns: 12 },
  );
}, 240_000);

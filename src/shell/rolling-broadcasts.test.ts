import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BroadcastBench, broadcastBench } from "../../test/broadcasts.ts";
import { aShop } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import type { FlowDocument } from "../model/flow.ts";
import { toBroadcastJob } from "./jobs/run-broadcast.ts";
import { LeftToNewer } from "./submission.ts";

let bench: BroadcastBench;
beforeAll(async () => {
  bench = await broadcastBench();
  await sql`insert into known_kinds (kind) values ('step teleport'), ('action beam_up') on conflict do nothing`.execute(
    bench.database.db,
  );
});
afterAll(() => bench.close());

const plain: FlowDocument = {
  schema: 1,
  name: "Any",
  triggers: [],
  start: "said",
  steps: [{ ref: "said", kind: "message", config: { messages: [{ text: "hello" }] } }],
  edges: [],
};
const newer: FlowDocument = { ...plain, steps: [...plain.steps, { ref: "new", kind: "teleport", config: {} }] };

async function jobsOf(id: number): Promise<readonly { readonly state: string; readonly tries: number }[]> {
  const { database } = bench;
  const { rows } = await sql<{ state: string; tries: number }>`
    select state, retry_count as tries from ${sql.table(`${database.jobSchema}.job`)}
    where name = 'run-broadcast' and data -> 'value' ->> 'id' = ${String(id)}`.execute(database.db.withoutPlugins());
  return rows;
}

it("a broadcast of a bot that only a newer release knows comes again without a try being counted, and reaches everybody once", async () => {
  const { one, database, people, make, move, countsOf, statusOf } = bench;
  const shop = await aShop(one, { flows: [{ ref: "f", ...plain }] } as never);
  const ids = await people(shop, 6);
  await shop.publish("f", newer);
  const id = await make(shop, { audience: { contacts: ids } });
  await move(shop, id, "start");
  await one.shell.enqueueJobs(database.db, [toBroadcastJob(id)]);
  await until("it was left", async () => (await jobsOf(id)).length >= 2, { withinMs: 60_000 });
  await until(
    "nobody is under way",
    async () => {
      const { waiting, sending } = await countsOf(id);
      return waiting === 6 && sending === 0;
    },
    { withinMs: 30_000 },
  );
  await shop.publish("f", plain);
  await until("it is over", async () => (await statusOf(id)) === "finished", { withinMs: 30_000 });
  expect(await countsOf(id)).toEqual({ waiting: 0, sending: 0, sent: 6, failed: 0, skipped: 0 });
  expect((await jobsOf(id)).filter(({ tries, state }) => tries > 0 || state === "failed")).toEqual([]);
  const { rows } = await sql`select contact_id from messages where contact_id = any(${ids}::bigint[])
    and content ->> 'text' = 'News'`.execute(database.db);
  expect(rows).toHaveLength(6);
});

it("who was handed in before the bot became the newer release's stays settled, and only the others are put back", async () => {
  const { one, people, make, move, runOnce, countsOf } = bench;
  const shop = await aShop(one);
  const ids = await people(shop, 60);
  const id = await make(shop, { audience: { contacts: ids } });
  await move(shop, id, "start");
  let handed = 0;
  const submit: typeof one.shell.submit = async (submission) => {
    handed += 1;
    if (handed > 10) throw new LeftToNewer("not mine", shop.botId);
    return await one.shell.submit(submission);
  };
  await expect(runOnce(id, { submit })).rejects.toThrow(LeftToNewer);
  expect(await countsOf(id)).toEqual({ waiting: 50, sending: 0, sent: 10, failed: 0, skipped: 0 });
});

it("a broadcast with an action that a newer release has told of is left to that, and one that nobody knows fails", async () => {
  const { one, people, make, move, runOnce, countsOf } = bench;
  const shop = await aShop(one);
  const ids = await people(shop, 2);
  const withAction = async (action: string) => {
    const id = await make(shop, { audience: { contacts: ids }, actions: [{ action, args: {} }] });
    await move(shop, id, "start");
    return id;
  };
  const left = await withAction("beam_up");
  await expect(runOnce(left)).rejects.toThrow(/action beam_up, which only a newer release knows/);
  expect(await countsOf(left)).toMatchObject({ waiting: 2, sending: 0, failed: 0 });
  const wrong = await withAction("beam_down");
  await runOnce(wrong);
  expect(await countsOf(wrong)).toMatchObject({ waiting: 0, failed: 2 });
});

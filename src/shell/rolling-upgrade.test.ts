import { sql } from "kysely";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aShop, recordingLog, testClock, testShell, untilSent } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import type { FlowDocument } from "../model/flow.ts";
import type { JobOfPosition } from "../model/outcome.ts";
import { preparePublishedFlow } from "../steps/advance.ts";
import { findFailedEvent } from "../store/event-store.ts";
import { recordKinds } from "../store/known-kind-store.ts";
import { handInResult } from "./jobs/hand-in-result.ts";
import type { JobKind } from "./jobs.ts";
import { retryEvent } from "./retry-event.ts";
import { createSnapshots, registeredKinds } from "./snapshots.ts";
import { LeftToNewer } from "./submission.ts";
import { startTimers } from "./timers.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

let flows = 0;
const flow = (kind: string, config: object) => {
  flows += 1;
  const steps = [{ ref: "a", kind, config }];
  return { ref: `new${flows}`, name: "New", triggers: [], start: "a", steps, edges: [] };
};
const asOlder = async (kind: string, config: object) => {
  const shop = await aShop({ database, clock: testClock() }, { flows: [flow(kind, config)] } as never);
  const older = {
    steps: new Set([...registeredKinds.steps].filter((name) => name !== "script")),
    actions: new Set([...registeredKinds.actions].filter((name) => name !== "add_tag")),
  };
  return () => createSnapshots(preparePublishedFlow, older).get(database.db, shop.botId, 1);
};

it("leaves a bot with a step or an action that only a newer release knows to that one, and loses nothing", async () => {
  const withStep = await asOlder("script", { code: "" });
  const withAction = await asOlder("action", { actions: [{ action: "add_tag", args: { tag: "x" } }] });
  const ordinary = await asOlder("action", { actions: [{ action: "remove_tag", args: { tag: "x" } }] });
  // Nobody has told of it: it is a mistake of the flow's, and only who meets it notices.
  expect(await withStep()).toBeDefined();
  await recordKinds(database.db, registeredKinds);
  await expect(withStep()).rejects.toThrow(LeftToNewer);
  await expect(withAction()).rejects.toThrow(/action add_tag/);
  expect(await ordinary()).toBeDefined();
});

const hourMs = 3_600_000;
const waiting: FlowDocument = {
  schema: 1,
  name: "Waiting",
  triggers: [{ kind: "default_reply" }],
  start: "wait",
  steps: [
    { ref: "wait", kind: "delay", config: { mode: "duration", amount: 1, unit: "hours" } },
    { ref: "said", kind: "message", config: { messages: [{ text: "time is up" }] } },
  ],
  edges: [{ from: "wait", output: "next", to: "said" }],
};
/** The same with a step that a newer release has told of. */
const newer = (document: FlowDocument): FlowDocument => ({
  ...document,
  steps: [...document.steps, { ref: "new", kind: "teleport", config: {} }],
});
const tellOfTeleport = async () =>
  await sql`insert into known_kinds (kind) values ('step teleport') on conflict do nothing`.execute(database.db);
const aShell = async (jobKinds: Record<string, JobKind> = {}) => {
  const shell = await testShell(database, { jobKinds });
  onTestFinished(() => shell.stop());
  return shell;
};

it("leaves the waits of such a bot to the newer release, and is on time for everybody else's", async () => {
  await tellOfTeleport();
  const older = await aShell();
  const theirs = await aShop(older, { flows: [{ ref: "w", ...waiting }] } as never);
  const mine = await aShop(older, { flows: [{ ref: "w", ...waiting }] } as never);
  await older.shell.submit(theirs.from("theirs", "begin"));
  await older.shell.submit(mine.from("mine", "begin"));
  await theirs.publish("w", newer(waiting));
  older.clock.pass(hourMs);
  await until("mine was woken", () => older.platform.delivered("mine").length === 1);
  expect(older.platform.delivered("theirs")).toEqual([]);
  // What the newer release does with it; here, a flow that this one knows again.
  await theirs.publish("w", waiting);
  await until("theirs was woken", () => older.platform.delivered("theirs").length === 1, { withinMs: 20_000 });
  await untilSent(older);
});

it("looks past more of such waits than it takes up at a time", async () => {
  const shell = await testShell(database, { isWorker: false });
  onTestFinished(() => shell.stop());
  const [theirs, mine] = [await aShop(shell), await aShop(shell)];
  const { contactId: left = 0 } = await shell.shell.submit(theirs.from("theirs", "hello"));
  const { contactId: other = 0 } = await shell.shell.submit(mine.from("mine", "hello"));
  await sql`insert into positions (id, contact_id, flow_ref, step_ref, step_kind, waits_for, wake_at, entered_at)
    values ('l1', ${left}, 'w', 'wait', 'delay', 'time', to_timestamp(1), now()), ('l2', ${left}, 'w', 'wait', 'delay', 'time', to_timestamp(2), now()),
      ('o1', ${other}, 'w', 'wait', 'delay', 'time', to_timestamp(3), now())`.execute(database.db);
  const woken: unknown[] = [];
  const timers = startTimers({
    db: database.db,
    now: () => 5_000,
    log: recordingLog([]),
    pageSize: 2,
    submit: async ({ target, happening }) => {
      if ("contactId" in target && target.contactId === left) throw new LeftToNewer("not mine", theirs.botId);
      if (happening.kind !== "timer") throw new Error("not a timer");
      woken.push(happening.positionId);
      await database.db.deleteFrom("positions").where("id", "=", happening.positionId).execute();
      return { status: "done" };
    },
  });
  await until("the other was woken", () => woken.length > 0);
  await timers.stop();
  expect(woken).toEqual(["o1"]);
  await sql`delete from positions where id in ('l1', 'l2')`.execute(database.db);
});

it("keeps what a job brought back for such a bot, and does not do again what it did", async () => {
  await tellOfTeleport();
  let calls = 0;
  const asking: FlowDocument = {
    schema: 1,
    name: "Asking",
    triggers: [{ kind: "default_reply" }],
    start: "ask",
    steps: [
      { ref: "ask", kind: "request", config: { method: "POST", url: "http://127.0.0.1:1/" } },
      { ref: "said", kind: "message", config: { messages: [{ text: "it answered" }] } },
    ],
    edges: [{ from: "ask", output: "success", to: "said" }],
  };
  const request: JobKind = {
    kind: "external-request",
    retryLimit: 3,
    async run(data, { submit }) {
      calls += 1;
      const { positionId } = data as unknown as JobOfPosition;
      const { contactId } = await database.db
        .selectFrom("positions")
        .select("contactId")
        .where("id", "=", positionId)
        .executeTakeFirstOrThrow();
      await shop.publish("a", newer(asking));
      const result = { kind: "answered", status: 200, headers: {}, body: "{}", attempts: 1 };
      await submit({ target: { contactId }, happening: { kind: "job_result", positionId, result }, source: "job" });
    },
  };
  const older = await aShell({ "external-request": request, "hand-in-result": handInResult });
  const shop = await aShop(older, { flows: [{ ref: "a", ...asking }] } as never);
  await older.shell.submit(shop.from("ann", "begin"));
  const { jobSchema } = database;
  const kept = async () => {
    const { rows } = await sql<{ state: string; tries: number }>`
      select state, retry_count as tries from ${sql.table(`${jobSchema}.job`)} where name = 'hand-in-result' order by created_on`.execute(
      database.db.withoutPlugins(),
    );
    return rows;
  };
  // Handed in once in vain and kept again: no try of it counts as a failure.
  await until("it was kept twice", async () => (await kept()).length >= 2, { withinMs: 20_000 });
  expect((await kept()).map(({ tries }) => tries)).toEqual((await kept()).map(() => 0));
  expect(older.platform.delivered("ann")).toEqual([]);
  await shop.publish("a", asking);
  await until("the answer came", () => older.platform.delivered("ann").length === 1, { withinMs: 20_000 });
  expect(calls).toBe(1);
});

it("leaves jobs of a kind that it does not know in the queue, until a process comes that does", async () => {
  const ran: unknown[] = [];
  const aKind = (kind: string, cron?: string): JobKind => ({
    kind,
    retryLimit: 0,
    ...(cron === undefined ? {} : { cron }),
    run: async (data) => void ran.push(data),
  });
  const newerKinds = { "of-newer": aKind("of-newer", "* * * * *"), "of-both": aKind("of-both") };
  const enqueue = async (shell: Awaited<ReturnType<typeof aShell>>, kind: string) =>
    await shell.shell.enqueueJobs(database.db, [{ kind, data: kind }]);
  const first = await testShell(database, { jobKinds: newerKinds, isWorker: false });
  await enqueue(first, "of-newer");
  await first.stop();
  const older = await testShell(database, { jobKinds: { "of-both": newerKinds["of-both"] } });
  await enqueue(older, "of-both");
  await until("the known one ran", () => ran.includes("of-both"), { withinMs: 20_000 });
  await older.stop();
  const { rows } = await sql`
    select state, retry_count as tries from ${sql.table(`${database.jobSchema}.job`)} where name = 'of-newer' and data ->> 'value' = 'of-newer'`.execute(
    database.db.withoutPlugins(),
  );
  expect(rows).toEqual([{ state: "created", tries: 0 }]);
  await aShell(newerKinds);
  await until("the newer one ran", () => ran.includes("of-newer"), { withinMs: 20_000 });
});

it("keeps a failed event of a kind that it does not know on the list, as it is", async () => {
  const older = await aShell();
  const shop = await aShop(older);
  const { contactId = 0, eventId = 0 } = await older.shell.submit(shop.from("ann", "hello"));
  await sql`update events set kind = 'teleported', failed = 'a fault of the newer release' where id = ${eventId}`.execute(
    database.db,
  );
  const access = { workspaceId: shop.workspaceId };
  const event = await findFailedEvent(database.db, access, eventId);
  if (event === undefined) throw new Error("nothing failed");
  await expect(retryEvent(database.db, older.shell.submit, event)).rejects.toThrow(LeftToNewer);
  expect(await findFailedEvent(database.db, access, eventId)).toEqual(event);
  const { rows } = await sql`select count(*)::int as events from events where contact_id = ${contactId}`.execute(
    database.db,
  );
  expect(rows).toEqual([{ events: 1 }]);
});

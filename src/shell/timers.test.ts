import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import {
  anotherProcess,
  aShop,
  isOnServer,
  type Shop,
  type TestShell,
  testShell,
  untilSent,
} from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import { findDuePositions } from "../store/timer-store.ts";

const hourMs = 3_600_000;

const flow = {
  ref: "timers",
  name: "Timers",
  triggers: [{ kind: "default_reply" as const }],
  start: "wait",
  steps: [
    { ref: "wait", kind: "delay", config: { mode: "duration", amount: 1, unit: "hours" } },
    { ref: "said", kind: "message", config: { messages: [{ text: "time is up" }] } },
  ],
  edges: [{ from: "wait", output: "next", to: "said" }],
};

let database: TestDatabase;
let shell: TestShell;
let shop: Shop;
beforeAll(async () => {
  database = await testDatabase();
  shell = await testShell(database);
  shop = await aShop(shell, { flows: [flow] });
});
afterAll(async () => {
  await shell.stop();
  await database.close();
});

let people: string[] = [];
let round = 0;
beforeEach(() => {
  round += 1;
  people = Array.from({ length: 300 }, (_, index) => `r${round}p${index}`);
});

const begin = () => Promise.all(people.map((person) => shell.shell.submit(shop.from(person, "begin"))));
const untilNothingIsDue = () =>
  until("nothing is due", async () => (await findDuePositions(database.db, shell.clock.now(), 1)).length === 0);
const answers = () => people.map((person) => shell.platform.delivered(person).length);

describe("a wait", () => {
  it("ends at its time, not before, for everybody once", async () => {
    await begin();
    shell.clock.pass(hourMs - 1);
    expect(await findDuePositions(database.db, shell.clock.now(), 1)).toEqual([]);
    shell.clock.pass(1);
    await untilNothingIsDue();
    await untilSent(shell);
    expect(answers()).toEqual(people.map(() => 1));
  });

  it("that a text ended is over: its time comes, and nothing happens", async () => {
    await begin();
    shell.clock.pass(hourMs / 2);
    // The flow is started again: the first wait ends with it.
    await begin();
    shell.clock.pass(hourMs / 2 + 1);
    await untilNothingIsDue();
    await untilSent(shell);
    expect(answers()).toEqual(people.map(() => 0));
    shell.clock.pass(hourMs / 2);
    await untilNothingIsDue();
    await untilSent(shell);
    expect(answers()).toEqual(people.map(() => 1));
  });

  it.runIf(isOnServer)("that two processes keep ends once", async () => {
    const other = await anotherProcess(shell, database);
    await begin();
    shell.clock.pass(hourMs);
    await untilNothingIsDue();
    await untilSent(shell);
    expect(answers()).toEqual(people.map(() => 1));
    await other.stop();
  });
});

describe("the timers", () => {
  it("go on after a wait whose end broke the engine: it ends visibly, and is not tried for ever", async () => {
    const broken = people.slice(0, 1);
    const reply = await shell.shell.submit(shop.from(broken[0] ?? "", "begin"));
    // As a step of a later release leaves it: a memory that the step cannot read.
    await shop.publish(flow.ref, {
      schema: 1,
      ...flow,
      steps: [{ ref: "wait", kind: "no_such_step", config: {} }],
      edges: [],
    });
    shell.clock.pass(hourMs);
    await untilNothingIsDue();
    const events = await database.db
      .selectFrom("events")
      .select("facts")
      .where("contactId", "=", reply.contactId ?? 0)
      .where("kind", "=", "timer")
      .execute();
    expect(events).toHaveLength(1);
    expect(events[0]?.facts).toMatchObject([{ kind: "position_ended", reason: "invalid_step" }]);
  });
});

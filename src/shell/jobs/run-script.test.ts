import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { aShop, contactOf, type Shop, type TestShell, testShell } from "../../../test/shell.ts";
import { until } from "../../../test/until.ts";
import { runScriptJob } from "./run-script.ts";

/** A keyword that runs one script, and says what came of it. */
const scripted = (ref: string, code: string, said: string, outputs: readonly string[] = []) => ({
  ref,
  name: ref,
  triggers: [{ kind: "keyword" as const, words: [ref], match: "exact" as const, interrupts: true }],
  start: "run",
  steps: [
    { ref: "run", kind: "script", config: { code, outputs } },
    { ref: "say", kind: "message", config: { messages: [{ text: said }] } },
    { ref: "sorry", kind: "message", config: { messages: [{ text: `${ref} failed` }] } },
  ],
  edges: [
    ...["next", ...outputs].map((output) => ({ from: "run", output, to: "say" })),
    { from: "run", output: "failed", to: "sorry" },
  ],
});

/** One variable split into three, as the page of scripts shows it. */
const split = `const [first, last, age] = contact.client_external_id.split("_");
vars.first = first;
vars.last = last;
fields.age = Number(age);
console.log("age", age);
return Number(age) >= 18 ? "adult" : "next";`;

let database: TestDatabase;
let one: TestShell;
let shop: Shop;
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database, { jobKinds: { "run-script": runScriptJob } });
  shop = await aShop(one, {
    fields: [{ key: "age", name: "Age", kind: "number" }],
    flows: [
      scripted("split", split, "{{ vars.first }} {{ vars.last }} is {{ fields.age }}", ["adult"]),
      scripted("endless", "fields.age = 1; for (;;);", "never"),
      scripted("wrong", "fields.age = 'old'; return 'nowhere'", "never"),
    ],
  });
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

const tell = async (person: string, text: string) => contactOf(await one.shell.submit(shop.from(person, text)));
const untilSaid = (person: string, text: string) =>
  until(`${person} hears "${text}"`, () => one.platform.delivered(person).includes(text));
const eventsOf = async (contactId: number) =>
  await database.db
    .selectFrom("events")
    .select(["kind", "facts"])
    .where("contactId", "=", contactId)
    .orderBy("id")
    .execute();

describe("a script in a flow", () => {
  it("splits what a link brought, and goes on where it says", async () => {
    const ann = contactOf(await one.shell.submit(shop.from("ann", { kind: "start", payload: "John_Smith_23" })));
    await tell("ann", "split");
    await untilSaid("ann", "John Smith is 23");
    const facts = (await eventsOf(ann)).at(-1)?.facts;
    expect(facts).toContainEqual(expect.objectContaining({ kind: "traced", lines: ["age 23"], step: "run" }));
    expect(facts).toContainEqual(expect.objectContaining({ kind: "field_changed", field: "age", value: 23 }));
  });

  it("that never ends is stopped: the flow goes on through failed, nothing is changed, and others go on meanwhile", async () => {
    const bob = await tell("bob", "endless");
    await untilSaid("bob", "endless failed");
    const facts = (await eventsOf(bob)).at(-1)?.facts;
    expect(facts).toContainEqual(expect.objectContaining({ kind: "error", code: "script.timeout" }));
    expect(facts).not.toContainEqual(expect.objectContaining({ kind: "field_changed" }));
    await tell("eve", "wrong");
    await untilSaid("eve", "wrong failed");
  });

  it("leaves nothing of the contact in the queue of jobs", async () => {
    await one.shell.submit(shop.from("kim", { kind: "start", payload: "Kim_Secret_30" }));
    await tell("kim", "split");
    await untilSaid("kim", "Kim Secret is 30");
    const { rows } =
      await sql`select id from ${sql.table(`${database.jobSchema}.job`)} where data::text like '%Secret%'`.execute(
        database.db,
      );
    expect(rows).toEqual([]);
  });

  it("of a hundred people at once is run for all of them", async () => {
    const people = Array.from({ length: 100 }, (_, number) => `p${number}`);
    await Promise.all(
      people.map((person, number) =>
        one.shell.submit(shop.from(person, { kind: "start", payload: `A_${person}_${number}` })),
      ),
    );
    await Promise.all(people.map((person) => tell(person, "split")));
    await until("all are answered", () => people.every((person) => one.platform.delivered(person).length === 1));
    expect(one.platform.delivered("p7")).toEqual(["A p7 is 7"]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { aShop, contactOf, echoFlow, type Shop, type TestShell, testShell } from "../../../test/shell.ts";
import { until } from "../../../test/until.ts";
import type { Json } from "../../model/field.ts";
import type { JobKind } from "../jobs.ts";
import { runQueryJob } from "./run-query.ts";

/** What the queue gave to the job, to give it again. */
const given: Json[] = [];
/** Held back while set. */
let gate: Promise<void> | undefined;
const recording: JobKind = {
  ...runQueryJob,
  run: async (data, context) => {
    given.push(data);
    await gate;
    await runQueryJob.run(data, context);
  },
};

/** A keyword that starts one query, and says what came of it. */
const asking = (ref: string, config: Record<string, unknown>, said: string) => ({
  ref,
  name: ref,
  triggers: [{ kind: "keyword" as const, words: [ref], match: "exact" as const, interrupts: true }],
  start: "ask",
  steps: [
    { ref: "ask", kind: "query", config },
    { ref: "say", kind: "message", config: { messages: [{ text: said }] } },
    { ref: "sorry", kind: "message", config: { messages: [{ text: `${ref} failed` }] } },
  ],
  edges: [
    { from: "ask", output: "next", to: "say" },
    { from: "ask", output: "failed", to: "sorry" },
  ],
});

const byPhone = {
  query: "find_contacts_by_phone",
  args: { phone: "{{ contact.phone }}", others: true },
  save: [{ path: "$.contacts[0].id", variable: "other" }],
};
const merging = { query: "merge_contact", args: { secondary: "{{ vars.other }}", deleteSecondary: "yes" } };
/** Looks for the person's other contact, and merges it. */
const become = asking("become", byPhone, "merged {{ contact.tags | sort | join: ',' }}");
become.steps.push({ ref: "merge", kind: "query", config: merging });
become.edges = [
  { from: "ask", output: "next", to: "merge" },
  { from: "ask", output: "failed", to: "sorry" },
  { from: "merge", output: "next", to: "say" },
  { from: "merge", output: "failed", to: "sorry" },
];

let database: TestDatabase;
let one: TestShell;
let shop: Shop;
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database, { jobKinds: { "run-query": recording } });
  shop = await aShop(one, {
    fields: [{ key: "chat", name: "Chat", kind: "text" }],
    flows: [
      echoFlow,
      asking(
        "chat",
        {
          query: "list_messages",
          args: { limit: "2", format: "text" },
          save: [
            { path: "$.text", field: "Chat" },
            { path: "$.count", variable: "many" },
          ],
        },
        "{{ vars.many }}: {{ fields.chat }}",
      ),
      asking("mid", { query: "get_message", args: { mid: "987654321" } }, "found"),
      become,
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
const act = (contactId: number, action: string, args: Record<string, unknown>) =>
  one.shell.submit({
    target: { contactId },
    happening: { kind: "actions", actions: [{ action, args }] },
    source: "api",
  });
const eventsOf = async (contactId: number) =>
  await database.db
    .selectFrom("events")
    .select(["kind", "facts"])
    .where("contactId", "=", contactId)
    .orderBy("id")
    .execute();

describe("a query in a flow", () => {
  it("goes out as a job and comes back with its answer, which is kept and goes on", async () => {
    const id = await tell("ann", "hello");
    await tell("ann", "chat");
    await untilSaid("ann", "2: Bot: re: hello\nUser: chat");
    const events = await eventsOf(id);
    expect(events.map(({ kind }) => kind)).toEqual(["message", "message", "job_result"]);
    expect(events[1]?.facts).toContainEqual(expect.objectContaining({ kind: "waiting", for: "job" }));
  });

  it("goes on through failed with the reason in the history", async () => {
    const id = await tell("bob", "mid");
    await untilSaid("bob", "mid failed");
    expect((await eventsOf(id)).at(-1)?.facts[0]).toMatchObject({ kind: "error", code: "message.not_found" });
  });

  it("finds the same person's other contact and merges it", async () => {
    const [eve, eva] = [await tell("eve", "hello"), await tell("eva", "hello")];
    for (const [id, tag] of [
      [eve, "x"],
      [eva, "y"],
    ] as const) {
      await act(id, "set_profile", { key: "phone", value: "+79001112233" });
      await act(id, "add_tag", { tag });
    }
    await tell("eve", "become");
    await untilSaid("eve", "merged seen,x,y");
    expect(await tell("eva", "again")).toBe(eve);
  });

  it("fails where there is nobody to merge", async () => {
    await act(await tell("lone", "hello"), "set_profile", { key: "phone", value: "+79009998877" });
    await tell("lone", "become");
    await untilSaid("lone", "become failed");
  });

  it("whose job comes again does nothing more", async () => {
    const before = given.length;
    const id = await tell("kim", "chat");
    await untilSaid("kim", "1: User: chat");
    const events = await eventsOf(id);
    const { db } = database;
    const unused = {
      log: undefined as never,
      outbound: undefined as never,
      runScript: undefined as never,
      lookUpProfile: async () => undefined,
      bulkRoom: async () => ({ free: 1_000, most: 1_000 }),
      announceBroadcast: () => {},
      secretKey: undefined as never,
      enqueue: async () => {},
    };
    const context = { db, submit: one.shell.submit, now: one.clock.now, ...unused };
    await runQueryJob.run(given[before] as Json, context);
    const { positionId } = given[before] as { positionId: string };
    const late = { kind: "job_result", positionId, result: { ok: true, result: {} } } as const;
    expect(await one.shell.submit({ target: { contactId: id }, happening: late, source: "job" })).toMatchObject({
      status: "done",
    });
    expect(await eventsOf(id)).toEqual(events);
  });

  it("finds its contact though that became part of another while the job ran", async () => {
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    const before = given.length;
    const [pat, pam] = [await tell("pat", "hello"), await tell("pam", "chat")];
    await until("the job runs", () => given.length > before);
    const happening = { kind: "merge", secondaryId: pam, deleteSecondary: true } as const;
    await one.shell.submit({ target: { contactId: pat }, happening, source: "api" });
    gate = undefined;
    held.resolve();
    await until("an answer", () =>
      [...one.platform.delivered("pat"), ...one.platform.delivered("pam")].some((text) => text.startsWith("2: ")),
    );
  });

  it("of a hundred people at once is answered for all of them within seconds", async () => {
    const people = Array.from({ length: 100 }, (_, number) => `p${number}`);
    await Promise.all(people.map((person) => tell(person, "chat")));
    await until("all are answered", () => people.every((person) => one.platform.delivered(person).length === 1));
  });
});

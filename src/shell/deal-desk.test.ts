import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { untilWaitedFor } from "../../test/locks.ts";
import {
  anotherProcess,
  aShop,
  contactOf,
  isOnServer,
  type Shop,
  type TestShell,
  testShell,
  untilSent,
} from "../../test/shell.ts";
import type { ActionCall } from "../model/action-call.ts";
import type { ActionResult } from "../model/outcome.ts";
import type { Distribution } from "../model/sales-plan.ts";
import type { Database } from "../store/database.ts";
import { listDeals } from "../store/deal-store.ts";
import { listEvents } from "../store/event-store.ts";
import { addMember, removeMember } from "../store/member-store.ts";
import { changeSalesPlan, createSalesPlan, deleteSalesPlan } from "../store/sales-plan-store.ts";
import { createDesks } from "./desks.ts";
import type { SubmitReply } from "./submission.ts";

const acts = (ref: string, ...actions: ActionCall[]) => ({ ref, kind: "action", config: { actions } });
const says = (ref: string, text: string) => ({ ref, kind: "message", config: { messages: [{ text }] } });
const keyword = (word: string) => ({ kind: "keyword" as const, words: [word], match: "exact" as const });
const asks = (ref: string, ...rules: object[]) => ({
  ref,
  kind: "condition",
  config: { condition: { match: "all", rules } },
});

let database: TestDatabase;
let one: TestShell;
let shop: Shop;
let managers: readonly number[];
let people = 0;
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database);
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

beforeEach(async () => {
  shop = await aShop(one, {
    fields: [{ key: "price", name: "Price", kind: "number" }],
    flows: [
      {
        ref: "buy",
        name: "Buy",
        triggers: [keyword("buy")],
        start: "price",
        steps: [
          acts("price", { action: "set_field", args: { field: "price", value: 1500.5 } }),
          acts("add", {
            action: "add_to_sales_plan",
            args: { plan: "course", title: "For {{ message.text }}", sum: "{{ fields.price }}" },
          }),
          asks(
            "ask",
            { subject: "sales_plan", key: "Course", operator: "has" },
            { subject: "deal_status", key: "course", operator: "is", value: "New" },
            { subject: "deal_sum", key: "course", operator: "between", value: [1500, "{{ fields.price }}"] },
          ),
          says("yes", "it is there"),
          says("no", "it is not there"),
        ],
        edges: [
          { from: "price", output: "next", to: "add" },
          { from: "add", output: "next", to: "ask" },
          { from: "ask", output: "yes", to: "yes" },
          { from: "ask", output: "no", to: "no" },
        ],
      },
      ...(
        [
          ["made", { kind: "deal_created", plan: "course" }],
          ["other", { kind: "deal_created", plan: "support" }],
          ["paid", { kind: "deal_status", plan: "course", status: "paid" }],
          ["gone", { kind: "deal_removed" }],
        ] as const
      ).map(([ref, trigger]) => ({
        ref,
        name: ref,
        triggers: [trigger],
        start: "a",
        steps: [says("a", ref)],
        edges: [],
      })),
    ],
  });
  people += 1;
  const { db } = database;
  const made = [];
  for (const name of ["ann", "bob", "eve"]) {
    made.push(
      await addMember(db, shop.workspaceId, { email: `${name}${people}@example.com`, name, role: "agent" as const }),
    );
  }
  managers = made.map(({ id }) => id);
  await aPlan("even");
});

const aPlan = (distribution: Distribution, ref = "course", name = "Course") =>
  createSalesPlan(database.db, shop.workspaceId, {
    ref,
    name,
    currency: "EUR",
    averageCheck: 10_000,
    label: "",
    distribution,
    managers,
    statuses: [
      { ref: "new", name: "New", kind: "open" },
      { ref: "called", name: "Called", kind: "open" },
      { ref: "paid", name: "Paid", kind: "won" },
      { ref: "lost", name: "Lost", kind: "lost" },
    ],
  });

const submitTo = ({ shell }: TestShell, person: string, ...actions: ActionCall[]): Promise<SubmitReply> =>
  shell.submit({ ...shop.from(person, { kind: "actions", actions }), source: "api" });
const resultsOf = (reply: SubmitReply): readonly ActionResult[] => ("results" in reply ? (reply.results ?? []) : []);
const dealsOf = (contact?: number) =>
  listDeals(database.db, { workspaceId: shop.workspaceId }, { contact }, { limit: 500 });
const factsOf = async (contactId: number) => {
  const events = await listEvents(database.db, { workspaceId: shop.workspaceId }, { contactId }, { limit: 50 });
  return events.toReversed().flatMap(({ facts }) => facts.filter(({ kind }) => kind.startsWith("deal_")));
};
const add = (args: object = {}): ActionCall => ({ action: "add_to_sales_plan", args: { plan: "course", ...args } });
const move = (status: string, args: object = { plan: "course" }): ActionCall => ({
  action: "change_deal_status",
  args: { status, ...args },
});
const countBy = (given: readonly (number | undefined)[]) =>
  managers.map((id) => given.filter((one) => one === id).length);

describe("a flow that sells by a plan", () => {
  it("makes the deal once, sees it in its conditions, and starts the flows that wait for it", async () => {
    const reply = await one.shell.submit(shop.from("ann", "buy"));
    await untilSent(one);
    expect(one.platform.delivered("ann").sort()).toEqual(["it is there", "made"]);
    expect(await dealsOf(contactOf(reply))).toMatchObject([
      { planRef: "course", status: "new", title: "For buy", sum: 150_050, currency: "EUR", manager: managers[0] },
    ]);
    await submitTo(one, "ann", move("Paid"), { action: "remove_from_sales_plan", args: { plan: "course" } });
    await submitTo(one, "ann", add(), { action: "remove_from_sales_plan", args: { plan: "course" } });
    await untilSent(one);
    expect(one.platform.delivered("ann").slice(2).sort()).toEqual(["gone", "made", "paid"]);
    expect(await factsOf(contactOf(reply))).toMatchObject([
      { kind: "deal_created", plan: "course", planName: "Course", status: "new", sum: 150_050, sumText: "1500.50" },
      { kind: "deal_changed", before: "new", beforeName: "New", status: "paid", statusName: "Paid" },
      { kind: "deal_created", sum: 10_000, manager: managers[1] },
      { kind: "deal_removed", sum: 10_000 },
    ]);
  });
});

describe("actions of one request, and requests of one batch", () => {
  it("keep, update, or make another beside an open deal; a closed one is in nobody's way", async () => {
    const reply = await submitTo(
      one,
      "ann",
      add({ title: "first", manager: managers[2] }),
      add({ ifOpen: "keep", title: "not this" }),
      add({ status: "called", sum: "20,5" }),
      add({ ifOpen: "another", title: "second" }),
      { action: "list_deals", args: { plan: "Course", open: true } },
      move("lost"),
      move("lost"),
      move("lost"),
      add({ ifOpen: "keep", title: "third" }),
      { action: "list_deals", args: {} },
    );
    const results = resultsOf(reply);
    expect(results.slice(0, 4)).toMatchObject([
      { result: { created: true, manager: managers[2] } },
      { result: { created: false, changed: false, title: "first", sum: 10_000 } },
      { result: { created: false, changed: true, status: "called", statusName: "Called", sumText: "20.50" } },
      { result: { created: true, title: "second", manager: managers[0] } },
    ]);
    expect(results[4]).toMatchObject({ result: { count: 2, deals: [{ title: "second" }, { title: "first" }] } });
    expect(results[5]).toMatchObject({ result: { title: "second", open: false } });
    expect(results[7]).toMatchObject({ ok: false, error: { code: "deal.not_found" } });
    expect(results[9]).toMatchObject({ result: { deals: [{ title: "third" }, { open: false }, { open: false }] } });
    expect(await dealsOf(contactOf(reply))).toHaveLength(3);
  });

  it("find each other's deals, and one that was made long ago", async () => {
    const first = await submitTo(one, "ann", add({ title: "old" }));
    const [old] = await dealsOf(contactOf(first));
    const update = { action: "update_deal", args: { deal: old?.id ?? 0, sum: 1, currency: "JPY", manager: null } };
    const replies = await Promise.all([
      submitTo(one, "ann", add({ ifOpen: "another", title: "new" })),
      submitTo(one, "ann", update, { action: "update_deal", args: { plan: "course", note: "{{ 1 | plus: 1 }}" } }),
      submitTo(one, "bob", update),
      submitTo(one, "ann", { action: "remove_from_sales_plan", args: { deal: String(old?.id) } }),
      submitTo(one, "ann", { action: "list_deals", args: {} }, update),
    ]);
    const results = replies.map(resultsOf);
    expect(results[1]).toMatchObject([
      { result: { sum: 1, currency: "JPY", manager: null } },
      { result: { title: "new", note: "2" } },
    ]);
    expect(results[2]).toMatchObject([{ ok: false, error: { code: "deal.not_found" } }]);
    expect(results[3]).toMatchObject([{ result: { removed: 1 } }]);
    expect(results[4]).toMatchObject([{ result: { count: 1 } }, { ok: false }]);
  });

  it("say what is wrong with their arguments, and change nothing", async () => {
    const refused = async (call: ActionCall) => {
      const reply = await submitTo(one, "ann", call);
      const [result] = resultsOf(reply);
      return reply.status === "refused" ? reply.code : result?.ok === false ? result.error.code : "done";
    };
    expect(await refused(add({ plan: "none" }))).toBe("sales_plan.not_found");
    expect(await refused(add({ status: "none" }))).toBe("sales_plan.no_status");
    expect(await refused(add({ sum: "much" }))).toBe("deal.bad_sum");
    expect(await refused(add({ manager: 1_000_000 }))).toBe("member.not_found");
    expect(await refused(add({ manager: "{{ 'x' }}" }))).toBe("member.not_found");
    expect(await refused({ action: "update_deal", args: { sum: 1 } })).toBe("action.bad_arguments");
    expect(await refused(move("paid", { deal: "x" }))).toBe("deal.not_found");
    expect(await dealsOf()).toEqual([]);
  });

  it("give each manager as many, whoever else is in the batch", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => submitTo(one, name, add())));
    expect(countBy((await dealsOf()).map(({ manager }) => manager))).toEqual([10, 10, 10]);
  });

  it("give to whoever has the fewest open ones, as they are at that moment", async () => {
    await aPlan("fewest", "support", "Support");
    const support = (args: object = {}) => add({ plan: "support", ...args });
    await submitTo(one, "ann", support({ manager: managers[0] }), support({ manager: managers[1], ifOpen: "another" }));
    await Promise.all(["bob", "eve", "joe", "kim"].map((name) => submitTo(one, name, support())));
    expect(countBy((await dealsOf()).map(({ manager }) => manager))).toEqual([2, 2, 2]);
    await submitTo(one, "ann", move("paid", { plan: "support" }));
    await submitTo(one, "zoe", support());
    expect((await dealsOf())[0]?.manager).toBe(managers[1]);
  });

  it("give to the conversation's agent, where that is a manager", async () => {
    await aPlan("agent", "support", "Support");
    const assign = { action: "assign_agent", args: { agent: managers[2] ?? 0 } };
    await submitTo(one, "ann", assign, add({ plan: "support" }));
    await submitTo(one, "bob", add({ plan: "support" }));
    expect((await dealsOf()).map(({ manager }) => manager)).toEqual([managers[0], managers[2]]);
  });
});

describe("a member who leaves", () => {
  it("leaves deals that are nobody's, and takes no turn any more", async () => {
    await submitTo(one, "ann", add());
    await removeMember(database.db, shop.workspaceId, managers[0] ?? 0);
    await submitTo(one, "bob", add());
    await submitTo(one, "eve", add());
    const given = (await dealsOf()).map(({ manager }) => manager);
    expect(given).toEqual([managers[2], managers[1], undefined]);
  });
});

describe("a plan that is changed", () => {
  it("opens and closes the deals of a status with it", async () => {
    const contact = contactOf(await submitTo(one, "ann", add({ status: "called" })));
    const statuses = [
      { ref: "called", name: "Agreed", kind: "won" as const },
      { ref: "new", name: "New", kind: "open" as const },
    ];
    await changeSalesPlan(database.db, shop.workspaceId, "course", { statuses });
    expect(await dealsOf(contact)).toMatchObject([{ status: "called", closedAt: expect.any(Number) }]);
    const reply = await submitTo(one, "ann", { action: "list_deals", args: { open: true } }, add());
    expect(resultsOf(reply)).toMatchObject([{ result: { count: 0 } }, { result: { created: true } }]);
  });
});

describe("two contacts who become one", () => {
  it("keep the deals of both", async () => {
    const ann = contactOf(await submitTo(one, "ann", add({ title: "hers" })));
    const anna = contactOf(await submitTo(one, "anna", add({ title: "too" })));
    await one.shell.submit({
      target: { contactId: ann },
      happening: { kind: "merge", secondaryId: anna, deleteSecondary: true },
      source: "api",
    });
    expect((await dealsOf(ann)).map(({ title }) => title)).toEqual(["too", "hers"]);
    expect((await factsOf(ann)).map(({ kind }) => kind)).toEqual(["deal_created", "deal_created"]);
  });
});

describe("a batch in which nobody asks for deals", () => {
  it("reads and writes nothing of them", async () => {
    const unreachable = new Proxy({} as Database, {
      get: () => {
        throw new Error("the database was asked");
      },
    });
    const desks = createDesks(unreachable);
    expect(desks.viewOf({ contactId: 1, botId: 1, workspaceId: 1 })).toMatchObject({ deals: { dealIds: [] } });
    await desks.write();
  });
});

describe.runIf(isOnServer)("two processes", () => {
  let two: TestShell;
  beforeEach(async () => {
    two = await anotherProcess(one, database);
  });
  afterEach(async () => {
    await two.stop();
  });
  const both = (index: number) => (index % 2 === 0 ? one : two);

  it("give each manager as many", async () => {
    await aPlan("fewest", "support", "Support");
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        submitTo(
          both(index),
          `p${index}`,
          ...(index % 3 === 0 ? [add({ plan: "support" }), add()] : [add(), add({ plan: "support" })]),
        ),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => "done"));
    const deals = await dealsOf();
    for (const ref of ["course", "support"]) {
      const given = deals.filter(({ planRef }) => planRef === ref).map(({ manager }) => manager);
      expect(countBy(given)).toEqual([20, 20, 20]);
    }
    expect([...one.logged, ...two.logged]).toEqual([]);
  });

  it("make one deal of a contact that both add at once", async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => submitTo(both(index), "ann", add())));
    const created = replies
      .flatMap(resultsOf)
      .filter((result) => result.ok && (result.result as { created: boolean }).created);
    expect(created).toHaveLength(1);
    expect(await dealsOf()).toHaveLength(1);
  });

  it("wait for a plan that is being deleted, and then have none", async () => {
    await submitTo(one, "ann", add());
    const late = await two.database.db.transaction().execute(async (trx) => {
      await deleteSalesPlan(trx, shop.workspaceId, "course", { withDeals: true });
      const replies = [submitTo(one, "ann", move("paid")), submitTo(one, "bob", add())];
      await untilWaitedFor("the other process waits for the plan", trx, database.db);
      return { replies };
    });
    const results = (await Promise.all(late.replies)).flatMap(resultsOf);
    expect(results).toMatchObject([
      { ok: false, error: { code: "sales_plan.not_found" } },
      { ok: false, error: { code: "sales_plan.not_found" } },
    ]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { addMember } from "../../store/member-store.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
let ann: number;
let managers: number[];
let tenants = 0;
const statuses = [
  { ref: "new", name: "New", kind: "open" },
  { ref: "called", name: "Called", kind: "open" },
  { ref: "paid", name: "Paid", kind: "won" },
];
beforeEach(async () => {
  tenant = await aTenant(server);
  tenants += 1;
  managers = [];
  for (const name of ["m", "n"]) {
    const email = `${name}${tenants}@example.com`;
    managers.push((await addMember(server.database.db, tenant.workspace.id, { email, name, role: "agent" })).id);
  }
  ann = await make("/contacts", { bot: tenant.bot.ref, firstName: "Ann" });
  const plan = { ref: "course", name: "Course", currency: "rub", averageCheck: 990_000, label: "КУРС", statuses };
  await make("/sales-plans", { ...plan, distribution: "even", managers });
});

async function make(path: string, body: object): Promise<number> {
  const answer = await tenant.call("POST", path, { body });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json().id;
}
const get = async (path: string) => (await tenant.call("GET", path)).json();
const patch = (path: string, body: object) => tenant.call("PATCH", path, { body });
const deal = (body: object = {}) => make("/deals", { contact: ann, plan: "course", ...body });

describe("a sales plan", () => {
  it("is made with its statuses, and read back", async () => {
    expect(await get("/sales-plans/course")).toMatchObject({
      name: "Course",
      currency: "RUB",
      averageCheck: 990_000,
      label: "КУРС",
      distribution: "even",
      statuses,
      managers,
    });
    expect((await get("/sales-plans")).data).toHaveLength(1);
  });

  it("says what does not fit", async () => {
    const plan = { name: "Other", currency: "RUB", statuses };
    const codeOf = async (body: object) => {
      const { error } = (await tenant.call("POST", "/sales-plans", { body })).json();
      return [error.code, error.details?.[0]?.path, error.details?.[0]?.message];
    };
    expect(await codeOf({ ...plan, label: "thirteen char" })).toEqual([
      "request.invalid",
      "label",
      "has to have at most 12 characters",
    ]);
    expect(await codeOf({ ...plan, statuses: statuses.slice(2) })).toEqual([
      "request.invalid",
      "statuses",
      "needs at least one open status",
    ]);
    expect(await codeOf({ ...plan, statuses: [statuses[0], { name: "new", kind: "won" }] })).toEqual([
      "request.invalid",
      "statuses",
      "names two statuses alike",
    ]);
    expect(await codeOf({ ...plan, managers: [1_000_000] })).toEqual(["member.not_found", undefined, undefined]);
    expect(await codeOf({ ...plan, name: "Course" })).toEqual(["sales_plan.name_taken", undefined, undefined]);
    expect(await codeOf({ ...plan, ref: "course" })).toEqual(["sales_plan.ref_taken", undefined, undefined]);
  });

  it("keeps its deals while statuses are renamed, moved and added; one with deals cannot be left out", async () => {
    const id = await deal({ status: "called" });
    const turned = [{ ref: "called", name: "Talked to", kind: "open" }, statuses[0], { name: "Lost", kind: "lost" }];
    const changed = await patch("/sales-plans/course", { statuses: turned, name: "Courses" });
    expect(changed.statusCode, changed.body).toBe(200);
    expect(changed.json()).toMatchObject({ name: "Courses", averageCheck: 990_000, managers });
    expect(changed.json().statuses.map(({ name }: { name: string }) => name)).toEqual(["Talked to", "New", "Lost"]);
    expect(await get(`/deals/${id}`)).toMatchObject({ status: "called", closedAt: null });
    const refused = await patch("/sales-plans/course", { statuses: [statuses[0]] });
    expect([refused.statusCode, refused.json().error.code]).toEqual([409, "sales_plan.status_in_use"]);
    expect((await get("/sales-plans/course")).statuses).toHaveLength(3);
  });

  it("is deleted with its deals only where that is asked for", async () => {
    const id = await deal();
    const refused = await tenant.call("DELETE", "/sales-plans/course");
    expect([refused.statusCode, refused.json().error.code]).toEqual([409, "sales_plan.has_deals"]);
    expect((await tenant.call("DELETE", "/sales-plans/course?withDeals=true")).statusCode).toBe(204);
    expect((await tenant.call("GET", `/deals/${id}`)).statusCode).toBe(404);
    expect((await tenant.call("GET", "/sales-plans/course")).statusCode).toBe(404);
  });

  it("is changed by nobody without the scope, and by no token of one bot", async () => {
    const reader = await tenant.mintToken({ scopes: ["settings:read", "contacts:write"] });
    const bound = await tenant.mintToken({ botId: tenant.bot.id });
    for (const token of [reader, bound]) {
      expect((await tenant.call("GET", "/sales-plans/course", { token })).statusCode).toBe(200);
      expect((await tenant.call("PATCH", "/sales-plans/course", { token, body: { name: "x" } })).statusCode).toBe(403);
    }
  });
});

describe("a deal", () => {
  it("is worth the average check, and its managers take turns, where nobody says otherwise", async () => {
    const first = await deal({ title: "{{ not a template }}" });
    expect(await get(`/deals/${first}`)).toMatchObject({
      contactId: ann,
      contactName: "Ann",
      plan: "course",
      status: "new",
      title: "{{ not a template }}",
      sum: 990_000,
      sumText: "9900.00",
      currency: "RUB",
      manager: managers[0],
      closedAt: null,
    });
    const second = await deal({ plan: "Course", sum: 12_345, status: "Paid", manager: managers[0] });
    const closed = await get(`/deals/${second}`);
    expect(closed).toMatchObject({ sum: 12_345, manager: managers[0], closedAt: closed.createdAt });
    expect(await get(`/deals/${await deal()}`)).toMatchObject({ manager: managers[1] });
  });

  it("is moved, changed and given to nobody, and the history says so", async () => {
    const id = await deal();
    expect((await patch(`/deals/${id}`, { status: "paid", sum: 5 })).json()).toMatchObject({ status: "paid", sum: 5 });
    const reopened = (
      await patch(`/deals/${id}`, { status: "new", manager: null, note: "later", currency: "JPY" })
    ).json();
    expect(reopened).toMatchObject({ closedAt: null, manager: null, note: "later", currency: "JPY", sum: 0 });
    const { data } = await get(`/contacts/${ann}/events`);
    const facts = data
      .flatMap((event: { facts: { kind: string }[] }) => event.facts)
      .filter(({ kind }: { kind: string }) => kind.startsWith("deal_"));
    expect(facts).toMatchObject([
      { kind: "deal_changed", before: "paid", status: "new" },
      { kind: "deal_changed", before: "new", beforeName: "New", status: "paid", statusName: "Paid", sumText: "0.05" },
      { kind: "deal_created" },
    ]);
  });

  it("is refused with the reason where the plan, the status or the manager is not there", async () => {
    const post = async (body: object) => {
      const answer = await tenant.call("POST", "/deals", { body: { contact: ann, plan: "course", ...body } });
      return [answer.statusCode, answer.json().error.code, answer.json().error.details?.code];
    };
    expect(await post({ plan: "none" })).toEqual([404, "sales_plan.not_found", undefined]);
    expect(await post({ status: "none" })).toEqual([422, "action.refused", "sales_plan.no_status"]);
    expect(await post({ manager: 1_000_000 })).toEqual([422, "action.refused", "member.not_found"]);
    expect(await post({ contact: 1_000_000 })).toEqual([404, "contact.not_found", undefined]);
    expect((await get("/deals")).data).toEqual([]);
  });

  it("is made, and deleted, once by a request that comes twice", async () => {
    const body = { contact: ann, plan: "course" };
    const [first, again] = [
      await tenant.call("POST", "/deals", { body, key: "k1" }),
      await tenant.call("POST", "/deals", { body, key: "k1" }),
    ];
    expect(again.json()).toEqual(first.json());
    const remove = () => tenant.call("DELETE", `/deals/${first.json().id}`, { key: "k2" });
    expect([(await remove()).statusCode, (await remove()).statusCode]).toEqual([204, 204]);
    expect((await tenant.call("DELETE", `/deals/${first.json().id}`)).statusCode).toBe(404);
    expect((await get("/deals")).data).toEqual([]);
  });

  it("goes with its contact", async () => {
    await deal();
    await tenant.call("DELETE", `/contacts/${ann}`);
    expect((await get("/deals")).data).toEqual([]);
    expect((await tenant.call("DELETE", "/sales-plans/course")).statusCode).toBe(204);
  });
});

describe("lists and sums", () => {
  it("are narrowed by plan, status, manager, contact and whether they are open, page by page", async () => {
    const bob = await make("/contacts", { bot: tenant.bot.ref, email: "bob@example.com" });
    await make("/sales-plans", { ref: "b", name: "B", currency: "EUR", statuses });
    const ids = [
      await deal(),
      await deal({ contact: bob, status: "called" }),
      await deal({ status: "paid", sum: 100, currency: "EUR" }),
      await deal({ contact: bob, plan: "b" }),
    ];
    const found = async (query: string) =>
      (await get(`/deals?${query}`)).data.map(({ id }: { id: number }) => ids.indexOf(id));
    expect(await found("plan=course")).toEqual([2, 1, 0]);
    expect(await found("status=called&status=paid")).toEqual([2, 1]);
    expect(await found(`manager=${managers[0]}`)).toEqual([2, 0]);
    expect(await found("manager=none")).toEqual([3]);
    expect(await found(`contact=${bob}`)).toEqual([3, 1]);
    expect(await found("open=false")).toEqual([2]);
    const page = await get("/deals?limit=3");
    expect((await get(`/deals?limit=3&cursor=${page.nextCursor}`)).data).toMatchObject([{ id: ids[0] }]);
    const course = await get("/sales-plans/course/sums");
    expect(course.data).toEqual([
      { status: "new", count: 1, sums: [{ currency: "RUB", sum: 990_000, sumText: "9900.00" }] },
      { status: "called", count: 1, sums: [{ currency: "RUB", sum: 990_000, sumText: "9900.00" }] },
      { status: "paid", count: 1, sums: [{ currency: "EUR", sum: 100, sumText: "1.00" }] },
    ]);
    const mine = await get(`/sales-plans/course/sums?manager=${managers[1]}`);
    expect(mine.data.map(({ count }: { count: number }) => count)).toEqual([0, 1, 0]);
  });
});

describe("a segment", () => {
  it("knows who has a deal, where it stands and what it is worth", async () => {
    const bob = await make("/contacts", { bot: tenant.bot.ref, firstName: "Bob" });
    await deal({ sum: 150_000 });
    await deal({ contact: bob, status: "paid", sum: 500_000 });
    const members = async (...rules: object[]) => {
      const body = { name: JSON.stringify(rules).slice(0, 100), condition: { match: "all", rules } };
      const id = await make("/segments", body);
      return (await get(`/segments/${id}/contacts`)).data.map((contact: { id: number }) => contact.id);
    };
    expect(await members({ subject: "sales_plan", key: "course", operator: "has" })).toEqual([ann]);
    expect(await members({ subject: "deal_status", key: "course", operator: "is", value: "Paid" })).toEqual([bob]);
    expect(await members({ subject: "deal_sum", key: "course", operator: "gte", value: 1500 })).toEqual([ann]);
    expect(await members({ subject: "deal_sum", key: "course", operator: "gt", value: 1500 })).toEqual([]);
  });
});

describe("the inbox", () => {
  it("shows the label of the plan at whoever has an open deal", async () => {
    const { id: channelId } = (
      await tenant.call("POST", "/channels", {
        body: { bot: tenant.bot.id, kind: "webchat", name: "Chat", settings: {} },
      })
    ).json();
    const said = await server.submit({
      target: { channelId, externalId: "visitor" },
      happening: { kind: "message", message: { text: "hello", attachments: [] } },
      source: "channel",
    });
    const id = await deal({ contact: said.contactId });
    expect((await get("/inbox")).data).toMatchObject([{ contactId: said.contactId, dealLabels: ["КУРС"] }]);
    await patch(`/deals/${id}`, { status: "paid" });
    expect((await get("/inbox")).data).toMatchObject([{ dealLabels: [] }]);
  });
});

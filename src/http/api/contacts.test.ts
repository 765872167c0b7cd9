import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
beforeEach(async () => {
  tenant = await aTenant(server);
});

async function aContact(values: object = {}, key?: string) {
  const body = { bot: tenant.bot.ref, ...values };
  const answer = await tenant.call("POST", "/contacts", { body, ...(key === undefined ? {} : { key }) });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

async function find(query: string): Promise<number[]> {
  const answer = await tenant.call("GET", `/contacts?${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().data.map(({ id }: { id: number }) => id);
}

async function countContacts(): Promise<number> {
  return (await find("limit=200")).length;
}

describe("a contact", () => {
  it("is made with profile, fields, tags and labels, and read by id and by cuid", async () => {
    await tenant.call("POST", "/fields", { body: { key: "city", name: "City", kind: "text" } });
    await tenant.call("POST", "/fields", { body: { key: "age", name: "Age", kind: "number" } });
    const contact = await aContact({
      firstName: "Ann",
      email: "Ann@Example.COM",
      phone: "8 (900) 123-45-67",
      timeZone: "Europe/Moscow",
      fields: { city: "Пермь", age: "41" },
      tags: ["lead"],
      labels: ["call back"],
    });
    expect(contact).toMatchObject({
      botId: tenant.bot.id,
      firstName: "Ann",
      lastName: null,
      email: "Ann@example.com",
      phone: "+79001234567",
      fields: { city: "Пермь", age: 41 },
      tags: ["lead"],
      labels: ["call back"],
      createdAt: "2026-01-15T12:00:00.000Z",
      channels: [],
    });
    for (const id of [contact.id, `cuid:${contact.cuid}`]) {
      expect((await tenant.call("GET", `/contacts/${id}`)).json()).toEqual(contact);
    }
  });

  it("is changed, and cleared by null", async () => {
    await tenant.call("POST", "/fields", { body: { key: "city", name: "City", kind: "text" } });
    const { id } = await aContact({ name: "Ann", email: "ann@example.com", fields: { city: "Perm" } });
    const answer = await tenant.call("PATCH", `/contacts/${id}`, {
      body: { name: "Anna {{ bot.name }}", email: null, fields: { city: null } },
    });
    expect(answer.json()).toMatchObject({ name: "Anna {{ bot.name }}", email: null, fields: {} });
  });

  it("is left as it was where one of the changes does not fit", async () => {
    const { id } = await aContact({ name: "Ann" });
    const answer = await tenant.call("PATCH", `/contacts/${id}`, {
      body: { name: "Bob", email: "nonsense", phone: "12", fields: { nosuch: 1 } },
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().error.details.map(({ path }: { path: string }) => path)).toEqual([
      "email",
      "phone",
      "fields.nosuch",
    ]);
    expect((await tenant.call("GET", `/contacts/${id}`)).json()).toMatchObject({ name: "Ann" });
    expect((await tenant.call("PATCH", `/contacts/${id}`, { body: {} })).json().error.code).toBe(
      "contact.nothing_to_change",
    );
  });

  it("is deleted for good, with its events, messages and log entries", async () => {
    const { id } = await aContact({ name: "Ann" });
    const { db } = server.database;
    expect(await db.selectFrom("events").select("id").where("contactId", "=", id).execute()).toHaveLength(1);
    expect((await tenant.call("DELETE", `/contacts/${id}`)).statusCode).toBe(204);
    expect((await tenant.call("GET", `/contacts/${id}`)).json().error.code).toBe("contact.not_found");
    for (const table of ["events", "messages", "identities", "positions", "notes"] as const) {
      expect(await db.selectFrom(table).select("id").where("contactId", "=", id).execute()).toEqual([]);
    }
  });
});

describe("the list of contacts", () => {
  it("comes in pages that neither repeat nor leave out anybody", async () => {
    const made: number[] = [];
    for (let count = 0; count < 5; count += 1) made.push((await aContact()).id);
    const seen: number[] = [];
    let cursor: string | null = "";
    for (let pages = 0; cursor !== null; pages += 1) {
      expect(pages).toBeLessThan(3);
      const page = await tenant.call("GET", `/contacts?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
      seen.push(...page.json().data.map(({ id }: { id: number }) => id));
      cursor = page.json().nextCursor;
    }
    expect(seen).toEqual(made);
    expect((await tenant.call("GET", "/contacts?cursor=nonsense")).json().error.code).toBe("request.bad_cursor");
  });

  it("is narrowed by every filter, and by several at once", async () => {
    await tenant.call("POST", "/fields", { body: { key: "plan", name: "Plan", kind: "text" } });
    await tenant.call("POST", "/fields", { body: { key: "likes", name: "Likes", kind: "list" } });
    const ann = await aContact({
      name: "Ann Lee",
      email: "ann@example.com",
      phone: "+79001234567",
      clientExternalId: "crm-1",
      fields: { plan: "gold", likes: ["tea", "jazz"] },
      tags: ["a", "b"],
      labels: ["hot"],
    });
    const bob = await aContact({ name: "Bob 100%", tags: ["a"], fields: { plan: "iron" } });
    expect(await find("tag=a")).toEqual([ann.id, bob.id]);
    for (const filter of [
      "tag=a&tag=b",
      "label=hot",
      "email=ANN@example.com",
      "phone=79001234567",
      `cuid=${ann.cuid}`,
      "clientExternalId=crm-1",
      "field.plan=gold",
      "field.likes=jazz",
      "q=lee",
      "q=9001234",
      "tag=a&label=hot&field.plan=gold",
    ]) {
      expect(await find(filter), filter).toEqual([ann.id]);
    }
    expect(await find("q=0%25")).toEqual([bob.id]);
    expect(await find("q=0_")).toEqual([]);
    expect(await find(`bot=${tenant.bot.ref}&tag=a`)).toEqual([ann.id, bob.id]);
    expect((await tenant.call("GET", "/contacts?bot=nosuch")).json().error.code).toBe("bot.not_found");
    expect((await tenant.call("GET", "/contacts?colour=red")).statusCode).toBe(422);
  });
});

describe("actions on a contact", () => {
  it("run in order as one event, and are in the history with what followed", async () => {
    const { id } = await aContact();
    server.pass(1000);
    const answer = await tenant.call("POST", `/contacts/${id}/actions`, {
      body: {
        actions: [
          { action: "add_tag", args: { tag: "vip" } },
          { action: "add_note", args: { text: "Asked for a call" } },
        ],
      },
    });
    expect(answer.json()).toMatchObject({ repeated: false, results: [{ ok: true }, { ok: true }] });
    const { data } = (await tenant.call("GET", `/contacts/${id}/events`)).json();
    expect(data).toMatchObject([
      {
        kind: "actions",
        source: "api",
        at: "2026-01-15T12:00:01.000Z",
        facts: [{ kind: "tag_added", tag: "vip" }, { kind: "note_added" }],
      },
      { kind: "actions", source: "api" },
    ]);
    expect((await tenant.call("GET", `/contacts/${id}/notes`)).json().data).toMatchObject([
      { text: "Asked for a call", author: "api" },
    ]);
  });

  it("are refused whole where one of them cannot be", async () => {
    const { id } = await aContact();
    const answer = await tenant.call("POST", `/contacts/${id}/actions`, {
      body: {
        actions: [
          { action: "add_tag", args: { tag: "vip" } },
          { action: "explode", args: {} },
        ],
      },
    });
    expect([answer.statusCode, answer.json().error]).toMatchObject([
      422,
      { code: "action.refused", details: { code: "action.unknown" } },
    ]);
    expect((await tenant.call("GET", `/contacts/${id}`)).json()).toMatchObject({ tags: [] });
  });

  it("may be a single call", async () => {
    const { id } = await aContact();
    await tenant.call("POST", `/contacts/${id}/actions`, { body: { action: "add_label", args: { label: "hot" } } });
    expect((await tenant.call("GET", `/contacts/${id}`)).json()).toMatchObject({ labels: ["hot"] });
  });

  it("are listed with their arguments as JSON Schema", async () => {
    const { data } = (await tenant.call("GET", "/actions")).json();
    const addTag = data.find(({ name }: { name: string }) => name === "add_tag");
    expect(addTag).toMatchObject({ group: "tags", args: { type: "object", properties: { tag: { type: "string" } } } });
  });
});

describe("a history of many pages", () => {
  it("is read newest first without gaps, also where events have the same time", async () => {
    const { id } = await aContact();
    for (let count = 0; count < 4; count += 1) {
      await tenant.call("POST", `/contacts/${id}/actions`, { body: { action: "add_tag", args: { tag: `t${count}` } } });
    }
    const whole = (await tenant.call("GET", `/contacts/${id}/events`)).json().data;
    const first = (await tenant.call("GET", `/contacts/${id}/events?limit=3`)).json();
    const second = (await tenant.call("GET", `/contacts/${id}/events?limit=3&cursor=${first.nextCursor}`)).json();
    expect([...first.data, ...second.data]).toEqual(whole);
    expect(whole[0].facts).toMatchObject([{ tag: "t3" }]);
    expect(second.nextCursor).toBeNull();
  });
});

describe("an Idempotency-Key", () => {
  it("makes one contact of two requests", async () => {
    const first = await aContact({ name: "Ann" }, "k1");
    expect(await aContact({ name: "Ann" }, "k1")).toEqual(first);
    expect(await countContacts()).toBe(1);
  });

  it("makes one contact of two requests that come at once", async () => {
    const [first, second] = await Promise.all([aContact({ name: "Ann" }, "k1"), aContact({ name: "Ann" }, "k1")]);
    expect(second.id).toBe(first.id);
    expect(await countContacts()).toBe(1);
  });

  it("runs actions once, and gives the first results again", async () => {
    const { id } = await aContact();
    const options = { key: "k2", body: { action: "add_tag", args: { tag: "vip" } } };
    const first = await tenant.call("POST", `/contacts/${id}/actions`, options);
    await tenant.call("POST", `/contacts/${id}/actions`, { body: { action: "remove_tag", args: { tag: "vip" } } });
    const second = await tenant.call("POST", `/contacts/${id}/actions`, options);
    expect(second.json()).toEqual({ ...first.json(), repeated: true });
    expect((await tenant.call("GET", `/contacts/${id}`)).json()).toMatchObject({ tags: [] });
  });

  it("refuses a repetition that is another request", async () => {
    const { id } = await aContact();
    await tenant.call("POST", `/contacts/${id}/actions`, {
      key: "k3",
      body: { action: "add_tag", args: { tag: "a" } },
    });
    const other = { key: "k3", body: { action: "add_tag", args: { tag: "b" } } };
    const answer = await tenant.call("POST", `/contacts/${id}/actions`, other);
    expect([answer.statusCode, answer.json().error.code]).toEqual([422, "idempotency.mismatch"]);
    expect((await tenant.call("POST", "/tags", { key: "k3", body: { name: "c" } })).json().error.code).toBe(
      "idempotency.mismatch",
    );
  });

  it("is the token's own: another token may use the same", async () => {
    const token = await tenant.mintToken({});
    const first = await aContact({ name: "Ann" }, "k4");
    const body = { bot: tenant.bot.ref, name: "Ann" };
    expect((await tenant.call("POST", "/contacts", { body, key: "k4", token })).json().id).not.toBe(first.id);
  });

  it("also covers the deleting, which a repetition finds done", async () => {
    const { id } = await aContact();
    expect((await tenant.call("DELETE", `/contacts/${id}`, { key: "k5" })).statusCode).toBe(204);
    expect((await tenant.call("DELETE", `/contacts/${id}`, { key: "k5" })).statusCode).toBe(204);
    expect((await tenant.call("DELETE", `/contacts/${id}`)).statusCode).toBe(404);
  });

  it("of a refused request is free for the corrected one", async () => {
    const { id } = await aContact();
    const refused = { key: "k6", body: { action: "start_flow", args: { flow: "nosuch" } } };
    expect((await tenant.call("POST", `/contacts/${id}/actions`, refused)).statusCode).toBe(422);
    expect((await tenant.call("POST", `/contacts/${id}/actions`, refused)).statusCode).toBe(422);
  });

  it("that is no key is refused", async () => {
    expect((await tenant.call("POST", "/tags", { key: "with space", body: { name: "x" } })).statusCode).toBe(422);
  });
});

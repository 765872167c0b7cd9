import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aReceiver, type Receiver } from "../../../test/receiver.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
let mine: Tenant;
let other: Tenant;
let receiver: Receiver;
beforeAll(async () => {
  server = await testServer();
  receiver = await aReceiver();
  [mine, other] = [await aTenant(server), await aTenant(server)];
});
afterAll(async () => {
  await server.close();
  await receiver.close();
});

const hook = (more: object = {}) => ({ name: "CRM", url: `${receiver.url}/crm`, events: ["tag_added"], ...more });
const make = async (more: object = {}, tenant = mine) => {
  const answer = await tenant.call("POST", "/webhooks", { body: hook(more) });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
};
const codeOf = (answer: { json(): { error: { code: string } } }) => answer.json().error.code;

/** One delivery that the webhook is owed. */
async function aDelivery(tenant: Tenant, id: number) {
  const contact = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, name: "Ann" } })).json();
  const actions = [{ action: "add_tag", args: { tag: "vip" } }];
  await tenant.call("POST", `/contacts/${contact.id}/actions`, { body: { actions } });
  const { data } = (await tenant.call("GET", `/webhooks/${id}/deliveries`)).json();
  return data[0];
}

describe("webhooks", () => {
  it("are made, with a secret that is shown once and kept sealed", async () => {
    const given = { headers: { "X-Key": "header-value" }, basicAuth: { username: "u", password: "pass-word" } };
    const answer = await mine.call("POST", "/webhooks", { body: hook(given), key: "make-1" });
    const { secret, ...made } = answer.json();
    expect(secret).toMatch(/^[\w-]{32}$/);
    expect(made).toMatchObject({
      botId: null,
      format: "native",
      headerNames: ["X-Key"],
      hasBasicAuth: true,
      error: null,
    });
    expect((await mine.call("POST", "/webhooks", { body: hook(given), key: "make-1" })).json()).toEqual(answer.json());
    expect((await mine.call("GET", `/webhooks/${made.id}`)).json()).toEqual(made);
    const rows = await server.database.db.selectFrom("webhooks").selectAll().execute();
    const kept = await server.database.db.selectFrom("idempotencyKeys").selectAll().execute();
    for (const word of [secret, "header-value", "pass-word"]) expect(JSON.stringify([rows, kept])).not.toContain(word);
  });

  it("keep values of headers that stay, and no others", async () => {
    const { id } = await make({ headers: { "x-a": "secret-a", "x-b": "secret-b" } });
    const change = (headers: object) => mine.call("PATCH", `/webhooks/${id}`, { body: { headers } });
    expect((await change({ "x-a": null, "x-c": "secret-c" })).json().headerNames).toEqual(["x-a", "x-c"]);
    expect((await change({ "x-b": null })).json().error).toMatchObject({
      code: "request.invalid",
      details: [{ path: "headers.x-b" }],
    });
    await mine.call("POST", `/webhooks/${id}/test`);
    const { headers } = receiver.calls.at(-1) ?? { headers: {} };
    expect(headers).toMatchObject({ "x-a": "secret-a", "x-c": "secret-c" });
    expect(headers).not.toHaveProperty("x-b");
  });

  it("are listed, changed and deleted by their workspace alone", async () => {
    const { id } = await make();
    expect((await mine.call("GET", "/webhooks")).json().data.map((one: { id: number }) => one.id)).toContain(id);
    expect((await other.call("GET", "/webhooks")).json().data).toEqual([]);
    for (const method of ["GET", "PATCH", "DELETE"] as const) {
      const body = method === "PATCH" ? { body: { name: "stolen" } } : {};
      const answer = await other.call(method, `/webhooks/${id}`, body);
      expect([method, answer.statusCode, codeOf(answer)]).toEqual([method, 404, "webhook.not_found"]);
    }
    const changed = await mine.call("PATCH", `/webhooks/${id}`, { body: { events: ["message_in"], active: false } });
    expect(changed.json()).toMatchObject({ name: "CRM", events: ["message_in"], active: false });
    expect((await mine.call("DELETE", `/webhooks/${id}`)).statusCode).toBe(204);
    expect((await mine.call("GET", `/webhooks/${id}`)).statusCode).toBe(404);
  });

  it.each([
    [{ events: [] }, "request.invalid"],
    [{ events: ["tag_eaten"] }, "request.invalid"],
    [{ url: "ftp://example.com/" }, "webhook.bad_url"],
    [{ url: "https://u:p@example.com/" }, "webhook.bad_url"],
    [{ headers: { Host: "x" } }, "webhook.bad_url"],
    [{ headers: { "X-A": "a\r\nX-B: b" } }, "webhook.bad_url"],
    [{ secret: "short" }, "request.invalid"],
  ])("are refused with %j: %s", async (more, code) => {
    const answer = await mine.call("POST", "/webhooks", { body: hook(more) });
    expect([answer.statusCode, codeOf(answer)]).toEqual([422, code]);
  });

  it("in UChat's form hear of messages alone, and need no events", async () => {
    const make = (more: object) =>
      mine.call("POST", "/webhooks", { body: { name: "Chat", url: `${receiver.url}/chat`, format: "uchat", ...more } });
    for (const more of [{}, { events: ["message_in"] }]) {
      const made = (await make(more)).json();
      expect(made).toMatchObject({ format: "uchat", events: ["message_in"], messageMatch: null });
    }
    const { id } = (await make({})).json();
    const words = { match: "contains", words: ["price"] };
    const change = (body: object) => mine.call("PATCH", `/webhooks/${id}`, { body });
    for (const [path, more] of [
      ["events", { events: ["tag_added"] }],
      ["events", { events: ["message_in", "tag_added"] }],
      ["messageMatch", { messageMatch: words }],
    ] as const) {
      for (const answer of [await make(more), await change(more)]) {
        expect(answer.statusCode).toBe(422);
        expect(answer.json().error).toMatchObject({
          code: "request.invalid",
          message: expect.stringContaining("in UChat's form"),
          details: [{ path }],
        });
      }
    }
    expect((await change({ name: "Live chat", events: ["message_in"] })).json()).toMatchObject({ name: "Live chat" });
    const native = await mine.call("POST", "/webhooks", { body: { name: "x", url: `${receiver.url}/chat` } });
    expect(native.json().error).toMatchObject({ code: "request.invalid", details: [{ path: "events" }] });
  });

  it("of a bot's token are that bot's", async () => {
    const token = await mine.mintToken({ botId: mine.bot.id });
    const answer = await mine.call("POST", "/webhooks", { body: hook(), token });
    expect(answer.json()).toMatchObject({ botId: mine.bot.id });
    const { id } = await make();
    expect((await mine.call("GET", `/webhooks/${id}`, { token })).statusCode).toBe(404);
    const foreign = await mine.call("POST", "/webhooks", { body: hook({ bot: other.bot.ref }) });
    expect(codeOf(foreign)).toBe("bot.not_found");
    const narrow = await mine.mintToken({ scopes: ["settings:read"] });
    expect((await mine.call("POST", "/webhooks", { body: hook(), token: narrow })).statusCode).toBe(403);
    expect((await mine.call("GET", "/webhooks", { token: "wrong" })).statusCode).toBe(401);
  });

  it("are tried with a ping", async () => {
    const { id } = await make({ url: `${receiver.url}/ping` });
    expect((await mine.call("POST", `/webhooks/${id}/test`)).json()).toMatchObject({
      ok: true,
      status: 200,
      error: null,
    });
    expect(JSON.parse(receiver.at("/ping")[0]?.body ?? "")).toMatchObject({ event: "ping" });
    const inside = await make({ url: "http://192.168.0.1/" });
    expect((await mine.call("POST", `/webhooks/${inside.id}/test`)).json()).toMatchObject({
      ok: false,
      status: null,
      error: expect.stringContaining("not public"),
    });
    expect((await other.call("POST", `/webhooks/${id}/test`)).statusCode).toBe(404);
  });

  it("in ChatBot's form have to know the challenge", async () => {
    receiver.answer("/knows", ({ query }, response) => {
      response.statusCode = query.get("token") === "12345678" ? 200 : 401;
      response.end(query.get("challenge"));
    });
    const chatbot = { format: "chatbot", events: ["message_in"], url: `${receiver.url}/knows` };
    await make({ ...chatbot, secret: "12345678" });
    for (const wrong of [{ secret: "87654321" }, { secret: "12345678", url: `${receiver.url}/silent` }]) {
      const answer = await mine.call("POST", "/webhooks", { body: hook({ ...chatbot, ...wrong }) });
      expect([answer.statusCode, codeOf(answer)]).toEqual([502, "webhook.challenge_failed"]);
    }
  });
});

describe("a view of a contact's profile", () => {
  it("is told to webhooks that want to hear it, and written down for no other", async () => {
    const tenant = await aTenant(server);
    const { id } = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, name: "Ann" } })).json();
    const view = async () => (await tenant.call("POST", `/contacts/${id}/view`)).statusCode;
    const events = async () => (await tenant.call("GET", `/contacts/${id}/events`)).json().data.length as number;
    const before = await events();
    expect([await view(), await events()]).toEqual([204, before]);
    const made = await make({ events: ["profile_viewed"] }, tenant);
    expect([await view(), await events()]).toEqual([204, before + 1]);
    const { data } = (await tenant.call("GET", `/webhooks/${made.id}/deliveries`)).json();
    expect(data).toMatchObject([{ event: "profile_viewed", body: { data: { agent: null }, contact: { id } } }]);
    expect((await other.call("POST", `/contacts/${id}/view`)).statusCode).toBe(404);
  });
});

describe("deliveries", () => {
  it("come with the event that they tell of, in one transaction, and as jobs", async () => {
    const { id } = await make();
    const delivery = await aDelivery(mine, id);
    expect(delivery).toMatchObject({
      event: "tag_added",
      status: "waiting",
      attempts: 0,
      body: { event: "tag_added", data: { tag: "vip" } },
    });
    expect(server.enqueued).toContainEqual(
      expect.objectContaining({ kind: "deliver-webhook", data: { delivery: delivery.id } }),
    );
    expect((await other.call("GET", `/webhooks/${id}/deliveries`)).statusCode).toBe(404);
  });

  it("go with the contact that they tell of", async () => {
    const { id } = await make();
    const { contactId } = await aDelivery(mine, id);
    await mine.call("DELETE", `/contacts/${contactId}`);
    expect((await mine.call("GET", `/webhooks/${id}/deliveries`)).json().data).toEqual([]);
  });

  it("come in pages, and by status", async () => {
    const { id } = await make();
    for (let n = 0; n < 3; n += 1) await aDelivery(mine, id);
    const first = (await mine.call("GET", `/webhooks/${id}/deliveries?limit=2`)).json();
    const second = (await mine.call("GET", `/webhooks/${id}/deliveries?limit=2&cursor=${first.nextCursor}`)).json();
    expect([first.data.length, second.data.length, second.nextCursor]).toEqual([2, 1, null]);
    expect(new Set([...first.data, ...second.data].map((one: { id: string }) => one.id)).size).toBe(3);
    expect((await mine.call("GET", `/webhooks/${id}/deliveries?status=dead`)).json().data).toEqual([]);
  });

  it("that failed and wait say when they are tried again", async () => {
    const { id } = await make();
    const delivery = await aDelivery(mine, id);
    const next = async (change: object) => {
      const rows = server.database.db.updateTable("webhookDeliveries").set(change).where("id", "=", delivery.id);
      await rows.execute();
      return (await mine.call("GET", `/webhooks/${id}/deliveries`)).json().data[0].nextTryAt;
    };
    const triedAt = new Date("2026-05-01T10:00:00Z");
    expect(delivery.nextTryAt).toBeNull();
    expect(await next({ attempts: 3, triedAt })).toBe("2026-05-01T10:02:00.000Z");
    expect(await next({ status: "dead" })).toBeNull();
  });

  it("that are dead are sent again; those that wait are not", async () => {
    const { id } = await make();
    const delivery = await aDelivery(mine, id);
    const path = `/webhooks/${id}/deliveries/${delivery.id}/retry`;
    const early = await mine.call("POST", path);
    expect([early.statusCode, codeOf(early)]).toEqual([409, "webhook.delivery_waiting"]);
    const { db } = server.database;
    await db
      .updateTable("webhookDeliveries")
      .set({ status: "dead", attempts: 8 })
      .where("id", "=", delivery.id)
      .execute();
    expect((await other.call("POST", path)).statusCode).toBe(404);
    const before = server.enqueued.length;
    const answer = await mine.call("POST", path);
    expect([answer.statusCode, answer.json().status, answer.json().attempts]).toEqual([202, "waiting", 0]);
    expect(server.enqueued.slice(before)).toMatchObject([{ data: { delivery: delivery.id } }]);
    expect((await mine.call("POST", path)).statusCode).toBe(409);
    server.pass(25 * 3_600_000);
    expect((await mine.call("POST", path)).statusCode).toBe(202);
    const { id: another } = await make();
    const foreign = await mine.call("POST", `/webhooks/${another}/deliveries/${delivery.id}/retry`);
    expect(codeOf(foreign)).toBe("webhook.delivery_not_found");
  });
});

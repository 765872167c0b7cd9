import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aTelegramChannel } from "../../../test/telegram-channel.ts";
import type { MessageStatus } from "../../model/message.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
let contactId: number;
beforeEach(async () => {
  tenant = await aTenant(server);
  const channel = await aTelegramChannel(server, tenant);
  await channel.hear("hi", { id: 9, first_name: "Ann" });
  contactId = (await tenant.call("GET", "/contacts")).json().data[0].id;
});

const send = (body: object, key?: string) =>
  tenant.call("POST", `/contacts/${contactId}/messages`, { body, ...(key === undefined ? {} : { key }) });

describe("a message by the API", () => {
  it("is queued for the channel on which the person was heard, its text rendered", async () => {
    const answer = await send({ text: "Hello, {{ contact.first_name }}!" });
    expect(answer.statusCode).toBe(202);
    const [message] = answer.json().messages;
    expect(message).toMatchObject({ direction: "out", status: "queued", content: { text: "Hello, Ann!" } });
    expect((await tenant.call("GET", `/messages/${message.id}`)).json()).toEqual(message);
    const conversation = (await tenant.call("GET", `/contacts/${contactId}/messages`)).json().data;
    expect(conversation.map(({ direction }: { direction: string }) => direction)).toEqual(["out", "in"]);
  });

  it("stands in the contact's history as it was sent, beside what was asked for", async () => {
    await send({ text: "Hi {{ contact.first_name }}{{contact.nmae}}" });
    await tenant.call("POST", `/contacts/${contactId}/actions`, { body: { action: "add_tag", args: { tag: "k" } } });
    const { data } = (await tenant.call("GET", `/contacts/${contactId}/events`)).json();
    const sent = data.map(({ kind, sent: texts }: { kind: string; sent?: string[] }) => [kind, texts]);
    expect(sent).toEqual([
      ["actions", undefined],
      ["actions", ["Hi Ann"]],
      ["message", undefined],
    ]);
  });

  it("is sent once by one key", async () => {
    const first = (await send({ text: "once" }, "m1")).json();
    expect((await send({ text: "once" }, "m1")).json()).toEqual({ ...first, repeated: true });
    expect((await tenant.call("GET", "/messages?status=queued")).json().data).toHaveLength(1);
  });

  it("is refused with nothing in it, and to whom no channel leads", async () => {
    expect((await send({})).json().error.code).toBe("request.invalid");
    const { id } = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id } })).json();
    const answer = await tenant.call("POST", `/contacts/${id}/messages`, { body: { text: "x" } });
    expect([answer.statusCode, answer.json().error]).toMatchObject([
      422,
      { code: "action.refused", details: { code: "message.not_sendable" } },
    ]);
  });
});

describe("a message that did not get through", () => {
  async function aMessage(status: MessageStatus): Promise<number> {
    const { id } = (await send({ text: status })).json().messages[0];
    const change = { status, error: "no", attempts: 3, leaseOwner: 1 };
    await server.database.db.updateTable("messages").set(change).where("id", "=", id).execute();
    return id;
  }

  it.each(["failed", "uncertain"] as const)("is found as %s, and sent again on demand", async (status) => {
    const id = await aMessage(status);
    const found = (await tenant.call("GET", "/messages?status=failed&status=uncertain")).json().data;
    expect(found).toMatchObject([{ id, status, error: "no" }]);
    const answer = await tenant.call("POST", `/messages/${id}/retry`);
    expect([answer.statusCode, answer.json()]).toMatchObject([202, { status: "queued", error: null, attempts: 0 }]);
    const row = server.database.db.selectFrom("messages").select("leaseOwner").where("id", "=", id);
    expect(await row.executeTakeFirst()).toEqual({ leaseOwner: null });
  });

  it("is sent again once for a key, which keeps nothing of what it says", async () => {
    const id = await aMessage("failed");
    const again = () => tenant.call("POST", `/messages/${id}/retry`, { headers: { "idempotency-key": "once" } });
    const [first, second] = [await again(), await again()];
    expect([first.statusCode, second.statusCode, second.json().id]).toEqual([202, 202, id]);
    const kept = server.database.db.selectFrom("idempotencyKeys").select("body").where("key", "=", "once");
    expect(await kept.executeTakeFirst()).toEqual({ body: { id } });
  });

  it.each(["queued", "sent", "skipped"] as const)("but is %s is not sent again", async (status) => {
    const answer = await tenant.call("POST", `/messages/${await aMessage(status)}/retry`);
    expect([answer.statusCode, answer.json().error.code]).toEqual([409, "message.not_retryable"]);
  });
});

describe("an event that broke", () => {
  it("is listed with the reason", async () => {
    const { db } = server.database;
    await db
      .updateTable("events")
      .set({ failed: "Error: a step broke\n    at somewhere" })
      .where("contactId", "=", contactId)
      .execute();
    expect((await tenant.call("GET", "/events/failed")).json().data).toMatchObject([
      { contactId, kind: "message", failed: "Error: a step broke" },
    ]);
  });
});

import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aTelegramChannel } from "../../../test/telegram-channel.ts";
import { writeDeliveries } from "../../store/delivery-store.ts";
import { logIntegrationCall } from "../../store/integration-log-store.ts";
import { createWebhook } from "../../store/webhook-store.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
let stranger: Tenant;
let contactId: number;
let hear: (text: string) => Promise<unknown>;
beforeEach(async () => {
  tenant = await aTenant(server);
  stranger = await aTenant(server);
  const channel = await aTelegramChannel(server, tenant);
  hear = async (text) => await channel.hear(text, { id: 9, first_name: "Ann" });
  await hear("hi");
  contactId = (await tenant.call("GET", "/contacts")).json().data[0].id;
});

/** Goes through all of them, as the pages do. */
async function retryAll(path: string, body: object = {}, from = tenant): Promise<number[]> {
  const passes: number[] = [];
  let cursor: string | undefined;
  do {
    const answer = await from.call("POST", path, { body: { ...body, ...(cursor === undefined ? {} : { cursor }) } });
    expect(answer.statusCode, answer.body).toBe(202);
    passes.push(answer.json().retried);
    cursor = answer.json().nextCursor ?? undefined;
  } while (cursor !== undefined && passes.length < 20);
  return passes;
}

describe("all messages that failed", () => {
  async function fill(count: number, status: "failed" | "uncertain" | "sent"): Promise<void> {
    const message = (await tenant.call("POST", `/contacts/${contactId}/messages`, { body: { text: "x" } })).json()
      .messages[0];
    await sql`
      insert into messages (contact_id, channel_id, direction, event_id, ordinal, content, status, attempts, created_at)
      select contact_id, channel_id, direction, event_id, n, content, ${status}, 3, created_at
      from messages, generate_series(1, ${count}) n where id = ${message.id}`.execute(server.database.db);
    await server.database.db.updateTable("messages").set({ status: "sent" }).where("id", "=", message.id).execute();
  }
  const count = async (status: string) => {
    const rows = await server.database.db
      .selectFrom("messages")
      .select(["id", "attempts"])
      .where("contactId", "=", contactId)
      .where("status", "=", status as "failed")
      .execute();
    return rows.length;
  };

  it("are sent again in passes; uncertain ones only where it is asked for", async () => {
    await fill(501, "failed");
    await fill(2, "uncertain");
    expect(await retryAll("/messages/retry", {}, stranger)).toEqual([0]);
    expect(await retryAll("/messages/retry")).toEqual([500, 1]);
    expect([await count("failed"), await count("uncertain"), await count("queued")]).toEqual([0, 2, 501]);
    expect(await retryAll("/messages/retry", { status: ["uncertain"], channelId: 1_000_000 })).toEqual([0]);
    expect(await retryAll("/messages/retry", { status: ["failed", "uncertain"] })).toEqual([2]);
  });
});

describe("all events that could not be handled", () => {
  it("are handed in again, those of one contact in their order; one that fails again is not met twice", async () => {
    const { db } = server.database;
    for (const text of ["one", "two", "three"]) await hear(text);
    const broken = db.updateTable("events").set({ failed: "broke", facts: "[]" }).where("contactId", "=", contactId);
    await broken.where("kind", "=", "message").execute();
    const before = (await tenant.call("GET", "/events/failed")).json().data.map(({ id }: { id: number }) => id);
    expect(before).toHaveLength(4);
    expect(await retryAll("/events/retry", {}, stranger)).toEqual([0]);
    server.pass(1_000);
    expect(await retryAll("/events/retry")).toEqual([4]);
    expect((await tenant.call("GET", "/events/failed")).json().data).toEqual([]);
    const again = await db
      .selectFrom("events")
      .select("payload")
      .where("contactId", "=", contactId)
      .where("dedupeKey", "like", "retry:%")
      .orderBy("id")
      .execute();
    expect(JSON.stringify(again)).toMatch(/hi.*one.*two.*three/);
    expect(await retryAll("/events/retry")).toEqual([0]);
  });
});

describe("all calls that failed for good", () => {
  const fail = async (integrationId: number | undefined, at: number) =>
    await logIntegrationCall(server.database.db, {
      ...{ workspaceId: tenant.workspace.id, contactId, integration: "getcourse", direction: "out", ok: false },
      ...{ summary: "no", request: {}, response: {}, durationMs: 1, at: new Date(at) },
      ...(integrationId === undefined ? {} : { integrationId }),
      job: { kind: "call-integration", data: { contactId: 0, n: at } },
    });

  it("are enqueued again once each, up to the moment in which it began", async () => {
    await fail(undefined, server.now() - 2_000);
    await fail(undefined, server.now() - 1_000);
    await fail(undefined, server.now() + 60_000);
    expect(await retryAll("/integration-log/retry", {}, stranger)).toEqual([0]);
    expect(await retryAll("/integration-log/retry", { integrationId: 77 })).toEqual([0]);
    const before = server.enqueued.length;
    expect(await retryAll("/integration-log/retry")).toEqual([2]);
    expect(server.enqueued.slice(before)).toMatchObject([
      { kind: "call-integration", contactId, data: { contactId } },
      { kind: "call-integration", contactId, data: { contactId } },
    ]);
    expect(await retryAll("/integration-log/retry")).toEqual([0]);
  });
});

describe("all dead calls of a webhook", () => {
  it("wait again, each with its job", async () => {
    const { id: webhookId } = await createWebhook(
      server.database.db,
      { workspaceId: tenant.workspace.id, botId: null },
      {
        ...{ name: "CRM", url: "https://example.com/hook", events: ["tag_added"], format: "native", secret: "s" },
        ...{ headers: {}, basicAuth: null, messageMatch: null, active: true },
      },
      server.secretKey,
    );
    const { db } = server.database;
    const ids = Array.from({ length: 3 }, () => crypto.randomUUID());
    const call = { webhookId, contactId, eventId: 1, event: "tag_added", body: "{}", at: server.now() } as const;
    await writeDeliveries(
      db,
      ids.map((id) => ({ id, ...call })),
    );
    await db.updateTable("webhookDeliveries").set({ status: "dead" }).where("id", "in", ids.slice(0, 2)).execute();
    const path = `/webhooks/${webhookId}/deliveries/retry`;
    expect((await stranger.call("POST", path, { body: {} })).statusCode).toBe(404);
    const before = server.enqueued.length;
    expect(await retryAll(path)).toEqual([2]);
    expect(server.enqueued.slice(before).map(({ data }) => data)).toEqual([{ delivery: ids[0] }, { delivery: ids[1] }]);
    expect((await tenant.call("GET", `/webhooks/${webhookId}/deliveries?status=dead`)).json().data).toEqual([]);
  });
});

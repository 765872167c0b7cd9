import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { listDeliveries, type NewDelivery, writeDeliveries } from "./delivery-store.ts";
import { createWorkspace } from "./workspace-store.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

it("keeps deliveries in their order, and leaves out those of a webhook that was deleted a moment ago", async () => {
  const { db } = database;
  const { id: workspaceId } = await createWorkspace(db, { domain: "deliveries", name: "Deliveries" });
  const { id: webhookId } = await db
    .insertInto("webhooks")
    .values({
      workspaceId,
      name: "CRM",
      url: "https://receiver.invalid/",
      events: JSON.stringify(["tag_added"]),
      format: "native",
      secrets: "",
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const to = (webhook: number, body: string): NewDelivery => ({
    ...{
      id: randomUUID(),
      webhookId: webhook,
      contactId: 1,
      eventId: 2,
      event: "tag_added",
      body,
      at: 1_700_000_000_000,
    },
  });
  await writeDeliveries(db, [
    to(webhookId, "1"),
    to(webhookId + 1_000_000, "gone"),
    to(webhookId, "2"),
    to(webhookId, "3"),
  ]);
  const kept = await listDeliveries(db, webhookId, {}, { limit: 10 });
  expect(kept.map(({ body }) => body)).toEqual(["3", "2", "1"]);
  expect(kept[0]).toMatchObject({
    contactId: 1,
    eventId: 2,
    status: "waiting",
    createdAt: new Date(1_700_000_000_000),
  });
});

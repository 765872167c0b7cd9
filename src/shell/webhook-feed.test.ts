import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aShop, contactOf, echoFlow, type TestShell, testShell } from "../../test/shell.ts";
import { advance } from "../steps/advance.ts";
import { listDeliveries } from "../store/delivery-store.ts";
import { findFailedEvent, listEvents } from "../store/event-store.ts";
import { createWebhook } from "../store/webhook-store.ts";
import { retryEvent } from "./retry-event.ts";

const secretKey = randomBytes(32);
let isBroken = false;
let database: TestDatabase;
let one: TestShell;
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database, {
    secretKey,
    jobKinds: { "deliver-webhook": { kind: "deliver-webhook", retryLimit: 0, run: async () => {} } },
    advance: (world, event) => {
      if (isBroken) throw new Error("a bug in a step");
      return advance(world, event);
    },
  });
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

const given = {
  format: "native",
  name: "hook",
  url: "https://receiver.invalid/",
  events: ["message_in", "message_out", "tag_added"],
  messageMatch: null,
  active: true,
  secret: "s3cret-s3cret",
  headers: {},
  basicAuth: null,
} as const;

const deliveriesTo = (hook: number) => listDeliveries(database.db, hook, {}, { limit: 50 });
const eventsHeardBy = async (hook: number) => (await deliveriesTo(hook)).map(({ event }) => event).toReversed();

describe("webhooks", () => {
  it("that name words hear only of messages with one of them, and of everything else as ever", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const values = { ...given, messageMatch: { match: "contains", words: ["price", "how much"] } } as const;
    const hook = await createWebhook(
      database.db,
      { workspaceId: shop.workspaceId, botId: shop.botId },
      values,
      secretKey,
    );
    for (const text of ["Hello", "How  MUCH is it?", "the price, please", "bye"]) {
      await one.shell.submit(shop.from("cem", text));
    }
    const told = (await deliveriesTo(hook.id)).map(({ event, body }) => [event, JSON.parse(body).data.text]);
    expect(told.filter(([event]) => event === "message_in").map(([, text]) => text)).toEqual([
      "the price, please",
      "How  MUCH is it?",
    ]);
    expect(told.filter(([event]) => event === "message_out")).toHaveLength(4);
  });

  it("hear once of a message whose event failed and was tried again, also if it fails again; so does the conversation", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const { workspaceId } = shop;
    const hook = await createWebhook(database.db, { workspaceId, botId: null }, given, secretKey);
    const heard = async () => await eventsHeardBy(hook.id);
    isBroken = true;
    const ann = contactOf(await one.shell.submit(shop.from("ann", "hello")));
    expect(await heard()).toEqual(["message_in"]);
    const retry = async () => {
      const [failed] = await listEvents(database.db, { workspaceId }, { contactId: ann, failed: true }, { limit: 9 });
      const event = await findFailedEvent(database.db, { workspaceId }, failed?.id ?? 0);
      if (event === undefined) throw new Error("nothing failed");
      return await retryEvent(database.db, one.shell.submit, event);
    };
    expect((await retry()).status).toBe("refused");
    expect(await heard()).toEqual(["message_in"]);
    isBroken = false;
    expect((await retry()).status).toBe("done");
    expect(await heard()).toEqual(["message_in", "tag_added", "message_out"]);
    const said = await database.db
      .selectFrom("messages")
      .select(["direction", "content"])
      .where("contactId", "=", ann)
      .orderBy("id")
      .execute();
    expect(said.map(({ direction, content }) => [direction, content.text])).toEqual([
      ["in", "hello"],
      ["out", "re: hello"],
    ]);
  });
});

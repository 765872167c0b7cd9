import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { aReceiver, type Receiver } from "../../../test/receiver.ts";
import { aShop, contactOf, echoFlow, type Shop, type TestShell, testShell } from "../../../test/shell.ts";
import { until } from "../../../test/until.ts";
import type { Happening } from "../../model/event.ts";
import { listDeliveries } from "../../store/delivery-store.ts";
import { createWebhook } from "../../store/webhook-store.ts";
import { jobKinds } from "./index.ts";

const secretKey = randomBytes(32);
let database: TestDatabase;
let one: TestShell;
let receiver: Receiver;
beforeAll(async () => {
  database = await testDatabase();
  receiver = await aReceiver();
  one = await testShell(database, { jobKinds, secretKey });
});
afterAll(async () => {
  await receiver.close();
  await one.stop();
  await database.close();
});

async function aLiveChat(shop: Shop, path: string) {
  const values = { format: "uchat", name: path, url: `${receiver.url}${path}`, events: ["message_in"] } as const;
  const given = { active: true, secret: "s3cret-s3cret", headers: { "X-Own": "yes" }, basicAuth: null };
  const owner = { workspaceId: shop.workspaceId, botId: null };
  return await createWebhook(database.db, owner, { ...values, ...given, messageMatch: null }, secretKey);
}

const tell = async (shop: Shop, person: string, what: string | Happening, key?: string) =>
  contactOf(await one.shell.submit(shop.from(person, what, key)));
const act = (contactId: number, action: string, args: Record<string, unknown> = {}) =>
  one.shell.submit({
    target: { contactId },
    happening: { kind: "actions", actions: [{ action, args }] },
    source: "uchat",
  });
const deliveriesOf = async (id: number) => (await listDeliveries(database.db, id, {}, { limit: 50 })).toReversed();
const heardAt = (path: string) => receiver.at(path).map(({ body }) => JSON.parse(body).message.content);
const byText = (a: string, b: string) => (a < b ? -1 : 1);

describe("a webhook in UChat's form", () => {
  it("tells of what is written while the bot is silent to the contact, and of nothing else", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const hook = await aLiveChat(shop, "/chat");
    const ann = await tell(shop, "ann", "before");
    await act(ann, "pause_bot", { minutes: 5 });
    const message = { text: "help", externalId: "m-17", attachments: [] };
    await tell(shop, "ann", { kind: "message", message }, "17");
    await tell(shop, "ann", { kind: "message", message }, "17");
    await tell(shop, "bob", "the bot answers me");
    await tell(shop, "ann", { kind: "button", payload: "gone:yes", title: "Yes" });
    await tell(shop, "ann", { kind: "button", payload: "gone:yes" });
    await act(ann, "add_tag", { tag: "vip" });
    await act(ann, "resume_bot");
    await tell(shop, "ann", "after");
    await until("both are told", () => receiver.at("/chat").length >= 2, { withinMs: 20_000 });
    expect((await deliveriesOf(hook.id)).map(({ event }) => event)).toEqual(["message_in", "message_in"]);
    expect(heardAt("/chat").sort(byText)).toEqual(["Yes", "help"]);
    const call = receiver.at("/chat").find(({ body }) => body.includes("m-17"));
    const { id } = await database.db
      .selectFrom("messages")
      .select("id")
      .where("contactId", "=", ann)
      .where("externalId", "=", "m-17")
      .executeTakeFirstOrThrow();
    expect(JSON.parse(call?.body ?? "")).toEqual({
      meta: { user_ns: `f${shop.botId}u${ann}`, agent_id: 0, flow_ns: `f${shop.botId}`, team_id: shop.workspaceId },
      message: {
        ...{ _id: id, mid: "m-17", id, type: "in", msg_type: "text", content: "help", agent_id: 0 },
        ...{ payload: { text: "help", url: "" }, sender_id: `f${shop.botId}u${ann}` },
        ts: Math.floor(one.clock.now() / 1000),
      },
    });
    expect(call?.headers).toMatchObject({ "x-own": "yes", "x-repartee-delivery": expect.any(String) });
    expect(call?.headers).not.toHaveProperty("x-repartee-signature");
  });

  it("begins after the message that pauses the bot, and ends with the pause", async () => {
    const pausing = {
      ...{ ref: "human", name: "Human", start: "pause", edges: [] },
      triggers: [{ kind: "default_reply" as const }],
      steps: [{ ref: "pause", kind: "action", config: { actions: [{ action: "pause_bot", args: { minutes: 5 } }] } }],
    };
    const shop = await aShop(one, { flows: [pausing] });
    const hook = await aLiveChat(shop, "/pausing");
    await tell(shop, "ann", "a person, please");
    await tell(shop, "ann", "are you there?");
    one.clock.pass(6 * 60_000);
    await tell(shop, "ann", "too late");
    const bodies = (await deliveriesOf(hook.id)).map(({ body }) => JSON.parse(body).message.content);
    expect(bodies).toEqual(["are you there?"]);
  });

  it("names each message of a batch by its own id, in their order", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const hook = await aLiveChat(shop, "/batch");
    const people = await Promise.all(["ann", "bob"].map((person) => tell(shop, person, "hi")));
    await Promise.all(people.map((contact) => act(contact, "pause_bot", { minutes: 5 })));
    await Promise.all(["1", "2", "3"].flatMap((text) => ["ann", "bob"].map((person) => tell(shop, person, text))));
    const told = (await deliveriesOf(hook.id)).map(({ body }) => JSON.parse(body).message);
    const stored = await database.db
      .selectFrom("messages")
      .select(["id", "content"])
      .where("contactId", "in", people)
      .where("direction", "=", "in")
      .orderBy("id")
      .execute();
    const expected = stored.filter(({ content }) => content.text !== "hi").map(({ id, content }) => [id, content.text]);
    expect(told.map(({ _id, content }) => [_id, content])).toEqual(expected);
    expect(expected).toHaveLength(6);
  });

  it("tells nothing of who is banned", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const hook = await aLiveChat(shop, "/banned");
    const ann = await tell(shop, "ann", "hi");
    await act(ann, "pause_bot", { minutes: 5 });
    await act(ann, "ban");
    await tell(shop, "ann", "let me in");
    expect(await deliveriesOf(hook.id)).toEqual([]);
  });

  it("is answered past the bot, which stays silent, and says nothing by its answer", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    receiver.answer("/answering", (_call, response) => {
      response.end(JSON.stringify({ responses: [{ type: "text", message: "not me" }] }));
    });
    const hook = await aLiveChat(shop, "/answering");
    const eve = await tell(shop, "eve", "hi");
    await act(eve, "pause_bot", { minutes: 5 });
    await tell(shop, "eve", "help");
    await until("it is told", async () => (await deliveriesOf(hook.id))[0]?.status === "delivered");
    expect(await act(eve, "send_message", { content: "I am here" })).toMatchObject({ status: "done" });
    await until("the answer is sent", () => one.platform.delivered("eve").includes("I am here"));
    expect(one.platform.delivered("eve")).toEqual(["re: hi", "I am here"]);
  });

  it("is tried again with the same body until it is taken", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    let failures = 1;
    receiver.answer("/shaky", (_call, response) => {
      failures -= 1;
      response.statusCode = failures >= 0 ? 503 : 200;
      response.end();
    });
    const hook = await aLiveChat(shop, "/shaky");
    const ann = await tell(shop, "ann", "hi");
    await act(ann, "pause_bot", { minutes: 5 });
    await tell(shop, "ann", "help");
    await until("it is taken", async () => (await deliveriesOf(hook.id))[0]?.status === "delivered", {
      withinMs: 20_000,
    });
    const bodies = receiver.at("/shaky").map(({ body }) => body);
    expect(bodies).toHaveLength(2);
    expect(new Set(bodies).size).toBe(1);
  });
});

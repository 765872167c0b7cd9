import { createHmac, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { aReceiver, type Receiver } from "../../../test/receiver.ts";
import { aShop, contactOf, echoFlow, type Shop, type TestShell, testShell } from "../../../test/shell.ts";
import { until } from "../../../test/until.ts";
import type { WebhookEvent, WebhookFormat } from "../../model/webhook.ts";
import { listDeliveries } from "../../store/delivery-store.ts";
import { createWebhook, getWebhook } from "../../store/webhook-store.ts";
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
  // First: the shell waits for calls under way, and one receiver hangs.
  await receiver.close();
  await one.stop();
  await database.close();
});

async function aHook(
  shop: Shop,
  path: string,
  events: readonly WebhookEvent[],
  { format = "native" as WebhookFormat, botId = null as number | null, active = true } = {},
) {
  const values = { format, name: path, url: `${receiver.url}${path}`, events, active, secret: "s3cret-s3cret" };
  const given = {
    ...values,
    messageMatch: null,
    headers: { "X-Own": "yes" },
    basicAuth: { username: "me", password: "pw" },
  };
  return await createWebhook(database.db, { workspaceId: shop.workspaceId, botId }, given, secretKey);
}

const tell = async (shop: Shop, person: string, text: string) =>
  contactOf(await one.shell.submit(shop.from(person, text)));
const act = (contactId: number, action: string, args: Record<string, unknown>) =>
  one.shell.submit({
    target: { contactId },
    happening: { kind: "actions", actions: [{ action, args }] },
    source: "api",
  });
const deliveriesOf = (id: number) => listDeliveries(database.db, id, {}, { limit: 50 });
const untilSettled = async (id: number, count: number) => {
  await until(
    "the deliveries are settled",
    async () => {
      const all = await deliveriesOf(id);
      return all.length === count && all.every(({ status }) => status !== "waiting");
    },
    { withinMs: 20_000 },
  );
  return await deliveriesOf(id);
};

describe("a webhook", () => {
  it("hears of what it asked for, of everybody in the workspace, signed, and of nothing else", async () => {
    const [shop, other] = [await aShop(one, { flows: [echoFlow] }), await aShop(one, { flows: [echoFlow] })];
    const hook = await aHook(shop, "/all", ["contact_created", "message_in", "message_out", "tag_added"]);
    await tell(other, "eve", "hello");
    const ann = await tell(shop, "ann", "hello");
    await act(ann, "add_label", { label: "vip" });
    await untilSettled(hook.id, 4);
    const bodies = receiver.at("/all").map(({ body }) => JSON.parse(body));
    expect(bodies.map(({ event }) => event).sort()).toEqual([
      "contact_created",
      "message_in",
      "message_out",
      "tag_added",
    ]);
    const said = bodies.find(({ event }) => event === "message_in");
    expect(said).toMatchObject({
      workspace: shop.workspaceId,
      bot: { id: shop.botId },
      contact: { id: ann, tags: ["seen"] },
      data: { text: "hello", channelId: shop.channelId },
    });
    expect(bodies.find(({ event }) => event === "message_out").data).toMatchObject({ text: "re: hello", flow: "echo" });
    expect(bodies.find(({ event }) => event === "tag_added").data).toEqual({ tag: "seen" });
    for (const { headers, body } of receiver.at("/all")) {
      const timestamp = headers["x-repartee-timestamp"];
      const mac = createHmac("sha256", "s3cret-s3cret").update(`${timestamp}.${body}`).digest("hex");
      expect(headers["x-repartee-signature"]).toBe(`sha256=${mac}`);
      expect(headers["x-repartee-delivery"]).toBe(JSON.parse(body).id);
      expect(headers).toMatchObject({ "x-own": "yes", authorization: `Basic ${btoa("me:pw")}` });
    }
  });

  it("of one bot hears nothing of another bot's contacts, and one that is switched off nothing at all", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const other = await aShop(one);
    const elsewhere = await aHook(shop, "/elsewhere", ["message_in"], { botId: other.botId });
    const silent = await aHook(shop, "/silent", ["message_in"], { active: false });
    const hears = await aHook(shop, "/hears", ["message_in"], { botId: shop.botId });
    await tell(shop, "ann", "hello");
    await untilSettled(hears.id, 1);
    expect(await deliveriesOf(elsewhere.id)).toEqual([]);
    expect(await deliveriesOf(silent.id)).toEqual([]);
  });

  it("is told nothing of what a refused or a repeated event would have done", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const hook = await aHook(shop, "/once", ["message_in", "label_added"]);
    await one.shell.submit(shop.from("ann", "hello", "m1"));
    const again = await one.shell.submit(shop.from("ann", "hello", "m1"));
    expect(again).toMatchObject({ status: "duplicate" });
    const ann = contactOf(again);
    const actions = [
      { action: "add_label", args: { label: "vip" } },
      { action: "set_field", args: { field: "nothing", value: 1 } },
    ];
    const refused = { target: { contactId: ann }, happening: { kind: "actions", actions }, source: "api" } as const;
    expect(await one.shell.submit(refused)).toMatchObject({ status: "refused" });
    expect(await untilSettled(hook.id, 1)).toMatchObject([{ event: "message_in" }]);
  });

  it("that fails is called again with the same delivery id, and what was wrong is kept until it is not", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    let failures = 2;
    receiver.answer("/shaky", (_call, response) => {
      failures -= 1;
      response.statusCode = failures >= 0 ? 503 : 204;
      response.end();
    });
    const hook = await aHook(shop, "/shaky", ["message_in"]);
    await tell(shop, "ann", "hello");
    await until("it failed once", async () => (await deliveriesOf(hook.id))[0]?.attempts === 1);
    expect(await getWebhook(database.db, hook.id, secretKey)).toMatchObject({ error: "the receiver answered 503" });
    const [delivery] = await untilSettled(hook.id, 1);
    expect(delivery).toMatchObject({ status: "delivered", attempts: 3, lastStatus: 204, lastError: null });
    expect(new Set(receiver.at("/shaky").map(({ headers }) => headers["x-repartee-delivery"]))).toEqual(
      new Set([delivery?.id]),
    );
    expect(await getWebhook(database.db, hook.id, secretKey)).toMatchObject({ error: null, errorAt: null });
  });

  it("that never succeeds ends as a dead letter, at once where trying again is no use", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    receiver.answer("/broken", (_call, response) => {
      response.statusCode = 500;
      response.end("x".repeat(500_000));
    });
    receiver.answer("/gone", (_call, response) => {
      response.statusCode = 410;
      response.end();
    });
    const broken = await aHook(shop, "/broken", ["message_in"]);
    const gone = await aHook(shop, "/gone", ["message_in"]);
    const inside = await aHook(shop, "/inside", ["message_in"]);
    await database.db.updateTable("webhooks").set({ url: "http://10.0.0.1/" }).where("id", "=", inside.id).execute();
    await tell(shop, "ann", "hello");
    expect(await untilSettled(gone.id, 1)).toMatchObject([{ status: "dead", attempts: 1, lastStatus: 410 }]);
    expect(await untilSettled(inside.id, 1)).toMatchObject([
      { status: "dead", attempts: 1, lastStatus: null, lastError: expect.stringContaining("not public") },
    ]);
    expect(await untilSettled(broken.id, 1)).toMatchObject([{ status: "dead", attempts: 8 }]);
  });

  it("whose receiver hangs does not hold up the others, however many hang", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const hanging = [];
    for (const path of ["/hangs1", "/hangs2", "/hangs3", "/hangs4", "/hangs5", "/hangs6"]) {
      receiver.answer(path, () => undefined);
      hanging.push(await aHook(shop, path, ["message_in"]));
    }
    const healthy = await aHook(shop, "/healthy", ["message_in"]);
    await Promise.all(Array.from({ length: 12 }, (_, n) => tell(shop, `p${n}`, "hello")));
    await untilSettled(healthy.id, 12);
    // Each of them has its two calls, and none of these is given up yet.
    for (const { id, name } of hanging) {
      expect(receiver.at(name)).toHaveLength(2);
      expect((await deliveriesOf(id)).every(({ status, attempts }) => status === "waiting" && attempts === 0)).toBe(
        true,
      );
    }
    await database.db
      .updateTable("webhooks")
      .set({ active: false })
      .where(
        "id",
        "in",
        hanging.map(({ id }) => id),
      )
      .execute();
  });
});

describe("a webhook in ChatBot's form", () => {
  it("gets its body and its token, and what it answers is said and kept, once", async () => {
    const shop = await aShop(one, { fields: [{ key: "plan", name: "Plan", kind: "text" }], flows: [] });
    receiver.answer("/chatbot", (_call, response) => {
      const responses = [
        { type: "text", message: "{{ contact.id }} hi" },
        { type: "image", message: "x" },
      ];
      const attributes = {
        ...{ Plan: "gold", default_email: "ann@example.com", Visits: 3, long: "x".repeat(1_025) },
        ...{ default_language: "English", default_timezone: "Europe/Madrid" },
      };
      response.end(JSON.stringify({ responses, attributes }));
    });
    const hook = await aHook(shop, "/chatbot", ["message_in"], { format: "chatbot" });
    const ann = await tell(shop, "ann", "hello");
    await until("the answer is said", () => one.platform.delivered("ann").includes("{{ contact.id }} hi"));
    const [delivery] = await untilSettled(hook.id, 1);
    const [call] = receiver.at("/chatbot");
    expect(call?.query.get("token")).toBe("s3cret-s3cret");
    expect(call?.headers["x-request-id"]).toBe(delivery?.id);
    expect(JSON.parse(call?.body ?? "")).toMatchObject({
      userId: expect.stringMatching(/^[0-9a-f]{24}$/),
      messageId: expect.stringMatching(/^[0-9a-f]{24}$/),
      externalId: "ann",
      node: { type: "WEBHOOK", webhookName: "/chatbot" },
      attributes: {},
    });
    const profile = await one.database.db
      .selectFrom("contacts")
      .select(["email", "language", "timeZone"])
      .where("id", "=", ann)
      .executeTakeFirstOrThrow();
    expect(profile).toEqual({ email: "ann@example.com", language: null, timeZone: "Europe/Madrid" });
    // As ChatBot's API keeps them: what there is no field for gets one, and a language in whatever words is kept as it is.
    const kept = await database.db
      .selectFrom("contactFields")
      .innerJoin("fields", "fields.id", "contactFields.fieldId")
      .select(["fields.name", "fields.kind", "contactFields.value"])
      .where("contactId", "=", ann)
      .orderBy("fields.id")
      .execute();
    expect(kept).toEqual([
      { name: "Plan", kind: "text", value: "gold" },
      { name: "Visits", kind: "text", value: "3" },
      { name: "default_language", kind: "text", value: "English" },
    ]);
    const log = await database.db.selectFrom("integrationLog").selectAll().where("contactId", "=", ann).execute();
    expect(log[0]?.response).toEqual({
      problems: ["the attribute long may have 1024 characters at most", expect.stringContaining("image")],
    });
  });
});

describe("a webhook in BotHelp's form", () => {
  it("is signed over its body with the token", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const hook = await aHook(shop, "/bothelp", ["conversation_closed"], { format: "bothelp" });
    const ann = await tell(shop, "ann", "hello");
    await act(ann, "move_conversation", { status: "done" });
    await untilSettled(hook.id, 1);
    const [call] = receiver.at("/bothelp");
    const body = call?.body ?? "";
    expect(call?.headers["x-wh-sign"]).toBe(createHmac("sha256", "s3cret-s3cret").update(body).digest("hex"));
    expect(JSON.parse(body)).toMatchObject({
      event: "conversation_closed",
      event_timestamp: Math.floor(one.clock.now() / 1000),
      subscriber: { id: ann },
    });
  });
});

it("hears that a profile was viewed, under BotHelp's own name", async () => {
  const shop = await aShop(one, { flows: [echoFlow] });
  const hook = await aHook(shop, "/viewed", ["profile_viewed"], { format: "bothelp" });
  const ann = await tell(shop, "ann", "hello");
  await act(ann, "view_profile", {});
  await untilSettled(hook.id, 1);
  const [call] = receiver.at("/viewed");
  expect(JSON.parse(call?.body ?? "")).toMatchObject({ event: "user_profile_viewed", subscriber: { id: ann } });
});

describe("the action send_webhook", () => {
  it("sends the contact as it was at that moment, tries again, and logs each try", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    let isFirst = true;
    receiver.answer("/profile", (_call, response) => {
      response.statusCode = isFirst ? 500 : 200;
      isFirst = false;
      response.end();
    });
    const ann = await tell(shop, "ann", "hello");
    const url = `${receiver.url}/profile?id={{ contact.id }}`;
    await act(ann, "send_webhook", { url, headers: { "X-Tag": "{{ contact.tags | first }}" } });
    await act(ann, "add_tag", { tag: "later" });
    await until("it is sent", () => receiver.at("/profile").length === 2, { withinMs: 20_000 });
    const [call] = receiver.at("/profile");
    expect(call?.query.get("id")).toBe(String(ann));
    expect(call?.headers["x-tag"]).toBe("seen");
    expect(JSON.parse(call?.body ?? "")).toMatchObject({ event: "contact_data", contact: { id: ann, tags: ["seen"] } });
    await until("both tries are logged", async () => {
      const log = await database.db
        .selectFrom("integrationLog")
        .select("ok")
        .where("contactId", "=", ann)
        .orderBy("id")
        .execute();
      return log.map(({ ok }) => ok).join() === "false,true";
    });
  });

  it("asked for twice in one event is two deliveries", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const ann = await tell(shop, "ann", "hello");
    const call = { action: "send_webhook", args: { url: `${receiver.url}/twice` } };
    const between = { action: "add_tag", args: { tag: "between" } };
    const actions = [call, between, call];
    await one.shell.submit({ target: { contactId: ann }, happening: { kind: "actions", actions }, source: "api" });
    await until("both are sent", () => receiver.at("/twice").length === 2, { withinMs: 20_000 });
    expect(new Set(receiver.at("/twice").map(({ headers }) => headers["x-repartee-delivery"])).size).toBe(2);
  });

  it("refuses what is no http address, and calls nothing that is not public", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const ann = await tell(shop, "ann", "hello");
    expect(await act(ann, "send_webhook", { url: "file:///etc/passwd" })).toMatchObject({
      results: [{ ok: false, error: { code: "webhook.bad_url" } }],
    });
    await act(ann, "send_webhook", { url: "http://169.254.169.254/" });
    await until("the refusal is logged", async () => {
      const log = await database.db.selectFrom("integrationLog").selectAll().where("contactId", "=", ann).execute();
      return log.some(({ summary, ok, job }) => !ok && summary.includes("not public") && job !== null);
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aBothelpAccount } from "../../../../test/bothelp.ts";
import { subscriberCalls } from "../../../../test/bothelp-subscriber.ts";
import { type TestServer, testServer } from "../../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const { account, ann, ways, byId, byCuid, byMessenger, change, refused, idle, ofContact, sent } = subscriberCalls(
  () => server,
);

describe.each(ways)("a subscriber named by %s", (_way, path) => {
  it("gets its common fields replaced", async () => {
    await change("PATCH", path(), [
      { op: "replace", path: "/name", value: "Анна Иванова" },
      { op: "replace", path: "/firstName", value: "Анна" },
      { op: "replace", path: "/lastName", value: "Иванова" },
      { op: "replace", path: "/email", value: "ann@example.com" },
      { op: "replace", path: "/phone", value: "8 (900) 123-45-67" },
      { op: "replace", path: "/notes", value: "Ask for {{ contact.phone }}" },
    ]);
    expect(await account().read(ann().id)).toMatchObject({
      name: "Анна Иванова",
      firstName: "Анна",
      lastName: "Иванова",
      email: "ann@example.com",
      phone: "+79001234567",
    });
    expect(await ofContact("notes")).toMatchObject([{ text: "Ask for {{ contact.phone }}" }]);
  });

  it("gets and loses tags, made on demand", async () => {
    await change("PATCH", path(), [{ op: "add", path: "/tags", value: ["awesome", "bad", "best"] }]);
    expect(await account().read(ann().id)).toMatchObject({ tags: ["awesome", "bad", "best"] });
    await change("PATCH", path(), [{ op: "remove", path: "/tags", value: ["bad", "best", "never"] }]);
    expect(await account().read(ann().id)).toMatchObject({ tags: ["awesome"] });
  });

  it.each(["customFields", "custom-fields"])("gets custom fields by their names through %s", async (address) => {
    const { tenant } = account();
    await tenant.call("POST", "/fields", { body: { key: "budget", name: "Бюджет", kind: "number" } });
    await tenant.call("POST", "/fields", { body: { key: "favorite_color", name: "Colour/shade", kind: "text" } });
    await change("PATCH", `${path()}/${address}`, [
      { op: "replace", path: "/Бюджет", value: "7000" },
      { op: "replace", path: "/favorite_color", value: "blue" },
    ]);
    expect(await account().read(ann().id)).toMatchObject({ fields: { budget: 7000, favorite_color: "blue" } });
    await change("PATCH", `${path()}/${address}`, [
      { op: "replace", path: "/Бюджет", value: "" },
      { op: "add", path: "/Colour~1shade", value: "red" },
    ]);
    expect(await account().read(ann().id)).toMatchObject({ fields: { favorite_color: "red" } });
    await change("PATCH", `${path()}/${address}`, [{ op: "remove", path: "/Colour/shade" }]);
    expect(await account().read(ann().id)).toMatchObject({ fields: {} });
  });

  it("gets a message", async () => {
    await change("POST", `${path()}/messages`, [{ content: "hello world" }]);
    expect(await sent()).toMatchObject([{ text: "hello world" }]);
  });

  it("is started in a bot, at a step, and stopped", async () => {
    const botReferral = await account().aPublishedFlow();
    await change("POST", `${path()}/bot`, { botReferral });
    expect(await ofContact("positions")).toMatchObject([{ flow: botReferral, step: "pause" }]);
    expect(await sent()).toMatchObject([{ text: "Hello!" }]);
    await change("POST", `${path()}/bot`, { botReferral, stepReferral: "bye" });
    expect(await sent()).toMatchObject([{ text: "Hello!" }, { text: "Bye!" }]);
    await change("POST", `${path()}/bot`, { botReferral, stepReferral: "gone" });
    expect(await ofContact("positions")).toMatchObject([{ flow: botReferral, step: "pause" }]);
    await change("DELETE", `${path()}/bot`, { botReferral });
    expect(await ofContact("positions")).toEqual([]);
  });

  it("joins a funnel and leaves it", async () => {
    const { tenant } = account();
    const made = await tenant.call("POST", "/sequences", { body: { bot: tenant.bot.id, name: "Warm-up" } });
    const funnelReferral = made.json().ref;
    await change("POST", `${path()}/funnel`, { funnelReferral });
    expect(await account().read(ann().id)).toMatchObject({ sequences: [funnelReferral] });
    await change("DELETE", `${path()}/funnel`, { funnelReferral });
    expect(await account().read(ann().id)).toMatchObject({ sequences: [] });
  });

  it("is changed also where the address ends with a slash", async () => {
    await change("PATCH", `${path()}/`, [{ op: "add", path: "/tags", value: ["a"] }]);
    await change("POST", `${path()}/messages/`, [{ content: "b" }]);
    expect(await account().read(ann().id)).toMatchObject({ tags: ["a"] });
    expect(await sent()).toMatchObject([{ text: "b" }]);
  });
});

describe("a DELETE", () => {
  it("takes the referral from the address as well", async () => {
    const { tenant } = account();
    const botReferral = await account().aPublishedFlow();
    const made = await tenant.call("POST", "/sequences", { body: { bot: tenant.bot.id, name: "Warm-up" } });
    await change("POST", `${byId()}/bot`, { botReferral });
    await change("POST", `${byId()}/funnel`, { funnelReferral: made.json().ref });
    await change("DELETE", `${byId()}/bot?botReferral=${botReferral}`);
    await change("DELETE", `${byId()}/funnel/?funnelReferral=${made.json().ref}`);
    expect(await ofContact("positions")).toEqual([]);
    expect(await account().read(ann().id)).toMatchObject({ sequences: [] });
  });

  it("takes a body that says it is a form, as curl sends it", async () => {
    const botReferral = await account().aPublishedFlow();
    await change("POST", `${byId()}/bot`, { botReferral });
    await change("DELETE", `${byId()}/bot`, { botReferral }, "application/x-www-form-urlencoded");
    expect(await ofContact("positions")).toEqual([]);
  });

  it.each(["bot", "funnel"])("of a %s without a referral is refused", async (what) => {
    for (const body of [undefined, {}, [], { [`${what}Referral`]: "" }]) {
      expect(await refused("DELETE", `${byId()}/${what}`, body)).toMatchObject({
        status: 400,
        message: expect.stringContaining(`${what}Referral`),
      });
    }
  });
});

describe("a referral that leads nowhere", () => {
  it.each([
    ["POST", "bot", { botReferral: "nosuch" }],
    ["DELETE", "bot", { botReferral: "nosuch" }],
    ["POST", "bot", { botReferral: "no such ref of ours, and long" }],
    ["POST", "funnel", { funnelReferral: "nosuch" }],
    ["DELETE", "funnel", { funnelReferral: "nosuch" }],
    ["DELETE", "funnel", { funnelReferral: "кириллица" }],
    ["POST", "funnel", { funnelReferral: 1667053874594 }],
  ] as const)("is a success with a warning: %s %s %j", async (method, what, body) => {
    expect(await idle(method, `${byId()}/${what}`, body)).toContain("nothing was done");
    expect(await ofContact("positions")).toEqual([]);
    const [logged] = (await account().tenant.call("GET", "/integration-log?integration=bothelp")).json().data;
    expect(logged).toMatchObject({ ok: false, contactId: ann().id, response: { status: 200 } });
  });

  it("is another workspace's as well", async () => {
    const other = await aBothelpAccount(server);
    const botReferral = await other.aPublishedFlow();
    expect(await idle("POST", `${byId()}/bot`, { botReferral })).not.toBe("");
    expect(await idle("DELETE", `${byId()}/bot`, { botReferral })).not.toBe("");
    expect(await ofContact("positions")).toEqual([]);
  });
});

it("finds by messenger id the one who was active last, where two bots have the same person", async () => {
  const { tenant } = account();
  const twin = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.ref } })).json();
  const second = await server.database.db
    .insertInto("channels")
    .values({ botId: tenant.bot.id, kind: "telegram", name: "Second", status: "connected" })
    .returning("id")
    .executeTakeFirstOrThrow();
  await server.database.db
    .insertInto("identities")
    .values({ contactId: twin.id, channelId: second.id, externalId: String(ann().chat) })
    .execute();
  await server.database.db
    .updateTable("contacts")
    .set({ lastInboundAt: new Date(server.now() + 60_000) })
    .where("id", "=", twin.id)
    .execute();
  await change("PATCH", byMessenger(), [{ op: "add", path: "/tags", value: ["x"] }]);
  expect(await account().read(twin.id)).toMatchObject({ tags: ["x"] });
  expect(await account().read(ann().id)).toMatchObject({ tags: [] });
});

describe("the integration log", () => {
  it("holds every change with its caller's words, also those refused, and no reading", async () => {
    await account().call("GET", "/v1/subscribers");
    await change("PATCH", byCuid(), [{ op: "add", path: "/tags", value: ["молчун"] }]);
    await refused("PATCH", byId(), [{ op: "replace", path: "/email", value: "nobody" }]);
    await refused("POST", "/v1/subscribers/999999/messages", [{ content: "a" }]);
    const { data } = (await account().tenant.call("GET", "/integration-log?integration=bothelp")).json();
    expect(data).toMatchObject([
      { ok: false, contactId: null, response: { status: 404, body: { error: "subscriber_not_found" } } },
      { ok: false, contactId: ann().id, summary: expect.stringContaining("e-mail"), response: { status: 400 } },
      {
        ok: true,
        contactId: ann().id,
        direction: "in",
        summary: "done",
        request: {
          method: "PATCH",
          address: expect.stringContaining(`/v1/subscribers/cuid/${ann().cuid}`),
          body: [{ op: "add", path: "/tags", value: ["молчун"] }],
        },
        response: { status: 200, body: { success: true } },
      },
    ]);
    expect(JSON.stringify(data)).not.toContain(account().token);
  });

  it("keeps the beginning of a long body, cut where text may be cut", async () => {
    await change("POST", `${byId()}/messages`, [{ content: "😀".repeat(5_000) }]);
    await change("POST", `${byId()}/messages`, [{ content: `a${"😀".repeat(5_000)}` }]);
    const { data } = (await account().tenant.call("GET", "/integration-log?integration=bothelp")).json();
    expect(data).toHaveLength(2);
    for (const { request } of data) expect(request.body).toMatch(/^\[\{"content":"a?😀+…$/u);
  });
});

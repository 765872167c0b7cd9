import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  aBothelpAccount,
  type BothelpAccount,
  refusalSchema,
  type Subscriber,
  successSchema,
} from "../../../../test/bothelp.ts";
import { type TestServer, testServer } from "../../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let account: BothelpAccount;
let ann: Subscriber;
beforeEach(async () => {
  account = await aBothelpAccount(server);
  ann = await account.aSubscriber({ name: "Ann" });
});

type Method = "PATCH" | "POST" | "DELETE";
const byId = () => `/v1/subscribers/${ann.id}`;
const byCuid = () => `/v1/subscribers/cuid/${ann.cuid}`;
const byMessenger = () => `/v2/subscribers/messenger/${ann.chat}`;
const ways = [
  ["id", byId],
  ["cuid", byCuid],
  ["messenger id", byMessenger],
] as const;

/** Does a change that has to be done, with nothing to say beside it. */
async function change(method: Method, path: string, body?: unknown, type?: string): Promise<void> {
  const answer = await account.call(method, path, body, type === undefined ? {} : { type });
  expect(answer).toEqual({ status: 200, body: { success: true } });
}

async function refused(method: Method, path: string, body: unknown, options: object = {}) {
  const answer = await account.call(method, path, body, options);
  const { error, message } = refusalSchema.parse(answer.body);
  return { status: answer.status, error, message };
}

/** What is done and yet was nothing. */
async function idle(method: Method, path: string, body: unknown): Promise<string> {
  const answer = await account.call(method, path, body);
  expect(answer.status).toBe(200);
  return successSchema.parse(answer.body).warning ?? "";
}

async function ofContact(part: "messages" | "notes" | "positions" | "events"): Promise<Record<string, unknown>[]> {
  return (await account.tenant.call("GET", `/contacts/${ann.id}/${part}`)).json().data;
}

/** The outgoing messages, oldest first. */
async function sent(): Promise<unknown[]> {
  const messages = await ofContact("messages");
  return messages.flatMap(({ direction, content }) => (direction === "out" ? [content] : [])).reverse();
}

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
    expect(await account.read(ann.id)).toMatchObject({
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
    expect(await account.read(ann.id)).toMatchObject({ tags: ["awesome", "bad", "best"] });
    await change("PATCH", path(), [{ op: "remove", path: "/tags", value: ["bad", "best", "never"] }]);
    expect(await account.read(ann.id)).toMatchObject({ tags: ["awesome"] });
  });

  it.each(["customFields", "custom-fields"])("gets custom fields by their names through %s", async (address) => {
    const { tenant } = account;
    await tenant.call("POST", "/fields", { body: { key: "budget", name: "Бюджет", kind: "number" } });
    await tenant.call("POST", "/fields", { body: { key: "favorite_color", name: "Colour/shade", kind: "text" } });
    await change("PATCH", `${path()}/${address}`, [
      { op: "replace", path: "/Бюджет", value: "7000" },
      { op: "replace", path: "/favorite_color", value: "blue" },
    ]);
    expect(await account.read(ann.id)).toMatchObject({ fields: { budget: 7000, favorite_color: "blue" } });
    await change("PATCH", `${path()}/${address}`, [
      { op: "replace", path: "/Бюджет", value: "" },
      { op: "add", path: "/Colour~1shade", value: "red" },
    ]);
    expect(await account.read(ann.id)).toMatchObject({ fields: { favorite_color: "red" } });
    await change("PATCH", `${path()}/${address}`, [{ op: "remove", path: "/Colour/shade" }]);
    expect(await account.read(ann.id)).toMatchObject({ fields: {} });
  });

  it("gets a message", async () => {
    await change("POST", `${path()}/messages`, [{ content: "hello world" }]);
    expect(await sent()).toMatchObject([{ text: "hello world" }]);
  });

  it("is started in a bot, at a step, and stopped", async () => {
    const botReferral = await account.aPublishedFlow();
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
    const { tenant } = account;
    const made = await tenant.call("POST", "/sequences", { body: { bot: tenant.bot.id, name: "Warm-up" } });
    const funnelReferral = made.json().ref;
    await change("POST", `${path()}/funnel`, { funnelReferral });
    expect(await account.read(ann.id)).toMatchObject({ sequences: [funnelReferral] });
    await change("DELETE", `${path()}/funnel`, { funnelReferral });
    expect(await account.read(ann.id)).toMatchObject({ sequences: [] });
  });

  it("is changed also where the address ends with a slash", async () => {
    await change("PATCH", `${path()}/`, [{ op: "add", path: "/tags", value: ["a"] }]);
    await change("POST", `${path()}/messages/`, [{ content: "b" }]);
    expect(await account.read(ann.id)).toMatchObject({ tags: ["a"] });
    expect(await sent()).toMatchObject([{ text: "b" }]);
  });
});

describe("a DELETE", () => {
  it("takes the referral from the address as well", async () => {
    const { tenant } = account;
    const botReferral = await account.aPublishedFlow();
    const made = await tenant.call("POST", "/sequences", { body: { bot: tenant.bot.id, name: "Warm-up" } });
    await change("POST", `${byId()}/bot`, { botReferral });
    await change("POST", `${byId()}/funnel`, { funnelReferral: made.json().ref });
    await change("DELETE", `${byId()}/bot?botReferral=${botReferral}`);
    await change("DELETE", `${byId()}/funnel/?funnelReferral=${made.json().ref}`);
    expect(await ofContact("positions")).toEqual([]);
    expect(await account.read(ann.id)).toMatchObject({ sequences: [] });
  });

  it("takes a body that says it is a form, as curl sends it", async () => {
    const botReferral = await account.aPublishedFlow();
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
    const [logged] = (await account.tenant.call("GET", "/integration-log?integration=bothelp")).json().data;
    expect(logged).toMatchObject({ ok: false, contactId: ann.id, response: { status: 200 } });
  });

  it("is another workspace's as well", async () => {
    const other = await aBothelpAccount(server);
    const botReferral = await other.aPublishedFlow();
    expect(await idle("POST", `${byId()}/bot`, { botReferral })).not.toBe("");
    expect(await idle("DELETE", `${byId()}/bot`, { botReferral })).not.toBe("");
    expect(await ofContact("positions")).toEqual([]);
  });
});

describe("messages", () => {
  const image = "https://cdn.example/a.png";
  it.each([
    ["the SDK's list", [{ content: "a" }, { content: "b\nc" }], [{ text: "a" }, { text: "b\nc" }]],
    ["texts under data", { data: { content: ["a", "b"] } }, [{ text: "a" }, { text: "b" }]],
    ["a typed text", { data: { content: [{ type: "text", text: "a" }] } }, [{ text: "a" }]],
    ["a text under message", { data: { content: [{ message: "a" }] } }, [{ text: "a" }]],
    ["one text under data", { data: { content: "a" } }, [{ text: "a" }]],
    ["one object", { content: "a" }, [{ text: "a" }]],
    ["a list under data", { data: [{ content: "a" }] }, [{ text: "a" }]],
    ["a list in a list", [{ content: ["a", { type: "text", text: "b" }] }], [{ text: "a" }, { text: "b" }]],
    [
      "an image",
      { data: { content: ["a", { type: "image", url: image }] } },
      [{ text: "a" }, { attachments: [{ kind: "image", url: image }] }],
    ],
    [
      "an image with a text",
      [{ type: "photo", url: image, caption: "look" }],
      [{ text: "look", attachments: [{ kind: "image", url: image }] }],
    ],
    [
      "other files",
      ["video", "audio", "voice", "file", "document"].map((type) => ({ type, url: image, name: "a.bin" })),
      ["video", "audio", "voice", "file", "file"].map((kind) => ({
        attachments: [{ kind, url: image, name: "a.bin" }],
      })),
    ],
    [
      "braces, which are no template",
      [{ content: "{{ contact.name }}{% x %}" }],
      [{ text: "{{ contact.name }}{% x %}" }],
    ],
  ])("come as %s", async (_what, body, expected) => {
    for (const type of ["application/json", "application/vnd.api+json", "application/vnd.api+json; charset=utf-8"]) {
      await change("POST", `${byId()}/messages`, body, type);
    }
    expect(await sent()).toMatchObject([...expected, ...expected, ...expected]);
  });

  it("of one call are one event, so that they leave in order", async () => {
    const before = server.submitted.length;
    await change("POST", `${byId()}/messages`, { data: { content: ["1", "2", "3"] } });
    expect(server.submitted.slice(before)).toMatchObject([{ source: "bothelp", target: { contactId: ann.id } }]);
  });

  it.each([
    ["nothing", undefined],
    ["an empty list", []],
    ["an empty object", {}],
    ["an empty text", [{ content: " " }]],
    ["a number", [{ content: 5 }]],
    ["null", [null]],
    ["an unknown type", [{ type: "button", text: "a" }]],
    ["an image without an address", [{ type: "image" }]],
    ["an image on this machine", [{ type: "image", url: "file:///etc/passwd" }]],
    ["lists without an end", [[[[[["a"]]]]]]],
    ["too many at once", Array.from({ length: 51 }, () => ({ content: "a" }))],
    ["too long a text", [{ content: "a".repeat(20_001) }]],
    ["broken JSON", "{{"],
  ])("of %s are refused whole", async (_what, body) => {
    expect(await refused("POST", `${byId()}/messages`, body)).toMatchObject({ status: 400 });
    expect(await sent()).toEqual([]);
  });

  it("to somebody who cannot be reached are refused", async () => {
    const made = await account.tenant.call("POST", "/contacts", { body: { bot: account.tenant.bot.id } });
    const answer = await refused("POST", `/v1/subscribers/${made.json().id}/messages`, [{ content: "a" }]);
    expect(answer).toMatchObject({ status: 400, error: "message_not_sendable" });
  });
});

describe("a patch", () => {
  it.each([
    ["replace on tags", { op: "replace", path: "/tags", value: ["a"] }],
    ["an unknown path", { op: "replace", path: "/cuid", value: "x" }],
    ["an unknown operation", { op: "move", from: "/name", path: "/email" }],
    ["test", { op: "test", path: "/name", value: "Ann" }],
  ])("that is not known is named: %s", async (_what, operation) => {
    const answer = await refused("PATCH", byId(), [operation]);
    expect(answer).toMatchObject({ status: 400, error: "patch_not_recognized" });
    expect(answer.message).toContain("Patch instruction not recognized");
  });

  it.each([
    ["a bad e-mail", [{ op: "replace", path: "/email", value: "nobody" }]],
    ["a bad phone", [{ op: "replace", path: "/phone", value: "12" }]],
    ["a value that is no text", [{ op: "replace", path: "/name", value: { a: 1 } }]],
    ["a missing value", [{ op: "replace", path: "/name" }]],
    ["tags that are no names", [{ op: "add", path: "/tags", value: [{ name: "a" }] }]],
    ["no tags", [{ op: "add", path: "/tags", value: [] }]],
    ["too long a name", [{ op: "replace", path: "/name", value: "a".repeat(2001) }]],
    ["no patch", { name: "x" }],
    ["a text", '"x"'],
    ["no body", undefined],
    ["broken JSON", "["],
  ])("with %s changes nothing at all", async (_what, operations) => {
    const before = await account.read(ann.id);
    const body = Array.isArray(operations) ? [{ op: "add", path: "/tags", value: ["x"] }, ...operations] : operations;
    expect(await refused("PATCH", byId(), body)).toMatchObject({ status: 400 });
    expect(await account.read(ann.id)).toEqual(before);
  });

  it("takes what is plausible: a single operation, one tag as a text, an empty value, none at all", async () => {
    await change("PATCH", byId(), { op: "add", path: "/tags", value: "vip" });
    await change("PATCH", byId(), [{ op: "add", path: "/tags/-", value: "new" }]);
    await change("PATCH", byId(), [{ op: "add", path: "/email", value: "ann@example.com" }]);
    expect(await account.read(ann.id)).toMatchObject({ tags: ["vip", "new"], email: "ann@example.com" });
    await change("PATCH", byId(), [
      { op: "replace", path: "/email", value: null },
      { op: "remove", path: "/name" },
      { op: "replace", path: "/phone", value: 79001234567 },
    ]);
    await change("PATCH", byId(), []);
    expect(await account.read(ann.id)).toMatchObject({ email: null, name: null, phone: "+79001234567" });
  });

  it("keeps braces as they are", async () => {
    await change("PATCH", byId(), [{ op: "replace", path: "/name", value: "{{ 7 | times: 6 }}" }]);
    expect(await account.read(ann.id)).toMatchObject({ name: "{{ 7 | times: 6 }}" });
  });

  it("of custom fields is refused where the field is not there or the value does not fit", async () => {
    await account.tenant.call("POST", "/fields", { body: { key: "age", name: "Возраст", kind: "number" } });
    const unknown = await refused("PATCH", `${byId()}/customFields`, [
      { op: "replace", path: "/Возраст", value: 30 },
      { op: "replace", path: "/Нет", value: 1 },
    ]);
    expect(unknown).toMatchObject({ status: 400, error: "field_not_found", message: expect.stringContaining("Нет") });
    for (const operation of [
      { op: "replace", path: "/Возраст", value: "young" },
      { op: "replace", path: "/Возраст" },
    ]) {
      expect(await refused("PATCH", `${byId()}/customFields`, [operation])).toMatchObject({ status: 400 });
    }
    expect(await account.read(ann.id)).toMatchObject({ fields: {} });
  });
});

const everyChange = [
  ["PATCH", "", [{ op: "add", path: "/tags", value: ["x"] }]],
  ["PATCH", "/customFields", []],
  ["POST", "/messages", [{ content: "x" }]],
  ["POST", "/bot", { botReferral: "x" }],
  ["DELETE", "/bot", { botReferral: "x" }],
  ["POST", "/funnel", { funnelReferral: "x" }],
  ["DELETE", "/funnel", { funnelReferral: "x" }],
] as const;

describe.each(everyChange)("%s %s", (method, path, body) => {
  it("finds nobody by an id that nobody has", async () => {
    for (const who of [
      "/v1/subscribers/999999",
      "/v1/subscribers/abc",
      "/v1/subscribers/99999999999999999999",
      "/v1/subscribers/cuid/1et0.2k",
      "/v2/subscribers/messenger/5",
    ]) {
      expect(await refused(method, who + path, body)).toMatchObject({ status: 404, error: "subscriber_not_found" });
    }
  });

  it.each(ways)("is refused by %s to another workspace's token, and to one of another bot", async (_way, who) => {
    const other = await aBothelpAccount(server);
    const second = (await account.tenant.call("POST", "/bots", { body: { name: "Second" } })).json();
    const bound = await account.tenant.mintToken({ kind: "bothelp", botId: second.id });
    const before = server.submitted.length;
    for (const token of [other.token, bound]) {
      expect(await refused(method, who() + path, body, { token })).toMatchObject({
        status: 404,
        error: "subscriber_not_found",
      });
    }
    expect(server.submitted.length).toBe(before);
  });

  it("is refused without a live token, before the body is read", async () => {
    for (const token of ["wrong", account.tenant.token]) {
      expect(await refused(method, byId() + path, "{{", { token })).toMatchObject({
        status: 401,
        error: "token_invalid",
      });
    }
  });

  it("is possible with a token of the subscriber's bot", async () => {
    const token = await account.tenant.mintToken({ kind: "bothelp", botId: account.tenant.bot.id });
    const answer = await account.call(method, byId() + path, body, { token });
    expect(answer.status).toBe(200);
    successSchema.parse(answer.body);
  });

  it("refuses a body of more than 1 MiB, and one that is a file", async () => {
    const long = JSON.stringify([{ content: "x".repeat(1024 * 1024) }]);
    expect(await refused(method, byId() + path, long)).toMatchObject({ status: 413, error: "request_too_large" });
    expect(await refused(method, byId() + path, "x", { type: "image/png" })).toMatchObject({ status: 415 });
  });
});

it("finds by messenger id the one who was active last, where two bots have the same person", async () => {
  const { tenant } = account;
  const twin = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.ref } })).json();
  const second = await server.database.db
    .insertInto("channels")
    .values({ botId: tenant.bot.id, kind: "telegram", name: "Second", status: "connected" })
    .returning("id")
    .executeTakeFirstOrThrow();
  await server.database.db
    .insertInto("identities")
    .values({ contactId: twin.id, channelId: second.id, externalId: String(ann.chat) })
    .execute();
  await server.database.db
    .updateTable("contacts")
    .set({ lastInboundAt: new Date(server.now() + 60_000) })
    .where("id", "=", twin.id)
    .execute();
  await change("PATCH", byMessenger(), [{ op: "add", path: "/tags", value: ["x"] }]);
  expect(await account.read(twin.id)).toMatchObject({ tags: ["x"] });
  expect(await account.read(ann.id)).toMatchObject({ tags: [] });
});

describe("the integration log", () => {
  it("holds every change with its caller's words, also those refused, and no reading", async () => {
    await account.call("GET", "/v1/subscribers");
    await change("PATCH", byCuid(), [{ op: "add", path: "/tags", value: ["молчун"] }]);
    await refused("PATCH", byId(), [{ op: "replace", path: "/email", value: "nobody" }]);
    await refused("POST", "/v1/subscribers/999999/messages", [{ content: "a" }]);
    const { data } = (await account.tenant.call("GET", "/integration-log?integration=bothelp")).json();
    expect(data).toMatchObject([
      { ok: false, contactId: null, response: { status: 404, body: { error: "subscriber_not_found" } } },
      { ok: false, contactId: ann.id, summary: expect.stringContaining("e-mail"), response: { status: 400 } },
      {
        ok: true,
        contactId: ann.id,
        direction: "in",
        summary: "done",
        request: {
          method: "PATCH",
          address: expect.stringContaining(`/v1/subscribers/cuid/${ann.cuid}`),
          body: [{ op: "add", path: "/tags", value: ["молчун"] }],
        },
        response: { status: 200, body: { success: true } },
      },
    ]);
    expect(JSON.stringify(data)).not.toContain(account.token);
  });

  it("keeps the beginning of a long body, cut where text may be cut", async () => {
    await change("POST", `${byId()}/messages`, [{ content: "😀".repeat(5_000) }]);
    await change("POST", `${byId()}/messages`, [{ content: `a${"😀".repeat(5_000)}` }]);
    const { data } = (await account.tenant.call("GET", "/integration-log?integration=bothelp")).json();
    expect(data).toHaveLength(2);
    for (const { request } of data) expect(request.body).toMatch(/^\[\{"content":"a?😀+…$/u);
  });
});
